package luampi

import (
	"fmt"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/mpi"
	"github.com/mpiclus/mpiclus-lua/internal/mpi/table"
)

// fileHooks are the checks of accesses in two steps.
func (m *module) fileHooks(hooks map[string]func(x *call)) {
	for _, name := range []string{"File_seek", "File_seek_shared"} {
		hooks[name] = (*call).checkSeek
	}
	hooks["File_open"] = (*call).checkAccess
	hooks["File_set_view"] = func(x *call) {
		of, ok1 := x.asks("Type_size", x.c.S[table.SlotX+2])
		has, ok2 := x.asks("Type_size", x.c.S[table.SlotX+3])
		if ok1 && ok2 && of > 0 && has%of != 0 {
			x.arg(3, "a type of whole elements of 'etype' expected: it has %d bytes, and they have %d", has, of)
		}
	}
	for _, row := range table.Calls {
		name, begins := strings.CutSuffix(row.Name, "_begin")
		switch {
		case !strings.HasPrefix(name, "File_"):
			continue
		case !begins:
			continue
		}
		hooks[row.Name] = func(x *call) {
			f := x.file
			if f.begun != "" {
				x.arg(0, "%s has not ended", f.begun)
			}
			f.begun, f.room = row.Name, x.c.Room()
			x.then = func(err error) error {
				if f.status = x.c.Status(); err != nil {
					f.begun = ""
				}
				return err
			}
		}
		hooks[name+"_end"] = func(x *call) {
			f := x.file
			if f.begun != row.Name {
				x.arg(0, "%s was not called", row.Name)
			}
			f.begun = ""
			x.c.SetStatus(&f.status)
		}
	}
}

// wroteAll returns the error of a write that is over and has not written all.
func (x *call) wroteAll() error {
	room, st := x.c.Room(), x.c.Status()
	switch {
	case !x.row.WritesFile || x.row.Class == table.Start || strings.HasSuffix(x.row.Name, "_begin"):
		return nil
	case strings.HasSuffix(x.row.Name, "_end"):
		room = x.file.room
	}
	return x.m.lacks(x.L, x.row.Name, room, &st)
}

// shortWrite does that for a request that is complete. Of one whose type the script
// has made, and may have freed, it knows nothing.
func (m *module) shortWrite(L *lua.LState, r *mpi.Request, st *mpi.Status) error {
	if r == nil || r.Row == nil || !r.Row.WritesFile {
		return nil
	}
	if _, own := m.elements[r.Room.Type]; !own {
		return nil
	}
	return m.lacks(L, r.Row.Name, r.Room, st)
}

// lacks returns the error of a write after which the file lacks a part. Open MPI
// reports a write that the system cut short as a success, with its length in the
// status.
func (m *module) lacks(L *lua.LState, name string, room mpi.Room, st *mpi.Status) error {
	ask := func(row string, fill func(c *mpi.Call)) int {
		c := m.s.NewCall(row)
		defer c.Release()
		fill(c)
		c.S[table.SlotX] = room.Type
		if m.do(L, c) != nil {
			return -1
		}
		return c.Result(0)
	}
	written := ask("Get_count", func(c *mpi.Call) { c.SetStatus(st) })
	if written == room.Count || ask("Type_size", func(*mpi.Call) {}) <= 0 {
		return nil
	}
	part := "not all"
	if written >= 0 {
		part = fmt.Sprint(written)
	}
	return classError(name, "ERR_IO", "%s of %d elements were written: the disk is full, or the file would be longer than this process may make one (ulimit -f)", part, room.Count)
}

// checkSeek refuses a place before the begin of the view.
func (x *call) checkSeek() {
	at, whence := int64(x.c.S[table.SlotX+1]), int(int32(x.c.S[table.SlotX+2]))
	if at < 0 && whence == mpi.Int("SEEK_SET") {
		x.arg(1, "0 or more expected, got %d", at)
	}
}

// checkAccess checks that the mode of a file that is opened says what is done with
// it, and nothing that excludes it.
func (x *call) checkAccess() {
	mode, ways := int(int32(x.c.S[table.SlotX+1])), 0
	has := func(name string) bool { return mode&mpi.Int(name) != 0 }
	for _, name := range []string{"MODE_RDONLY", "MODE_WRONLY", "MODE_RDWR"} {
		if has(name) {
			ways++
		}
	}
	switch {
	case ways != 1:
		x.arg(1, "one of mpi.MODE_RDONLY, mpi.MODE_WRONLY and mpi.MODE_RDWR expected, with others added")
	case has("MODE_RDONLY") && (has("MODE_CREATE") || has("MODE_EXCL")):
		x.arg(1, "mpi.MODE_CREATE and mpi.MODE_EXCL go with a file that is written, not with mpi.MODE_RDONLY")
	case has("MODE_RDWR") && has("MODE_SEQUENTIAL"):
		x.arg(1, "mpi.MODE_SEQUENTIAL goes with mpi.MODE_RDONLY or mpi.MODE_WRONLY, not with mpi.MODE_RDWR")
	}
}

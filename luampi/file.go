package luampi

import (
	"runtime"
	"strings"
	"unsafe"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/array"
	"github.com/mpiclus/mpiclus-lua/internal/mpi"
	"github.com/mpiclus/mpiclus-lua/internal/mpi/table"
)

// opened is what a file's handle has beside others: its communicator, and the
// array of an access in two steps (File_read_all_begin, …).
type opened struct {
	comm   *mpi.Comm
	begun  string // the call that began the access
	split  *array.Array
	at     uint64 // its address
	pinner runtime.Pinner
}

// fileObject makes the userdata of a file that was opened.
func (m *module) fileObject(x *call, value uint64) lua.LValue {
	return m.newObject(&handle{class: "file", value: value, file: &opened{comm: x.comm}}, m.handleMT["file"])
}

// readFile reads an argument that is a file. Collective calls on it count as
// ones on its communicator.
func (x *call) readFile(i int, a *table.Arg, v lua.LValue) {
	h := toHandle(v, "file")
	if h == nil || h.file == nil {
		x.expected(i, "file", v)
	}
	if h.freed {
		x.arg(i, "the file was closed")
	}
	if why := h.file.comm.Unusable(); why != "" {
		x.arg(i, "%s", why)
	}
	if h.file.begun != "" && a.Frees {
		x.arg(i, "%s has not ended", h.file.begun)
	}
	x.c.S[a.Slot] = h.value
	x.file, x.comm = h.file, h.file.comm
	x.c.S[table.SlotComm] = x.comm.Shadow // for the barrier of a call that can be left
	if a.Frees {
		x.frees = h
	}
}

// fileHooks are the checks of accesses in two steps.
func (m *module) fileHooks(hooks map[string]func(x *call)) {
	for _, row := range table.Calls {
		name, begins := strings.CutSuffix(row.Name, "_begin")
		if !begins || !strings.HasPrefix(name, "File_") {
			continue
		}
		reads := strings.HasPrefix(name, "File_read")
		hooks[row.Name] = func(x *call) {
			f := x.file
			if f.begun != "" {
				x.arg(0, "%s has not ended", f.begun)
			}
			f.begun, f.split, f.at = name+"_begin", x.send.arr, x.c.S[table.SlotSend]
			if reads {
				f.split, f.at = x.recv.arr, x.c.S[table.SlotRecv]
			}
			if raw := f.split.Bytes(); len(raw) > 0 {
				f.pinner.Pin(unsafe.Pointer(unsafe.SliceData(raw)))
			}
		}
		hooks[name+"_end"] = func(x *call) {
			f := x.file
			if f.begun != name+"_begin" {
				x.arg(0, "%s_begin was not called", name)
			}
			x.c.S[table.SlotSend], x.c.S[table.SlotRecv] = f.at, f.at
			f.begun, f.split = "", nil
			f.pinner.Unpin()
		}
	}
}

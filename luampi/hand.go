package luampi

import (
	"context"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/args"
	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
	"github.com/mpiclus/mpiclus-lua/internal/mpi"
	"github.com/mpiclus/mpiclus-lua/internal/mpi/table"
)

// handWritten lists the calls of class HAND and TWIN.
func (m *module) handWritten() map[string]implementation {
	row := func(name string) *table.Call { return table.ByName[name] }
	hand := map[string]implementation{
		"Init": nothing, "Finalize": nothing, "Initialized": constant(lua.LTrue),
		"Init_thread":  constant(lua.LNumber(mpi.Int("THREAD_SERIALIZED"))),
		"Abort":        m.abort,
		"Comm_rank":    m.aboutComm("Comm_rank", func(c *mpi.Comm) int { return c.Rank }),
		"Comm_size":    m.aboutComm("Comm_size", func(c *mpi.Comm) int { return c.Size }),
		"Comm_free":    m.commFree,
		"Wait":         m.one(row("Wait"), false),
		"Test":         m.one(row("Test"), true),
		"Waitall":      m.several(row("Waitall"), mpi.All, false),
		"Waitany":      m.several(row("Waitany"), mpi.Any, false),
		"Waitsome":     m.several(row("Waitsome"), mpi.Some, false),
		"Testall":      m.several(row("Testall"), mpi.All, true),
		"Testany":      m.several(row("Testany"), mpi.Any, true),
		"Testsome":     m.several(row("Testsome"), mpi.Some, true),
		"Cancel":       m.cancelRequest,
		"Request_free": m.freeRequest, "Request_get_status": m.requestStatus,
		"Op_create": m.opCreate(false), "Op_create_array": m.opCreate(true), "Op_free": m.opFree,
		"Start": m.start, "Startall": m.startAll, "Sendrecv_replace": m.sendrecvReplace, "Comm_idup": m.commIdup,
		"Bsend": m.bsend(row("Bsend"), false), "Ibsend": m.bsend(row("Ibsend"), true),
		"Buffer_attach": m.bufferAttach, "Buffer_detach": m.bufferDetach,
		"cancellable": m.cancellable, "check": m.check, "help": m.helpText,
	}
	for name, fn := range m.windowCalls() {
		hand[name] = fn
	}
	for name, fn := range m.twins() {
		hand[name] = fn
	}
	return hand
}

// twins lists the calls that take any Lua value.
func (m *module) twins() map[string]implementation {
	bodies := map[string]func(x *call) (int, error){
		"send": m.send, "recv": m.recv, "sendrecv": m.sendrecv, "isend": m.isend, "irecv": m.irecv,
		"probe": m.probe, "iprobe": m.iprobe, "mprobe": m.mprobe, "improbe": m.improbe, "mrecv": m.mrecv,
		"bcast": m.bcast, "gather": m.gather, "scatter": m.scatter, "allgather": m.allgather, "alltoall": m.alltoall,
		"reduce": m.reduce, "allreduce": m.allreduce, "scan": m.scan, "exscan": m.exscan,
	}
	out := map[string]implementation{}
	for name, body := range bodies {
		out[name] = m.twin(table.ByName[name], body)
	}
	return out
}

// twin makes the implementation of a call for any value: it reads the
// arguments that the table names, runs body, which pushes the results, and
// raises its error.
func (m *module) twin(row *table.Call, body func(x *call) (int, error)) implementation {
	return func(L *lua.LState, base int, comm *mpi.Comm) int {
		x := m.begin(L, row)
		defer func() {
			if x.live { // an error of a Lua function passes by
				x.end()
			}
		}()
		x.read(base, comm)
		n, err := body(x)
		if err != nil {
			x.packet = nil // MPI may still write to it
			x.fail(err)
		}
		x.end()
		return n
	}
}

func nothing(*lua.LState, int, *mpi.Comm) int { return 0 }

func constant(v lua.LValue) implementation {
	return func(L *lua.LState, _ int, _ *mpi.Comm) int {
		L.Push(v)
		return 1
	}
}

// oneComm reads the only argument of a call that needs no frame.
func (m *module) oneComm(L *lua.LState, name string, base int, comm *mpi.Comm) *mpi.Comm {
	last := base
	if comm != nil {
		last--
	}
	if top := L.GetTop(); top > last && L.Get(top) != lua.LNil {
		tooMany(L, table.ByName[name])
	}
	if comm == nil {
		comm = m.world
		if v := L.Get(base); v != lua.LNil {
			if comm = toComm(v); comm == nil {
				args.RaiseExpected(L, name, 1, "comm", "communicator", v)
			}
		}
	}
	if why := comm.Unusable(); why != "" {
		luaerr.RaiseArg(L, name, 1, "comm", "%s", why)
	}
	return comm
}

// aboutComm returns the call whose result is a number that a communicator keeps,
// and notes its shortcut.
func (m *module) aboutComm(name string, number func(*mpi.Comm) int) implementation {
	m.shortcuts[name] = func(args []lua.LValue, comm *mpi.Comm, _ int) (lua.LValue, bool) {
		switch {
		case comm == nil && len(args) == 0:
			comm = m.world
		case comm == nil && len(args) == 1:
			comm = toComm(args[0])
		case len(args) > 0:
			return nil, false
		}
		if comm == nil || comm.Unusable() != "" {
			return nil, false
		}
		return lua.LNumber(number(comm)), true
	}
	return func(L *lua.LState, base int, comm *mpi.Comm) int {
		L.Push(lua.LNumber(number(m.oneComm(L, name, base, comm))))
		return 1
	}
}

// clock is the shortcut of a call without arguments that gives a time.
func (m *module) clock(name string) shortcut {
	c := m.s.NewCall(name)
	return func(args []lua.LValue, _ *mpi.Comm, _ int) (lua.LValue, bool) {
		if len(args) > 0 {
			return nil, false
		}
		c.Prepare(c.Row)
		if !c.Quick() || !c.Try() || c.Err() != nil {
			return nil, false
		}
		return lua.LNumber(c.Double(table.SlotR)), true
	}
}

// commFree frees a communicator and its duplicates. It waits for nobody, so
// that it cannot hang when another rank failed.
func (m *module) commFree(L *lua.LState, base int, comm *mpi.Comm) int {
	if comm == nil && L.Get(base) == lua.LNil {
		luaerr.RaiseArg(L, "Comm_free", 1, "comm", "communicator expected, got nil")
	}
	comm = m.oneComm(L, "Comm_free", base, comm)
	if comm.Fixed() {
		luaerr.RaiseArg(L, "Comm_free", 1, "comm", "mpi.%s cannot be freed", comm.Name)
	}
	if user := comm.User(); user != nil {
		luaerr.RaiseArg(L, "Comm_free", 1, "comm", "%s of another task is at work on it (%s)", user.Name(), user.Where())
	}
	if comm.Kept() || m.s.HasRequests(comm) {
		m.s.FreeAfterUse(comm)
		m.freePluginComm(L, comm)
		return 0
	}
	m.s.FreeComms()
	x := m.begin(L, table.ByName["Comm_free"])
	x.comm = comm
	x.c.S[table.SlotComm], x.c.S[table.SlotX], x.c.S[table.SlotX+1] = comm.Handle, comm.Shadow, comm.Bulk
	comm.SetFreed(true)
	err := x.try()
	if err != nil && x.c.S[table.SlotComm] != mpi.Constant("COMM_NULL") { // else only a duplicate was not freed
		comm.SetFreed(false)
	}
	if err != nil {
		x.fail(err)
	}
	x.end()
	m.freePluginComm(L, comm)
	return 0
}

// commIdup starts a duplication, which makes the two communicators for the
// lower-case calls as well.
func (m *module) commIdup(L *lua.LState, base int, comm *mpi.Comm) int {
	row := table.ByName["Comm_idup"]
	comm = m.oneComm(L, row.Name, base, comm)
	x := m.begin(L, row)
	x.comm = comm
	x.c.S[table.SlotComm], x.c.S[table.SlotX] = comm.Handle, comm.Bulk
	x.run()
	made := comm.Twin()
	made.Making = true
	q := &request{r: x.c.Detach(), name: row.Name}
	x.end()
	q.finish = func(L *lua.LState) (lua.LValue, error) {
		return nil, m.in.Wait(L, func(context.Context) error {
			q.r.Made(made)
			return nil
		})
	}
	L.Push(m.newRequest(q))
	L.Push(m.commObject(made))
	return 2
}

func (m *module) abort(L *lua.LState, base int, comm *mpi.Comm) int {
	code, v := 1, L.Get(base)
	if toComm(v) != nil { // as in the standard
		v = L.Get(base + 1)
	}
	if v != lua.LNil {
		var ok bool
		if code, ok = number(v); !ok {
			luaerr.RaiseArg(L, "Abort", 1, "code", "%s", notWhole(v, "whole number"))
		}
		if code != int(int32(code)) {
			luaerr.RaiseArg(L, "Abort", 1, "code", "%d does not fit a C int", code)
		}
	}
	_ = m.in.Wait(L, func(context.Context) error {
		m.s.Abort(code)
		return nil
	})
	return 0
}

func (m *module) cancellable(L *lua.LState, base int, _ *mpi.Comm) int {
	on := L.Get(base) == lua.LNil || lua.LVAsBool(L.Get(base))
	L.Push(lua.LBool(m.s.SetCancellable(on)))
	return 1
}

// helpText returns what the table says of a name.
func (m *module) helpText(L *lua.LState, base int, _ *mpi.Comm) int {
	name := ""
	switch v := L.Get(base).(type) {
	case lua.LString:
		name = string(v)
	case *lua.LNilType:
	default:
		args.RaiseExpected(L, "help", 1, "name", "string", v)
	}
	text := table.Help(name)
	if text == "" {
		luaerr.RaiseArg(L, "help", 1, "name", "%s", table.Unknown(name))
	}
	L.Push(lua.LString(text))
	return 1
}

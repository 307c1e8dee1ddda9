package luampi

import (
	"strings"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/array"
	"github.com/mpiclus/mpiclus-lua/internal/interp"
	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
	"github.com/mpiclus/mpiclus-lua/internal/mpi"
	"github.com/mpiclus/mpiclus-lua/internal/mpi/table"
)

const maxArgs = 12

// call is one call of the module at work: what was read from Lua and the
// engine's call. They are reused, since a call must cost next to nothing.
type call struct {
	m    *module
	L    *lua.LState
	task *interp.Task
	row  *table.Call
	c    *mpi.Call
	comm *mpi.Comm
	root bool // this process is the root

	at   [maxArgs]lua.LValue // values, in the order of row.Args
	pos  [maxArgs]int        // the number of the argument, as the script counts
	send buffer
	recv buffer
	out  *array.Array // what the call returns as array
	// scalar says that a number stands for an array: the result is one too.
	scalar bool
	lists  [6][]int32 // of the slots from SlotSCounts on
	keep   []any      // lists that C reads
	stypes []*handle  // of an Alltoallw
	rtypes []*handle
	msg    *message // that the call receives
	op     *handle
	win    *window
	file   *opened
	frees  *handle                   // that the call ends, if it succeeds
	then   func(error) error         // is called with the call's error when it is over, and returns the error to raise
	undo   func()                    // takes back what was noted of the call, if it fails
	packet []byte                    // of a twin, used again and again
	after  func(L *lua.LState) error // what is left to do when its request is complete
	live   bool                      // between begin and end
	plain  bool                      // read by readPlain: of the above only what wait needs is set
	to     envelope                  // that the slots hold, of the last plain message
}

// envelope is whom a message goes to or comes from, out of how many.
type envelope struct {
	peer, tag lua.LNumber
	peers     int
}

// begin takes an idle call.
func (m *module) begin(L *lua.LState, row *table.Call) *call {
	if m.elsewhere() {
		m.enterWorld(L, row)
	}
	var x *call
	if n := len(m.calls); n > 0 {
		x, m.calls = m.calls[n-1], m.calls[:n-1]
		x.c.Prepare(row)
	} else {
		x = &call{m: m, c: m.s.NewCall(row.Name)}
	}
	if x.L != L {
		x.L = L
	}
	x.row, x.live = row, true
	return x
}

// elsewhere reports whether the task that runs has had no message in this world.
func (m *module) elsewhere() bool { return m.in.Current().World != m.s.Generation() }

// enterWorld notes that a task has messages in this world. One that had some in an
// older one raises, once: what it has sent was taken out when the world was
// renewed, and what it waits for was not meant for this world.
func (m *module) enterWorld(L *lua.LState, row *table.Call) {
	if !row.Leaves {
		return
	}
	t := m.in.Current()
	before := t.World
	t.World = m.s.Generation()
	if before != 0 && !t.Main {
		e := luaerr.New(luaerr.MPI, "%s did not begin: a chunk that failed left operations behind, and the world was renewed since this task sent or received in it: such messages are gone", row.Name)
		e.Call = row.Name
		luaerr.Raise(L, e)
	}
}

// end gives the call back. What it held of the script is let go.
func (x *call) end() {
	x.task = nil
	if !x.plain {
		x.out, x.msg, x.op, x.win, x.file, x.frees, x.undo, x.then, x.after = nil, nil, nil, nil, nil, nil, nil, nil, nil
		x.stypes, x.rtypes = nil, nil
		x.root, x.scalar = false, false
		x.send, x.recv = buffer{}, buffer{}
		clear(x.at[:len(x.row.Args)])
		if len(x.keep) > 0 {
			clear(x.lists[:])
			clear(x.keep)
			x.keep = x.keep[:0]
		}
	}
	x.comm, x.plain, x.live = nil, false, false
	m := x.m
	if !x.c.Reset() {
		x.c.Release()
		x.c = m.s.NewCall("Wtime")
	}
	m.sweep()
	m.calls = append(m.calls, x)
}

// fail ends the call and raises an error.
func (x *call) fail(err error) {
	L := x.L
	x.end()
	luaerr.Raise(L, luaerr.From(err))
}

// try makes the call: at once if that works without waiting, else without
// the interpreter.
func (x *call) try() error {
	if x.comm != nil && (x.row.Class == table.Coll && !x.row.Other || x.row.Class == table.Sync) {
		if err := x.occupy(); err != nil {
			return err
		}
		defer x.vacate()
		if x.row.MakesComm() {
			x.m.s.FreeComms() // the library has only so many
		}
	}
	return x.await()
}

// await makes the call, or goes on with it.
func (x *call) await() error {
	if x.c.Quick() && x.c.Try() {
		return x.c.Err()
	}
	return x.wait()
}

// wait goes on without the interpreter.
func (x *call) wait() error {
	if err := x.m.refuseInside(x.row.Name); err != nil {
		return err
	}
	x.task, x.c.Caller = x.m.in.Current(), x
	if len(x.m.windows) > 0 { // it may be at work on the memory of one
		x.m.waiting[x] = true
		defer delete(x.m.waiting, x)
	}
	x.hold()
	defer x.letGo()
	return x.m.in.WaitFor(x.L, x.c)
}

// refuseInside returns the error of a call that an op makes which runs in a call
// that sits in the library: MPI would wait for itself.
func (m *module) refuseInside(name string) error {
	if m.inside == nil || m.in.Current() != m.inside {
		return nil
	}
	return luaerr.New(luaerr.Argument, "mpi.%s in the function of an op: MPI is inside of the reduction that runs it (MPI 3.1, section 5.9.5)", name)
}

// hold notes, for the time in which other tasks run, that this call has objects in
// hand: they must not be freed.
func (x *call) hold() {
	if x.comm != nil {
		x.comm.Use(x)
	}
	for _, k := range x.keep {
		if h, ok := k.(*handle); ok {
			h.uses, h.user = h.uses+1, x
		}
	}
}

func (x *call) letGo() {
	if x.comm != nil {
		x.comm.Unuse(x)
	}
	for _, k := range x.keep {
		if h, ok := k.(*handle); ok {
			h.uses--
		}
	}
}

// occupy makes this the collective that is at work on the communicator: MPI
// lets one thread at a time be in a collective there.
func (x *call) occupy() error {
	if other := x.comm.Occupy(x); other != nil {
		return luaerr.New(luaerr.Argument, "%s on %s while %s of another task is pending there (%s)",
			x.Name(), commText(x.comm), other.Name(), other.Where())
	}
	return nil
}

func (x *call) vacate() { x.comm.Vacate(x) }

// Name returns the name of the call.
func (x *call) Name() string { return x.row.Name }

// base returns the name of the blocking form.
func (x *call) base() string { return table.Calls[x.row.Index].Name }

// ofNeighbours reports whether the call is a collective of neighbours.
func (x *call) ofNeighbours() bool {
	return strings.HasPrefix(x.row.Name, "Neighbor_") || strings.HasPrefix(x.row.Name, "Ineighbor_")
}

// places returns how many parts an array has: one for each rank or, in a
// collective of neighbours, for each of those.
func (x *call) places(receives bool) int {
	switch {
	case x.comm.Inter && strings.Contains(x.row.Name, "educe_scatter"): // which deals out to the own group (MPI 3.1, section 5.10)
		return x.comm.Size
	case !x.ofNeighbours():
		return x.comm.Peers()
	case receives:
		return x.comm.In
	}
	return x.comm.Out
}

// Where returns the script's line of the call. It is for the engine, from any
// goroutine, while the call waits and so its Lua thread stands still.
func (x *call) Where() string { return place(x.L) }

// place returns the line of the script that a Lua thread is at.
func place(L *lua.LState) string { return strings.TrimSuffix(luaerr.Where(L), ": ") }

// Task returns the label of the task that waits for the call.
func (x *call) Task() string { return x.task.Label() }

// Callback runs fn with the interpreter held, while the call waits.
func (x *call) Callback(fn func()) {
	x.m.in.Callback(x.task, x.L, func() {
		x.m.inside = x.task
		defer func() { x.m.inside = nil }()
		fn()
	})
}

// do runs a call that has no arguments of the script: part of one that has.
func (m *module) do(L *lua.LState, c *mpi.Call) error {
	if c.Quick() && c.Try() {
		return c.Err()
	}
	x := &call{m: m, L: L, row: c.Row, c: c}
	return x.wait()
}

package luampi

import (
	"runtime"
	"unsafe"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/mpi"
	"github.com/mpiclus/mpiclus-lua/plugins/luaplugin"
)

// handle is an MPI object that is local to the process: a group, type, op,
// info, … Its class is the name of its kind in the table.
type handle struct {
	class  string
	value  uint64
	name   string // of a constant; those are never freed
	freed  bool
	op     *mpi.Op // of an op that a script made or a plugin added
	fn     *lua.LFunction
	whole  bool
	groups opGroup       // of an op of the standard: the types that it works on
	run    runOp         // of an op that a script made
	layout *layoutOf     // of a type, once it was asked for
	file   *opened       // of a file
	plugin *luaplugin.Op // of an op that a plugin added
	cancel runtime.Cleanup
	uses   int         // calls that wait without the interpreter and have it
	user   mpi.Pending // the last of them
}

// Kind names it in errors about arguments: "datatype", "op".
func (h *handle) Kind() string {
	if h.class == "type" {
		return "datatype" // what has a type may be anything
	}
	return h.class
}

// runOp combines n elements from in into inout, on a Lua thread.
type runOp func(th *lua.LState, in, inout unsafe.Pointer, n int, datatype uint64) error

// opened is what a file's handle has beside others: its communicator, and what came of
// an access in two steps (File_read_all_begin, …), of which the first does all.
type opened struct {
	comm   *mpi.Comm
	begun  string // the call that began the access
	status mpi.Status
	room   mpi.Room
}

// message is what Mprobe took; Mrecv ends it.
type message struct {
	handle uint64
	name   string
	comm   *mpi.Comm
	value  bool // a Lua value comes with it: mprobe took it
}

// Kind names it in errors about arguments.
func (*message) Kind() string { return "message" }

// special is a constant that stands for an address, such as IN_PLACE.
type special struct {
	name  string
	value uint64
}

// Kind names it in errors about arguments.
func (s *special) Kind() string { return s.name }

func toComm(v lua.LValue) *mpi.Comm {
	if ud, ok := v.(*lua.LUserData); ok {
		if c, ok := ud.Value.(*mpi.Comm); ok {
			return c.Behind()
		}
	}
	return nil
}

// object returns the object of a type that a value is, nil if it is none.
func object[T any](v lua.LValue) *T {
	if ud, ok := v.(*lua.LUserData); ok {
		o, _ := ud.Value.(*T)
		return o
	}
	return nil
}

func toHandle(v lua.LValue, class string) *handle {
	if ud, ok := v.(*lua.LUserData); ok {
		if h, ok := ud.Value.(*handle); ok && h.class == class {
			return h
		}
	}
	return nil
}

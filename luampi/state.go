package luampi

import (
	"unsafe"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/array"
	"github.com/mpiclus/mpiclus-lua/internal/interp"
	"github.com/mpiclus/mpiclus-lua/internal/mpi"
	"github.com/mpiclus/mpiclus-lua/internal/value"
)

// module is the state of the Lua module in one interpreter. Only who holds
// the interpreter touches it.
type module struct {
	in    *interp.Interp
	s     *mpi.Session
	codec *value.Codec

	commMT, requestMT, statusMT, messageMT, specialMT *lua.LTable
	handleMT                                          map[string]*lua.LTable // by class: "group", "type", …

	world    *mpi.Comm
	inPlace  *lua.LUserData
	nullComm *lua.LUserData
	fixed    map[*mpi.Comm]*lua.LUserData
	types    [16]uint64 // MPI's type of each array type
	byteType uint64
	wordType uint64 // of 64-bit numbers
	elements map[uint64]array.Type
	basics   map[uint64]content
	known    map[string]map[uint64]*lua.LUserData // predefined handles by class
	limits   limits
	views    viewTypes
	buffered buffered
	orders   orders
	hooks    map[string]func(x *call) // checks between reading arguments and the call
	windows  map[*window]bool         // that are open
	waiting  map[*call]bool           // calls that wait in MPI
	combined map[unsafe.Pointer]int   // memory of arrays that ops are at work on, by how many

	shortcuts map[string]shortcut // by the name of the call

	plugins   pluginState
	calls     []*call  // idle
	batches   []*batch // idle
	collected collected
	checking  bool         // ranks compare their calls
	inside    *interp.Task // whose op runs in a call that sits in the library
}

// limits are numbers of the library that every call checks against.
type limits struct{ anySource, anyTag, procNull, root, undefined, maxTag int }

// orders is what is known of a library's MAX and MIN.
type orders struct {
	wrong [16]bool           // by type of array
	ops   map[string]*handle // "MAX", "MIN"
}

// pluginState is what the module knows of plugins.
type pluginState struct {
	opMT       *lua.LTable
	records    records
	comms      map[uint64]uint64   // duplicates by handle of the communicator
	generation uint64              // of the world that they are of
	busy       map[uint64]*serving // communicators that a function uses, by handle
}

// implementation is a function of the module. Its arguments begin at base;
// comm is nil or, in a method of a communicator, that communicator.
type implementation func(L *lua.LState, base int, comm *mpi.Comm) int

// shortcut is vm.Shortcut with comm as in an implementation, for calls that
// are made a million times a second.
type shortcut func(args []lua.LValue, comm *mpi.Comm, taken int) (lua.LValue, bool)

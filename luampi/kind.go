package luampi

import (
	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/mpi/table"
)

// kind is all that is done with a sort of argument or result, which the table in
// internal/mpi/table names. A field that has no meaning for it is nil.
type kind struct {
	// read checks argument i, which the script gave, and fills its slots.
	read func(x *call, i int)
	// byHand says that calls that are written out read their argument of the kind themselves.
	byHand bool
	// skips reports whether v, which stands in the place of an argument that may be
	// missing and is not lua.LNil, is plainly meant for a later one.
	skips func(x *call, a *table.Arg, v lua.LValue) bool
	// leads reports whether v is what may stand first, where the standard has it.
	leads func(v lua.LValue) bool
	// memory is what the call reads of the array, or writes to it.
	memory func(x *call) []span
	// result makes result i of a call that is over, nil for none.
	result func(x *call, i int) lua.LValue
	// methods is the class of objects whose methods are the calls that have one first.
	methods string
}

// family is what a file knows of kinds that are alike.
type family map[table.Kind]kind

package interp

import (
	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/lua51/vm"
)

// lostByTailCall reports whether a level of the stack is a function that has
// ended in a tail call.
func lostByTailCall(L *lua.LState, level int) bool {
	f := vm.Innermost(L)
	for ; level > 0 && f != nil; f = f.Parent {
		level--
		if !f.Fn.IsG {
			level -= f.TailCall
		}
	}
	return level < 0
}

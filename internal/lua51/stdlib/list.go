package stdlib

import (
	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/lua51/vm"
)

// nextOf is next: it raises an error for a key that t does not have.
func nextOf(L *lua.LState, t *lua.LTable, key lua.LValue) (k, v lua.LValue) {
	k, v, ok := vm.Next(t, key)
	if !ok {
		L.Error(lua.LString("invalid key to 'next'"), 0)
	}
	return k, v
}

// Package absent makes the module "mpi" answer for the functions of the
// standard that it does not have. It needs neither C nor MPI.
package absent

import (
	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
	"github.com/mpiclus/mpiclus-lua/internal/mpi/table"
)

// Refuse makes reading a function of the standard that the module lacks an
// error that says what to use instead, where a nil would fail later and tell
// nothing. All other names, and rawget, give nil as ever.
func Refuse(L *lua.LState, module *lua.LTable) {
	mt := L.NewTable()
	mt.RawSetString("__index", L.NewFunction(func(L *lua.LState) int {
		if name, ok := L.Get(2).(lua.LString); ok {
			if instead, ok := table.Instead(string(name)); ok {
				e := luaerr.New(luaerr.MPI, "mpi.%s is not offered by mpiclus-lua: %s", name, instead)
				e.Call = string(name)
				luaerr.Raise(L, e)
			}
		}
		return 0
	}))
	module.Metatable = mt
}

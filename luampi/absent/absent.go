// Package absent makes the module "mpi" answer for the functions of the
// standard that it does not have. It needs neither C nor MPI.
package absent

import (
	"strings"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
	"github.com/mpiclus/mpiclus-lua/internal/mpi/table"
)

// Refuse makes reading a function of the standard that the module lacks an
// error that says what to use instead, and reading a constant that there is not
// one that says which there is: a nil would fail later, or stand for an argument
// that may be left out. Other names are nil as ever, and rawget raises nothing.
func Refuse(L *lua.LState, module *lua.LTable) {
	mt := L.NewTable()
	mt.RawSetString("__index", L.NewFunction(func(L *lua.LState) int {
		if name, ok := L.Get(2).(lua.LString); ok {
			if instead, ok := table.Instead(table.Bare(string(name))); ok {
				e := luaerr.New(luaerr.MPI, "mpi.%s is not offered by mpiclus-lua: %s", name, instead)
				e.Call = string(name)
				luaerr.Raise(L, e)
			}
			if isConstant(string(name)) {
				luaerr.Raise(L, luaerr.New(luaerr.Argument, "%s", table.Unknown(string(name))))
			}
		}
		return 0
	}))
	mt.RawSetString("__meant", Meant(L, ""))
	module.Metatable = mt
}

// Meant makes the field __meant of a metatable, which errors about a field that is
// missing look into: what names of other interfaces to MPI are in the module, or in
// the object that the metatable is of.
func Meant(L *lua.LState, object string) *lua.LTable {
	t := L.NewTable()
	for other, is := range table.Meant(object) {
		t.RawSetString(other, lua.LString(is))
	}
	return t
}

// isConstant reports whether a name is of the form of a constant's: LONG_INT.
func isConstant(name string) bool {
	return len(name) > 1 && name[0] >= 'A' && name[0] <= 'Z' && strings.ToUpper(name) == name
}

package array

import (
	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/lua51/vm"
)

// moreKey is where methods wait in Lua's registry that other packages have added
// before there was an array.
const moreKey = "mpiclus.array.more"

// AddMethod has fn be a method of all arrays of an interpreter, and a function of the
// module there. It is for packages above this one, and must be called before a script
// runs; a method that the module has itself stays.
func AddMethod(L *lua.LState, name string, fn *lua.LFunction) {
	more, ok := L.G.Registry.RawGetString(moreKey).(*lua.LTable)
	if !ok {
		more = L.NewTable()
		L.G.Registry.RawSetString(moreKey, more)
	}
	more.RawSetString(name, fn)
}

// addMore adds those methods.
func addMore(L *lua.LState, methods *lua.LTable) {
	more, ok := L.G.Registry.RawGetString(moreKey).(*lua.LTable)
	if !ok {
		return
	}
	vm.ForEach(more, func(name, fn lua.LValue) {
		if vm.RawGet(methods, name) == lua.LNil {
			vm.RawSet(methods, name, fn)
		}
	})
}

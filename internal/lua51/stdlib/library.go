package stdlib

import (
	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/lua51/vm"
)

// openLibrary makes the table of a library: a global, and a loaded module. One
// that is there already keeps its place, and nothing of what it held.
func openLibrary(L *lua.LState, name string, functions map[string]lua.LGFunction) *lua.LTable {
	loaded := loadedTable(L)
	t, ok := loaded.RawGetString(name).(*lua.LTable)
	if !ok {
		t = L.NewTable()
	}
	vm.ForEach(t, func(k, _ lua.LValue) { vm.RawSet(t, k, lua.LNil) })
	for key, fn := range functions {
		t.RawSetString(key, L.NewFunction(fn))
	}
	loaded.RawSetString(name, t)
	L.G.Global.RawSetString(name, t)
	return t
}

// loadedTable returns package.loaded.
func loadedTable(L *lua.LState) *lua.LTable {
	t, ok := L.G.Registry.RawGetString("_LOADED").(*lua.LTable)
	if !ok {
		t = L.NewTable()
		L.G.Registry.RawSetString("_LOADED", t)
	}
	return t
}

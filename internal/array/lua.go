package array

import (
	"fmt"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
)

// metaKey is where the metatable of arrays lives in Lua's registry.
const metaKey = "mpiclus.array"

// To reads an array from a Lua value.
func To(v lua.LValue) (*Array, bool) {
	ud, ok := v.(*lua.LUserData)
	if !ok {
		return nil, false
	}
	a, ok := ud.Value.(*Array)
	return a, ok
}

// ToLua gives the userdata that scripts see. Each call makes a new one; two
// of the same array are equal for a script.
func ToLua(L *lua.LState, a *Array) *lua.LUserData {
	return &lua.LUserData{Value: a, Env: L.Env, Metatable: metatable(L)}
}

// Open is the loader of the Lua module "array".
func Open(L *lua.LState) int {
	module := L.NewTable()
	for _, f := range moduleTable {
		module.RawSetString(f.name, f.function(L, false))
	}
	L.Push(module)
	return 1
}

// metatable gives the metatable of arrays: one an interpreter, made when
// first asked for, so that arrays work before a script requires the module.
func metatable(L *lua.LState) lua.LValue {
	if mt, ok := L.G.Registry.RawGetString(metaKey).(*lua.LTable); ok {
		return mt
	}
	methods := L.NewTable()
	for _, f := range methodTable {
		methods.RawSetString(f.name, f.function(L, true))
	}
	mt := L.NewTable()
	for name, f := range map[string]lua.LGFunction{
		"__index": indexer(methods), "__newindex": newindex, "__len": length,
	} {
		mt.RawSetString(name, L.NewFunction(f))
	}
	L.G.Registry.RawSetString(metaKey, mt)
	return mt
}

// indexer makes __index: elements by number, methods by name.
func indexer(methods *lua.LTable) lua.LGFunction {
	return func(L *lua.LState) int {
		a, _ := To(L.Get(1))
		switch k := L.Get(2).(type) {
		case lua.LNumber:
			i := int(k)
			if uint(i-1) >= uint(a.n) || lua.LNumber(i) != k {
				raiseIndex(L, a, k)
			}
			v, err := a.load(L, i-1)
			if err != nil {
				luaerr.Raise(L, luaerr.New(luaerr.Argument, "%s: index %d: %w: use a:tostring(%d)", a.describe(), i, err, i))
			}
			L.Push(v)
		case lua.LString:
			f := methods.RawGetString(string(k))
			if f == lua.LNil {
				luaerr.Raise(L, luaerr.New(luaerr.Argument, "%s has no method '%s'", a.describe(), k))
			}
			L.Push(f)
		default:
			raiseIndex(L, a, k)
		}
		return 1
	}
}

func newindex(L *lua.LState) int {
	a, _ := To(L.Get(1))
	k, ok := L.Get(2).(lua.LNumber)
	i := int(k)
	if !ok || uint(i-1) >= uint(a.n) || lua.LNumber(i) != k {
		raiseIndex(L, a, L.Get(2))
	}
	if err := a.store(i-1, L.Get(3)); err != nil {
		raiseElement(L, a, i, err)
	}
	return 0
}

func length(L *lua.LState) int {
	a, _ := To(L.Get(1))
	L.Push(lua.LNumber(a.n))
	return 1
}

// raiseElement raises what is wrong with a value for element i (from 1).
func raiseElement(L *lua.LState, a *Array, i int, err error) {
	luaerr.Raise(L, luaerr.New(luaerr.Argument, "%s: index %d: %w", a.describe(), i, err))
}

// raiseIndex raises what is wrong with an index of a.
func raiseIndex(L *lua.LState, a *Array, k lua.LValue) {
	luaerr.Raise(L, luaerr.New(luaerr.Argument, "%s: %s", a.describe(), wrongIndex(k, a.n)))
}

// wrongIndex tells why k is no index from 1 to n.
func wrongIndex(k lua.LValue, n int) string {
	f, ok := k.(lua.LNumber)
	switch {
	case !ok && k.Type() == lua.LTString:
		return fmt.Sprintf("cannot write field '%s': elements have numbers", k)
	case !ok:
		return fmt.Sprintf("expected a whole number as index, got %s", typeName(k))
	case lua.LNumber(int(f)) != f:
		return fmt.Sprintf("index %s is no whole number", formatFloat(float64(f), 64))
	case n == 0:
		return fmt.Sprintf("index %s is out of range (it is empty)", formatFloat(float64(f), 64))
	}
	return fmt.Sprintf("index %d is out of range (1 to %d)", int(f), n)
}

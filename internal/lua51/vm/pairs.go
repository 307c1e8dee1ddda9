package vm

import (
	lua "github.com/yuin/gopher-lua"
)

// The functions of tables in the Lua 5.1 manual, section 5.1, that have to know
// how tables are kept.

// NextFunction is next.
func NextFunction(L *lua.LState) int {
	key, value, ok := Next(L.CheckTable(1), L.Get(2))
	if !ok {
		L.RaiseError("invalid key to 'next'")
	}
	L.Push(key)
	if key == lua.LNil {
		return 1
	}
	L.Push(value)
	return 2
}

// RawGetFunction is rawget.
func RawGetFunction(L *lua.LState) int {
	L.Push(RawGet(L.CheckTable(1), L.CheckAny(2)))
	return 1
}

// RawSetFunction is rawset.
func RawSetFunction(L *lua.LState) int {
	t, key, value := L.CheckTable(1), L.CheckAny(2), L.CheckAny(3)
	of(L).checkKey(key)
	RawSet(t, key, value)
	L.SetTop(1)
	return 1
}

// OpenPairs puts pairs and ipairs into the globals.
func OpenPairs(L *lua.LState) {
	next := L.GetGlobal("next")
	L.SetGlobal("pairs", L.NewFunction(func(L *lua.LState) int {
		t := L.CheckTable(1)
		L.Push(next)
		L.Push(t)
		L.Push(lua.LNil)
		return 3
	}))
	step := L.NewFunction(func(L *lua.LState) int {
		t, i := L.CheckTable(1), lua.LNumber(L.CheckInt(2)+1)
		v := RawGet(t, i)
		if v == lua.LNil {
			return 0
		}
		L.Push(i)
		L.Push(v)
		return 2
	})
	L.SetGlobal("ipairs", L.NewFunction(func(L *lua.LState) int {
		t := L.CheckTable(1)
		L.Push(step)
		L.Push(t)
		L.Push(lua.LNumber(0))
		return 3
	}))
}

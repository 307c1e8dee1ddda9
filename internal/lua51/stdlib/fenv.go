package stdlib

import (
	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/lua51/vm"
)

// This file holds the functions about environments of functions: getfenv,
// setfenv, and what module does with them.

// functionOf returns the function that argument 1 of getfenv or setfenv means:
// itself, or the one that runs at a level of the stack.
func functionOf(L *lua.LState, level int) *lua.LFunction {
	if f, ok := L.Get(1).(*lua.LFunction); ok {
		return f
	}
	if level < 0 {
		level = checkInt(L, 1)
	} else {
		level = optInt(L, 1, level)
	}
	if level < 0 {
		argError(L, 1, "level must be non-negative")
	}
	if envOf(L).Tail(L, level) {
		raise(L, "no function environment for tail call at level %d", level)
	}
	f := functionAt(L, level)
	if f == nil {
		argError(L, 1, "invalid level")
	}
	return f
}

// functionAt returns the function that runs at a level of the stack, nil if
// there is none.
func functionAt(L *lua.LState, level int) *lua.LFunction {
	dbg, ok := L.GetStack(level)
	if !ok {
		return nil
	}
	fn, err := L.GetInfo("f", dbg, lua.LNil)
	if err != nil {
		return nil
	}
	f, _ := fn.(*lua.LFunction)
	return f
}

func getFEnv(L *lua.LState) int {
	if f := functionOf(L, 1); vm.IsNative(f) {
		L.Push(L.Env)
	} else {
		L.Push(f.Env)
	}
	return 1
}

func setFEnv(L *lua.LState) int {
	t := checkTable(L, 2)
	f := functionOf(L, -1)
	if n, ok := toNumber(L.Get(1)); ok && n == 0 {
		L.Env = t
		return 0
	}
	if vm.IsNative(f) {
		raise(L, "'setfenv' cannot change environment of given object")
	}
	f.Env = t
	L.Push(f)
	return 1
}

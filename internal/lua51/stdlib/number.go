package stdlib

import (
	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/lua51/number"
	"github.com/mpiclus/mpiclus-lua/internal/lua51/vm"
)

// OpenNumber puts tonumber and tostring (manual, section 5.1) into the globals
// of an interpreter.
func OpenNumber(L *lua.LState, env *Env) {
	env.install(L)
	L.G.Global.RawSetString("tonumber", L.NewFunction(baseToNumber))
	env.tostring = L.NewFunction(baseToString)
	L.G.Global.RawSetString("tostring", env.tostring)
}

// baseToNumber is tonumber(v [, base]).
func baseToNumber(L *lua.LState) int {
	base := 10
	if L.GetTop() > 1 {
		base = optInt(L, 2, 10)
	}
	var x float64
	ok := false
	if base == 10 {
		if x, ok = toNumber(checkAny(L, 1)); ok && L.Get(1).Type() == lua.LTNumber {
			L.Push(L.Get(1))
			return 1
		}
	} else {
		s := checkString(L, 1)
		if base < 2 || base > 36 {
			argError(L, 2, "base out of range")
		}
		x, ok = number.ParseBase(s, base)
	}
	if ok {
		L.Push(numberValue(x))
	} else {
		L.Push(lua.LNil)
	}
	return 1
}

// baseToString is tostring(v). What the metamethod __tostring gives is
// returned whatever it is.
func baseToString(L *lua.LState) int {
	v := checkAny(L, 1)
	if s, ok := v.(lua.LString); ok && stringsHaveNoText(L) {
		L.Push(s)
		return 1
	}
	if fn := L.GetMetaField(v, "__tostring"); fn != lua.LNil {
		vm.CheckCallable(L, fn)
		L.Push(fn)
		L.Push(v)
		L.Call(1, 1)
		return 1
	}
	L.Push(lua.LString(number.Text(v)))
	return 1
}

// stringsHaveNoText reports that no script has given all strings a __tostring.
func stringsHaveNoText(L *lua.LState) bool {
	return L.GetMetaField(emptyString, "__tostring") == lua.LNil
}

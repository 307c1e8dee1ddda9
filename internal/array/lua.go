package array

import (
	"fmt"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/args"
	luanumber "github.com/mpiclus/mpiclus-lua/internal/lua51/number"
	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
)

// metaKey is where the metatable of arrays lives in Lua's registry, and
// methodsKey where that keeps their methods.
const (
	metaKey    = "mpiclus.array"
	methodsKey = "methods"
)

// To reads an array from a Lua value. One whose memory was taken back (Lease)
// is none.
func To(v lua.LValue) (*Array, bool) {
	ud, ok := v.(*lua.LUserData)
	if !ok {
		return nil, false
	}
	a, ok := ud.Value.(*Array)
	if ok && a.gone() {
		return nil, false
	}
	return a, ok
}

// ToLua returns the userdata that scripts see. Each call makes a new one; two
// of the same array are equal for a script.
func ToLua(L *lua.LState, a *Array) *lua.LUserData {
	return &lua.LUserData{Value: a, Env: L.Env, Metatable: metatable(L)}
}

// selfOf reads the first argument of a metamethod, which a script can call
// with anything.
func selfOf(L *lua.LState) *Array {
	a, ok := To(L.Get(1))
	if !ok {
		raise(L, "%s", args.Expected("array", L.Get(1)))
	}
	return a
}

func concat(L *lua.LState) int {
	L.Push(lua.LString(luanumber.ToString(L, L.Get(1)) + luanumber.ToString(L, L.Get(2))))
	return 1
}

// raise raises an error about the arrays of a script.
func raise(L *lua.LState, format string, args ...any) {
	luaerr.Raise(L, luaerr.New(luaerr.Argument, format, args...))
}

// raiseElement raises what is wrong with a value for element i (from 1).
func raiseElement(L *lua.LState, a *Array, i int, err error) {
	raise(L, "%s: index %d: %w", a.describe(), i, err)
}

// raiseIndex raises what is wrong with an index of a.
func raiseIndex(L *lua.LState, a *Array, k lua.LValue) {
	raise(L, "%s: %s", a.describe(), wrongIndex(k, a.n))
}

// wrongIndex reports why k is no index from 1 to n.
func wrongIndex(k lua.LValue, n int) string {
	f, ok := k.(lua.LNumber)
	switch {
	case !ok && k.Type() == lua.LTString:
		return fmt.Sprintf("cannot write field '%s': elements have numbers", k)
	case !ok:
		return args.Expected("whole number as index", k)
	case lua.LNumber(int(f)) != f:
		return fmt.Sprintf("index %s is no whole number", formatNumber(float64(f)))
	case n == 0:
		return fmt.Sprintf("index %d is out of range (it is empty)", int(f))
	}
	return fmt.Sprintf("index %d is out of range (1 to %d)", int(f), n)
}

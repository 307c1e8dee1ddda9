// Package args says what is wrong with the arguments of functions that scripts
// call, in one grammar: what was expected, then what came.
//
//	bad argument #2 'root' to 'Bcast' (number expected, got string)
//
// Lua's own library says it in the same words.
package args

import (
	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
)

// Named is what a userdata holds that errors call by more than "userdata".
type Named interface {
	// Kind returns a noun without an article, "float64 array of 3".
	Kind() string
}

// Kind returns a noun for a value: its type in Lua, or what a userdata is.
func Kind(v lua.LValue) string {
	if ud, ok := v.(*lua.LUserData); ok {
		if n, ok := ud.Value.(Named); ok {
			return n.Kind()
		}
	}
	return v.Type().String()
}

// Expected returns "number expected, got string".
func Expected(what string, got lua.LValue) string { return what + " expected, got " + Kind(got) }

// RaiseExpected raises that argument n of a call, whose name may be "", is not
// what was expected.
func RaiseExpected(L *lua.LState, call string, n int, name, what string, got lua.LValue) {
	luaerr.RaiseArg(L, call, n, name, "%s", Expected(what, got))
}

// Package args says what is wrong with the arguments of functions that scripts
// call, in one grammar: what was expected, then what came.
//
//	bad argument #2 'root' to 'Bcast' (number expected, got string)
//
// Lua's own library says it in the same words.
package args

import (
	"fmt"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/lua51/number"
	"github.com/mpiclus/mpiclus-lua/internal/lua51/vm"
	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
)

// Named is what a userdata holds that errors call by more than "userdata".
type Named interface {
	// Kind returns a noun without an article, "float64 array of 3".
	Kind() string
}

// Kind returns a noun for a value: its type in Lua, or what a userdata is, which it
// says itself or the field __name of its metatable.
func Kind(v lua.LValue) string {
	if ud, ok := v.(*lua.LUserData); ok {
		if n, ok := ud.Value.(Named); ok {
			return n.Kind()
		}
		if mt, ok := ud.Metatable.(*lua.LTable); ok {
			if name, ok := mt.RawGetString(vm.NameKey).(lua.LString); ok && name != "" {
				return string(name)
			}
		}
	}
	return v.Type().String()
}

// WithArticle returns "an int32 array of 3" for "int32 array of 3".
func WithArticle(noun string) string { return vm.WithArticle(noun) }

// Expected returns "number expected, got string".
func Expected(what string, got lua.LValue) string { return what + " expected, got " + Kind(got) }

// RaiseExpected raises that argument n of a call, whose name may be "", is not
// what was expected.
func RaiseExpected(L *lua.LState, call string, n int, name, what string, got lua.LValue) {
	luaerr.RaiseArg(L, call, n, name, "%s", Expected(what, got))
}

// List returns the number of entries of a table that is to be a list. wrong is
// "" if it is one; else it says which key is no place in a list, for an error: the
// value there would be left out in silence. Field n may hold the length.
func List(t *lua.LTable) (n int, wrong string) {
	n = vm.Entries(t)
	key, found := vm.Stray(t, n)
	if !found {
		return n, ""
	}
	return n, fmt.Sprintf("list expected, with keys from 1: this table has the key %s, whose value would be left out", Show(key))
}

// longestShown is the longest string that Show returns, in bytes.
const longestShown = 40

// Show returns a value as a message shows it: itself where that is short, as 1.5,
// "abc" and nil, else what it is, "a table" or "a file".
func Show(v lua.LValue) string {
	switch v := v.(type) {
	case lua.LNumber, *lua.LNilType, lua.LBool:
		return number.Text(v)
	case lua.LString:
		if len(v) <= longestShown {
			return fmt.Sprintf("%q", string(v))
		}
	}
	return WithArticle(Kind(v))
}

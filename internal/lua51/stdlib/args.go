package stdlib

import (
	"fmt"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/lua51/number"
	"github.com/mpiclus/mpiclus-lua/internal/lua51/vm"
)

// This file reads the arguments of library functions by the rules of Lua 5.1's
// auxiliary library (manual, section 4): a number serves as a string, a string
// that reads as a number serves as a number, and nil in place of an optional
// argument is none. What does not fit raises an error in the words of lua5.1.

// where returns the "job.lua:14: " of a level of the stack (1 is who called the
// function that runs), and "" when that is no Lua function.
func where(L *lua.LState, level int) string {
	return vm.Where(L, level)
}

// raise raises an error with the place of the call, as luaL_error does.
func raise(L *lua.LState, format string, args ...any) {
	L.Error(lua.LString(where(L, 1)+fmt.Sprintf(format, args...)), 0)
}

// argError raises "bad argument #1 to 'insert' (message)".
func argError(L *lua.LState, n int, message string) {
	name, what := envOf(L).called(L, 0)
	if what == "method" {
		if n--; n == 0 {
			raise(L, "calling '%s' on bad self (%s)", name, message)
		}
	}
	if name == "" {
		name = "?"
	}
	raise(L, "bad argument #%d to '%s' (%s)", n, name, message)
}

// typeError raises "bad argument #1 to 'insert' (table expected, got nil)", and says
// behind "got userdata" what that is.
func typeError(L *lua.LState, n int, expected string) {
	argError(L, n, expected+" expected, got "+typeName(L, n)+vm.Instead(L.Get(n), expected))
}

// typeName returns the type of argument n, "no value" if it is not there.
func typeName(L *lua.LState, n int) string {
	if n > L.GetTop() {
		return "no value"
	}
	return L.Get(n).Type().String()
}

// checkAny returns argument n, which may be nil but not missing.
func checkAny(L *lua.LState, n int) lua.LValue {
	if n > L.GetTop() {
		argError(L, n, "value expected")
	}
	return L.Get(n)
}

func checkTable(L *lua.LState, n int) *lua.LTable {
	t, ok := L.Get(n).(*lua.LTable)
	if !ok {
		typeError(L, n, "table")
	}
	return t
}

// checkList is checkTable for a table that is to be a list.
func checkList(L *lua.LState, n int) *lua.LTable {
	t := checkTable(L, n)
	vm.CheckList(L, t)
	return t
}

func checkFunction(L *lua.LState, n int) *lua.LFunction {
	f, ok := L.Get(n).(*lua.LFunction)
	if !ok {
		typeError(L, n, "function")
	}
	return f
}

// toNumber reads a value as a number and reports whether it is one.
func toNumber(v lua.LValue) (float64, bool) {
	switch v := v.(type) {
	case lua.LNumber:
		return float64(v), true
	case lua.LString:
		return number.Parse(string(v))
	}
	return 0, false
}

// toText reads a value as a string and reports whether it is one.
func toText(v lua.LValue) (string, bool) {
	switch v := v.(type) {
	case lua.LString:
		return string(v), true
	case lua.LNumber:
		return number.Format(float64(v)), true
	}
	return "", false
}

func checkNumber(L *lua.LState, n int) float64 {
	x, ok := toNumber(L.Get(n))
	if !ok {
		typeError(L, n, "number")
	}
	return x
}

func optNumber(L *lua.LState, n int, otherwise float64) float64 {
	if L.Get(n) == lua.LNil {
		return otherwise
	}
	return checkNumber(L, n)
}

// checkInteger reads a lua_Integer.
func checkInteger(L *lua.LState, n int) int64 { return number.ToInteger(checkNumber(L, n)) }

func optInteger(L *lua.LState, n int, otherwise int64) int64 {
	if L.Get(n) == lua.LNil {
		return otherwise
	}
	return checkInteger(L, n)
}

// checkInt reads a C int.
func checkInt(L *lua.LState, n int) int { return number.ToInt(checkNumber(L, n)) }

func optInt(L *lua.LState, n, otherwise int) int {
	if L.Get(n) == lua.LNil {
		return otherwise
	}
	return checkInt(L, n)
}

func checkString(L *lua.LState, n int) string {
	s, ok := toText(L.Get(n))
	if !ok {
		typeError(L, n, "string")
	}
	return s
}

func optString(L *lua.LState, n int, otherwise string) string {
	if L.Get(n) == lua.LNil {
		return otherwise
	}
	return checkString(L, n)
}

// checkOption reads argument n, one of some words (otherwise when it is not
// given, unless that is ""), and returns its index.
func checkOption(L *lua.LState, n int, otherwise string, words []string) int {
	name := otherwise
	if otherwise == "" || L.Get(n) != lua.LNil {
		name = checkString(L, n)
	}
	for i, w := range words {
		if w == name {
			return i
		}
	}
	argError(L, n, fmt.Sprintf("invalid option '%s'", name))
	return 0
}

// CheckString returns argument n of the function that L runs as a string, or
// raises the error of the library.
func CheckString(L *lua.LState, n int) string { return checkString(L, n) }

// OptInt reads argument n as the library's functions do, otherwise being what it
// is when it is not there.
func OptInt(L *lua.LState, n, otherwise int) int { return optInt(L, n, otherwise) }

// ArgError raises an error about argument n of the function that L runs, in the
// words of the library.
func ArgError(L *lua.LState, n int, message string) { argError(L, n, message) }

package interp

import (
	"strings"
	"testing"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/lua51/vm"
)

// TestShortcut: a function with a shortcut gives the same to Lua, whichever way
// it goes, and goes the short way wherever it can.
func TestShortcut(t *testing.T) {
	for _, c := range []struct{ source, want, ways string }{
		{"f(1, 2)", "", "shortcut"},
		{"local a = f(1, 2) out(a)", "3", "shortcut"},
		{"local a = 5 a = f(a, (f(1, 2))) out(a)", "8", "shortcut shortcut"},
		{"local a = 5 a = f(a, f(1, 2)) out(a)", "8", "function shortcut"},
		{"out(1 + f(2, 3) * 2, 7)", "11 7", "shortcut"},
		{"local t = {f(1, 2), 9} out(t[1], t[2])", "3 9", "shortcut"},
		{"local t = {x = f} local a = t.x(1, 2) out(a)", "3", "shortcut"},
		{"local a, b, c = 1, f(1, 1), 3 out(a, b, c)", "1 2 3", "shortcut"},
		{"local a, b = f(1, 2) out(a, b)", "3 nil", "function"},
		{"out(f(1, 2))", "3", "function"},
		{"local t = {f(1, 2)} out(#t)", "1", "function"},
		{"local function g() return f(1, 2) end out(g())", "3", "function"},
		{"local function g(...) local a = f(...) return a end out(g(), g(1), g(1, 2), g(1, 2, 3))", "0 1 3 6", "shortcut shortcut shortcut shortcut"},
		{"local a = f(unpack{1, 2, 3, 4, 5, 6}) out(a)", "21", "shortcut"},
		{"local function g() return (f(1, 2, 3)) end out(g())", "6", "shortcut"},
		{"local a = f(1, pcall(f, 2, 3)) out(a)", "7", "function shortcut"},
		{"out(pcall(f, 2, 3))", "true 5", "function"},
		{"local a = f('x') out(a)", "error: job.lua:2: number expected, got x", "function"},
		{"out(1)\nlocal a = f(1,\n  'x') out(a)", "1 error: job.lua:3: number expected, got x", "function"},
		{"coroutine.wrap(function(...) local a = f(...) out(a, coroutine.yield()) end)(2, 3)", "", "shortcut"},
		{"local g = coroutine.wrap(function(...) local a = f(...) out(a, (coroutine.yield())) end) g(2, 3) g(4)", "5 4", "shortcut"},
		{"local s = 0 for i = 1, 1000 do s = s + f(i, -1) end out(s)", "499500", strings.TrimSpace(strings.Repeat("shortcut ", 1000))},
		{"local t = setmetatable({}, {__index = f, __call = f}) out(t.y) local a = t(1) out(a)", "0 1", "function function"},
		{"local function g(n) if n == 0 then local a = f(1, 2) return a end return 1 + g(n - 1) end out(g(5000))", "5003", "shortcut"},
	} {
		in, _ := newTest(t)
		var got, ways []string
		in.AddModule("f", func(L *lua.LState) int {
			L.Push(adder(L, &ways))
			return 1
		})
		in.AddModule("out", func(L *lua.LState) int {
			L.Push(L.NewFunction(func(L *lua.LState) int {
				for _, v := range vm.Args(L, 1) {
					got = append(got, v.String())
				}
				return 0
			}))
			return 1
		})
		if err := run(t, in, t.Context(), "local f, out = require 'f', require 'out'\n"+c.source); err != nil {
			got = append(got, "error: "+err.Error())
		}
		if s := strings.Join(got, " "); s != c.want {
			t.Errorf("%s: got %s, want %s", c.source, s, c.want)
		}
		if s := strings.Join(ways, " "); s != c.ways {
			t.Errorf("%s: it went %s, want %s", c.source, s, c.ways)
		}
	}
}

// adder makes a function that adds numbers, and notes the way it goes. true
// counts as 1, a table or a string as nothing and "x" is wrong: these three need
// the function.
func adder(L *lua.LState, ways *[]string) *lua.LFunction {
	f := L.NewFunction(func(L *lua.LState) int {
		*ways = append(*ways, "function")
		sum := lua.LNumber(0)
		for _, v := range vm.Args(L, 1) {
			switch v := v.(type) {
			case lua.LNumber:
				sum += v
			case lua.LBool:
				sum++
			case lua.LString:
				if v == "x" {
					L.RaiseError("number expected, got %s", v)
				}
			}
		}
		L.Push(sum)
		return 1
	})
	vm.SetShortcut(f, func(args []lua.LValue, taken int) (lua.LValue, bool) {
		sum := lua.LNumber(0)
		for _, v := range args {
			switch v := v.(type) {
			case lua.LNumber:
				sum += v
			case lua.LBool:
				sum++
			default:
				return nil, false
			}
		}
		*ways = append(*ways, "shortcut")
		if taken == 0 {
			return nil, true
		}
		return sum, true
	})
	return f
}

// TestShortcutDepth: shortcuts do not hide how deep others are nested.
func TestShortcutDepth(t *testing.T) {
	in, _ := newTest(t)
	in.AddModule("f", func(L *lua.LState) int {
		L.Push(adder(L, new([]string)))
		return 1
	})
	err := run(t, in, t.Context(), "local f = require 'f'\nlocal function g() f() return 1 + g() end g()")
	if err == nil || !strings.Contains(err.Error(), "job.lua:2: stack overflow") {
		t.Fatalf("got %v, want a stack overflow", err)
	}
}

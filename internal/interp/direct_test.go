package interp

import (
	"strings"
	"testing"

	lua "github.com/yuin/gopher-lua"
)

// TestDirect: a function with a short way gives the same to Lua, whichever way
// it goes, and goes the short way wherever it can.
func TestDirect(t *testing.T) {
	for _, c := range []struct{ source, want, ways string }{
		{"f(1, 2)", "", "short"},
		{"local a = f(1, 2) out(a)", "3", "short"},
		{"local a = 5 a = f(a, (f(1, 2))) out(a)", "8", "short short"},
		{"local a = 5 a = f(a, f(1, 2)) out(a)", "8", "long short"},
		{"out(1 + f(2, 3) * 2, 7)", "11 7", "short"},
		{"local t = {f(1, 2), 9} out(t[1], t[2])", "3 9", "short"},
		{"local t = {x = f} local a = t.x(1, 2) out(a)", "3", "short"},
		{"local a, b, c = 1, f(1, 1), 3 out(a, b, c)", "1 2 3", "short"},
		{"local a, b = f(1, 2) out(a, b)", "3 nil", "long"},
		{"out(f(1, 2))", "3", "long"},
		{"local t = {f(1, 2)} out(#t)", "1", "long"},
		{"local function g() return f(1, 2) end out(g())", "3", "long"},
		{"local function g(...) local a = f(...) return a end out(g(), g(1), g(1, 2), g(1, 2, 3))", "0 1 3 6", "short short short short"},
		{"local a = f(unpack{1, 2, 3, 4, 5, 6}) out(a)", "21", "short"},
		{"local a = f(1, pcall(f, 2, 3)) out(a)", "7", "long short"},
		{"out(pcall(f, 2, 3))", "true 5", "long"},
		{"local a = f('x') out(a)", "error: job.lua:2: number expected, got x", "long"},
		{"out(1)\nlocal a = f(1,\n  'x') out(a)", "1 error: job.lua:3: number expected, got x", "long"},
		{"coroutine.wrap(function(...) local a = f(...) out(a, coroutine.yield()) end)(2, 3)", "", "short"},
		{"local g = coroutine.wrap(function(...) local a = f(...) out(a, (coroutine.yield())) end) g(2, 3) g(4)", "5 4", "short"},
		{"local s = 0 for i = 1, 1000 do s = s + f(i, -1) end out(s)", "499500", strings.TrimSpace(strings.Repeat("short ", 1000))},
		{"local t = setmetatable({}, {__index = f, __call = f}) out(t.x) local a = t(1) out(a)", "1 1", "long long"},
		{"local function g(n) if n == 0 then local a = f(1, 2) return a end return 1 + g(n - 1) end out(g(5000))", "5003", "short"},
	} {
		in, _ := newTest(t)
		var got, ways []string
		in.AddModule("f", func(L *lua.LState) int {
			L.Push(adder(L, &ways))
			return 1
		})
		in.AddModule("out", func(L *lua.LState) int {
			L.Push(L.NewFunction(func(L *lua.LState) int {
				for _, v := range Args(L, 1) {
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

// adder makes a function that adds numbers; a table counts as nothing, true
// and "x" as 1. It notes the way it goes: a table or an error needs the long.
func adder(L *lua.LState, ways *[]string) *lua.LFunction {
	f := L.NewFunction(func(L *lua.LState) int {
		*ways = append(*ways, "long")
		sum := lua.LNumber(0)
		for _, v := range Args(L, 1) {
			switch v := v.(type) {
			case lua.LNumber:
				sum += v
			case lua.LBool:
				sum++
			case lua.LString:
				if v == "x" && len(*ways) == 1 && L.GetTop() < 3 && !hasTable(Args(L, 1)) {
					L.RaiseError("number expected, got %s", v)
				}
				sum++
			}
		}
		L.Push(sum)
		return 1
	})
	SetDirect(f, func(_ *lua.LState, args []lua.LValue, taken int) (lua.LValue, bool) {
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
		*ways = append(*ways, "short")
		if taken == 0 {
			return nil, true
		}
		return sum, true
	})
	return f
}

func hasTable(args []lua.LValue) bool {
	for _, v := range args {
		if _, ok := v.(*lua.LTable); ok {
			return true
		}
	}
	return false
}

// TestDirectDepth: short calls do not hide how deep others are nested.
func TestDirectDepth(t *testing.T) {
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

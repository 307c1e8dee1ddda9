package interp

import (
	"fmt"
	"testing"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/lua51/vm"
)

// TestTakes: a Go function knows how many of its results its caller looks at.
func TestTakes(t *testing.T) {
	for _, c := range []struct {
		source string
		want   string // for results 1, 2 and 3
	}{
		{"f()", "false false false"},
		{"local a = f()", "true false false"},
		{"local a, b = f()", "true true false"},
		{"local a, b, c, d = f()", "true true true"},
		{"local a, b = 1, f()", "true false false"},
		{"local a = (f())", "true false false"},
		{"local a = f() + 1", "true false false"},
		{"if f() then end", "true false false"},
		{"local t = {f()}", "true true true"},
		{"tostring(f())", "true true true"},
		{"return f()", "true true true"},
		{"pcall(f)", "true true true"},
		{"local function g() return f() end local a, b = g()", "true true false"},
		{"local function g() return f() end g()", "false false false"},
		{"coroutine.wrap(function() f() coroutine.yield() end)()", "false false false"},
	} {
		in, _ := newTest(t)
		got := ""
		in.AddModule("f", func(L *lua.LState) int {
			L.Push(L.NewFunction(func(L *lua.LState) int {
				got = fmt.Sprint(vm.Takes(L, 1), vm.Takes(L, 2), vm.Takes(L, 3))
				L.Push(lua.LNumber(1))
				L.Push(lua.LNumber(2))
				L.Push(lua.LNumber(3))
				return 3
			}))
			return 1
		})
		if err := run(t, in, t.Context(), "local f = require 'f'\n"+c.source); err != nil {
			t.Errorf("%s: %v", c.source, err)
		}
		if got != c.want {
			t.Errorf("%s: results 1, 2, 3 are taken: %s, want %s", c.source, got, c.want)
		}
	}
}

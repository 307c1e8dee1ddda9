package stdlib

import (
	"fmt"
	"strings"
	"testing"

	lua "github.com/yuin/gopher-lua"
)

// benchmarks are loops over one library function each; n is how often.
var benchmarks = []struct{ name, code string }{
	{"byte", `local s = "hello world" for i = 1, n do local a = s:byte(i % 11 + 1) end`},
	{"bytes", `local s = "hello world" for i = 1, n do local a, b, c = s:byte(1, 8) end`},
	{"char", `local char = string.char for i = 1, n do local a = char(104, 101, i % 100, 108) end`},
	{"char1", `local char = string.char for i = 1, n do local a = char(i % 250) end`},
	{"sub", `local s = "hello world, here I am" for i = 1, n do local a = s:sub(3, i % 20) end`},
	{"sub1", `local s = "hello world, here I am" for i = 1, n do local a = s:sub(i % 20, i % 20) end`},
	{"len", `local s = "hello world" for i = 1, n do local a = s:len() end`},
	{"upper", `local s = "hello world" for i = 1, n do local a = s:upper() end`},
	{"lower", `local s = "hello world" for i = 1, n do local a = s:lower() end`},
	{"reverse", `local s = "hello world" for i = 1, n do local a = s:reverse() end`},
	{"rep", `for i = 1, n do local a = ("ab"):rep(20) end`},
	{"findPlain", `local s = ("x"):rep(50) .. "needle" for i = 1, n do local a = s:find("needle", 1, true) end`},
	{"findWord", `local s = ("x"):rep(50) .. " needle" for i = 1, n do local a = s:find("needle") end`},
	{"findPattern", `local s = "key = value # comment" for i = 1, n do local a = s:find("^(%w+)%s*=%s*(%w+)") end`},
	{"match", `local s = "2024-11-29 12:34:56" for i = 1, n do local a, b, c = s:match("(%d+)-(%d+)-(%d+)") end`},
	{"matchTrim", `local s = "    some text here    " for i = 1, n do local a = s:match("^%s*(.-)%s*$") end`},
	{"matchFail", `local s = ("ab"):rep(40) for i = 1, n do local a = s:match("%d+") end`},
	{"gmatch", `local s = "the quick brown fox jumps over the lazy dog" for i = 1, n do for w in s:gmatch("%a+") do end end`},
	{"gmatchPairs", `local s = "a=1, b=2, c=3, d=4" for i = 1, n do for k, v in s:gmatch("(%w+)=(%w+)") do end end`},
	{"gsubText", `local s = "the quick brown fox jumps" for i = 1, n do local a = s:gsub("o", "0") end`},
	{"gsubCapture", `local s = "the quick brown fox jumps" for i = 1, n do local a = s:gsub("(%w+) (%w+)", "%2 %1") end`},
	{"gsubFunction", `local s = "the quick brown fox" local f = function(w) return w end for i = 1, n do local a = s:gsub("%w+", f) end`},
	{"gsubTable", `local s = "the $a quick $b" local t = { a = "x", b = "y" } for i = 1, n do local a = s:gsub("%$(%w+)", t) end`},
	{"gsubNone", `local s = "the quick brown fox" for i = 1, n do local a = s:gsub("%d", "") end`},
	{"formatD", `local format = string.format for i = 1, n do local a = format("%d", i) end`},
	{"formatS", `local format = string.format for i = 1, n do local a = format("%s: %s", "key", "value") end`},
	{"formatG", `local format = string.format for i = 1, n do local a = format("%g", i / 3) end`},
	{"format14g", `local format = string.format for i = 1, n do local a = format("%.14g", i / 3) end`},
	{"formatF", `local format = string.format for i = 1, n do local a = format("%8.3f", i / 3) end`},
	{"formatX", `local format = string.format for i = 1, n do local a = format("%02x%02x", 17, 200) end`},
	{"formatQ", `local format = string.format for i = 1, n do local a = format("%q", "hello\nworld") end`},
	{"formatMixed", `local format = string.format for i = 1, n do local a = format("%5d %-10s|%6.2f", i, "name", i / 7) end`},
	{"tostring", `for i = 1, n do local a = tostring(i) end`},
	{"tostringFraction", `for i = 1, n do local a = tostring(i / 7) end`},
	{"tonumber", `for i = 1, n do local a = tonumber("123") end`},
	{"tonumberFraction", `for i = 1, n do local a = tonumber("123.456") end`},
	{"floor", `local floor = math.floor for i = 1, n do local a = floor(i / 3) end`},
	{"sin", `local sin = math.sin for i = 1, n do local a = sin(i) end`},
	{"max", `local max = math.max for i = 1, n do local a = max(i, 10, 20) end`},
	{"random", `local random = math.random for i = 1, n do local a = random(100) end`},
	{"random0", `local random = math.random for i = 1, n do local a = random() end`},
}

// BenchmarkLibrary compares the library with gopher-lua's own.
func BenchmarkLibrary(b *testing.B) {
	for _, bench := range benchmarks {
		for _, library := range []string{"stock", "ours"} {
			b.Run(fmt.Sprintf("%s/%s", bench.name, library), func(b *testing.B) {
				L := lua.NewState()
				defer L.Close()
				if library == "ours" {
					open(L)
				}
				L.SetGlobal("n", lua.LNumber(b.N))
				fn, err := L.LoadString("local n = n " + bench.code)
				if err != nil {
					b.Fatal(err)
				}
				L.Push(fn)
				b.ReportAllocs()
				b.ResetTimer()
				L.Call(0, 0)
			})
		}
	}
}

// open opens what this package has of string, math and numbers.
func open(L *lua.LState) {
	env := &Env{}
	OpenString(L, env)
	OpenMath(L, env)
	OpenNumber(L, env)
}

// BenchmarkLong is work on long strings, in which nothing may be quadratic.
func BenchmarkLong(b *testing.B) {
	for name, code := range map[string]string{
		"gsub":   `s:gsub("%a", "x")`,
		"gmatch": `for w in s:gmatch("%a+") do end`,
		"find":   `local at = 1 while at do at = s:find(",", at, true) at = at and at + 1 end`,
	} {
		for _, size := range []int{10_000, 100_000} {
			b.Run(fmt.Sprintf("%s/%d", name, size), func(b *testing.B) {
				L := lua.NewState()
				defer L.Close()
				open(L)
				L.SetGlobal("s", lua.LString(strings.Repeat("ab,", size/3)))
				fn, err := L.LoadString(code)
				if err != nil {
					b.Fatal(err)
				}
				b.SetBytes(int64(size))
				for b.Loop() {
					L.Push(fn)
					L.Call(0, 0)
				}
			})
		}
	}
}

package native_test

import (
	"context"
	"errors"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/mpiclus/mpiclus-lua/internal/interp"
	"github.com/mpiclus/mpiclus-lua/internal/native"
)

// traps are loops whose meaning native code could miss, by what that is.
var traps = map[string]string{
	"error":           `local s = 0 out(pcall(function() for i = 1, 9 do s = s + i if i == 5 then s = s + nosuch end end end)) out(s)`,
	"error name":      `local t = {} out(pcall(function() local s = 0 for i = 1, 9 do s = s + i if i > 6 then s = t.x.y end end end))`,
	"error in call":   `local function f(x) if x > 5 then return x + nil end return x end out(pcall(function() local s = 0 for i = 1, 9 do s = s + f(i) end end))`,
	"traceback":       `local function f(x) if x > 5 then return x.y.z end return x end out(xpcall(function() local s = 0 for i = 1, 9 do s = s + f(i) end end, debug.traceback))`,
	"nested calls":    `local function g(x) if x == 7 then error("seven") end return x * 2 end local function f(x) local y = g(x) return y + 1 end out(pcall(function() local s = 0 for i = 1, 9 do s = s + f(i) end end))`,
	"loop in call":    `local function f(n) local s = 0 for i = 1, n do s = s + i if s == 10 then out(s) end end return s end local s = 0 for i = 1, 9 do s = s + f(i) end out(s)`,
	"store in call":   `local a = array.zeros(5) local function put(i, v) a[i] = v return v end for i = 1, 7 do local ok = i < 6 and put(i, i * i) or out(a) end`,
	"missing args":    `local function f(x, y) if y then return x end return -x end local s = 0 for i = 1, 9 do s = s + f(i) end out(s)`,
	"extra results":   `local function f(x) return x, x * 2 end local s = 0 for i = 1, 9 do local a, b, c = f(i) s = s + a * b if c then s = 0 end end out(s)`,
	"no results":      `local u = 0 local function f(x) u = u + x end local r for i = 1, 9 do r = f(i) end out(u, r)`,
	"one result":      `local function f(x) return x, 2 end local function g() for i = 1, 20 do if i == 15 then return (f(i)) end end end out(g())`,
	"one of math":     `local function g() for i = 1, 20 do if i == 15 then return (math.floor(i / 2)) end end end out(g())`,
	"string number":   `local x = "10" local s = 0 for i = 1, 9 do s = s + x end out(s)`,
	"becomes string":  `local x = 1 for i = 1, 20 do if i == 9 then x = "3" end x = x + 1 end out(x)`,
	"becomes nil":     `local x, n = 1, 0 for i = 1, 20 do if x then n = n + 1 end if i == 9 then x = nil end end out(x, n)`,
	"best":            `local best for i = 1, 30 do local v = (i * 7) % 11 if not best or v > best then best = v end end out(best)`,
	"minus zero":      `local z = 0 for i = 1, 9 do z = -z end out(z) local a = array.zeros(9) for i = 1, 9 do a[i] = -0 * i end out(a[3], 1 / a[3]) for i = -2, 0 do out(i * 0, -i) end`,
	"for rounding":    `local n, s = 0, 0 for x = 0, 1, 0.1 do n = n + 1 s = x end out(n, s) for x = 1, 0, -0.1 do n = n + 1 s = x end out(n, s)`,
	"for limits":      `local n = 0 for i = 1, 0/0 do n = n + 1 end for i = 1, -1/0 do n = n + 1 end for i = 3, 1 do n = n + 1 end out(n) for i = 1, 1/0 do n = n + 1 if n > 99 then break end end out(n)`,
	"step zero":       `local n = 0 for i = 5, 1, 0 do n = n + 1 if n > 30 then break end end out(n)`,
	"step variable":   `for _, st in ipairs{1, -1, 2.5, -0.5} do local n = 0 for i = 3, -3, st do n = n + i end out(n) n = 0 for i = -3, 3, st do n = n + i end out(n) end`,
	"loop variable":   `local s = 0 for i = 1, 9 do s = s + i i = i * 10 s = s + i end out(s)`,
	"index":           `local a = array.range(1, 9) for _, k in ipairs{1.5, 0/0, 2^60, 0, 10, -1, -2^60, 1/0, -1/0, 2^52, 2^51 + 1, 2^53 + 2} do out(pcall(function() local s = 0 for i = 1, 20 do s = s + a[i < 15 and 3 or k] end end)) end`,
	"index minus 0":   `local a = array.range(1, 9) out(pcall(function() for i = -3, 3 do local x = a[i * 0] end end))`,
	"modulo":          `for _, x in ipairs{5, -5, 5.5, -5.5, 0, 1e300, 1/0, -1/0, 0/0, 2^53, -2^53} do for _, y in ipairs{3, -3, 0.5, 1/0, -1/0, 0, 1e-300, 0/0} do local r for i = 1, 5 do r = x % y end out(x, y, r) end end`,
	"power":           `for _, x in ipairs{5, -5, 0.5, 0, 1e300, 1/0, -1/0, 0/0, 5e-324, -1e-200} do for _, y in ipairs{2, 0.5, -1, 3, 0, 1/0, 0/0, -0.5} do local r, q, w for i = 1, 5 do r = x ^ y q = x ^ 2 w = x ^ 0.5 end out(x, y, r, q, w) end end`,
	"max and min":     `for _, x in ipairs{1, -1, 0/0, -0} do for _, y in ipairs{2, 0, 0/0, -2} do local r, s for i = 1, 5 do r = math.max(x, y) s = math.min(x, y, 0) end out(r, s) end end`,
	"math":            `for _, x in ipairs{0, -0.0, 0.5, -0.5, 2, -2, 1e300, -1e300, 1/0, -1/0, 0/0, -(0/0), 5e-324, 710} do local r = {} for _, n in ipairs{"sin", "cos", "tan", "exp", "log", "log10", "sqrt", "floor", "ceil", "abs", "asin", "acos", "atan", "sinh", "cosh", "tanh", "deg", "rad"} do local f, v = math[n] for i = 1, 5 do v = f(x) end r[#r + 1] = v end out(unpack(r)) end`,
	"replaced sin":    `local s = 0 for i = 1, 9 do s = s + math.sin(i) end local sin = math.sin math.sin = function(x) return x end for i = 1, 9 do s = s + math.sin(i) end math.sin = sin out(s)`,
	"replaced inside": `local s, sin = 0, math.sin for i = 1, 20 do s = s + math.sin(i) if i == 11 then math.sin = function(x) out("mine", x) return 1 end end end math.sin = sin out(s)`,
	"wrong argument":  `out(pcall(function() for i = 1, 20 do local x = math.sin(i < 15 and i or {}) end end)) out(pcall(function() for i = 1, 20 do local x = math.sin(i < 15 and i or "0") end end))`,
	"random":          `math.randomseed(3) local s = 0 for i = 1, 50 do s = s + math.random() + math.random(6) end out(s, math.random()) out(pcall(function() for i = 9, -9, -1 do math.random(i) end end)) out(math.random(1e6))`,
	"globals":         `x = 0 y = nil for i = 1, 9 do x = x + i if i == 7 then y = x end end out(x, y) x, y = nil`,
	"new global":      `for i = 1, 9 do z1 = i z2 = i end local n = {} for k in pairs(_G) do n[#n + 1] = k end out(n[#n - 1], n[#n]) z1, z2 = nil`,
	"global of _G":    `x = 0 local s = 0 for i = 1, 9 do x = x + 1 s = s + _G.x end out(s) x = nil`,
	"strict _G":       `setmetatable(_G, {__index = function(_, k) return k == "q" and 5 or nil end, __newindex = function(t, k, v) rawset(t, k, v * 2) end}) local s = 0 for i = 1, 20 do s = s + q end w = 1 for i = 1, 9 do w = w + 1 end out(s, w) setmetatable(_G, nil)`,
	"setfenv":         `local function f(n) local s = 0 for i = 1, n do s = s + k end return s end k = 1 out(f(20)) setfenv(f, {k = 5}) out(f(20)) setfenv(f, setmetatable({}, {__index = function() return 7 end})) out(f(20)) k = nil`,
	"setfenv inside":  `k = 2 local f f = function(n) local s = 0 for i = 1, n do s = s + k if i == 10 then setfenv(1, {k = 100, setfenv = setfenv}) end end return s end out(f(20)) k = nil`,
	"field":           `local p = {x = 1, y = 2} local s = 0 for i = 1, 20 do s = s + p.x * p.y if i == 8 then p.x = 10 end if i == 12 then p.y = nil p.y = 3 end end out(s)`,
	"field missing":   `local p = setmetatable({}, {__index = function() return 4 end}) local s = 0 for i = 1, 20 do s = s + p.x end out(s) local q = {} out(pcall(function() for i = 1, 20 do s = s + q.x end end))`,
	"upvalues":        `local c = 0 local function inc() c = c + 1 return c end local s = 0 for i = 1, 20 do s = s + inc() c = c + 1 end out(c, s)`,
	"upvalue shared":  `local c = 0 local function a() c = c + 1 return c end local function b() c = c * 2 return c end local function run() local s = 0 for i = 1, 20 do s = s + a() - b() end return s end out(run(), c)`,
	"upvalue closed":  `local function new() local n = 0 return function(x) n = n + x return n end end local f, g = new(), new() local s = 0 for k = 1, 3 do for i = 1, 9 do s = s + f(i) * g(1) end f, g = g, f end out(s, f(0), g(0))`,
	"upvalue same":    `local function new() local n = 0 return function(x) n = n + x return n end end local function run(f, g) local s = 0 for i = 1, 30 do s = s + f(i) * g(1) end return s end local f, g = new(), new() out(run(f, g), run(f, f), run(g, f))`,
	"closure":         `local fs = {} for i = 1, 9 do local k = i * 2 fs[i] = function() k = k + 1 return k end end local s = 0 for i = 1, 9 do s = s + fs[i]() + fs[i]() end out(s)`,
	"captured":        `local x = 0 local function get() return x end for i = 1, 30 do x = x + i if i == 20 then out(get()) end end out(get())`,
	"coroutine":       `local co = coroutine.wrap(function() local s = 0 for i = 1, 40 do s = s + i if i % 10 == 0 then coroutine.yield(s) end end return -1 end) out(co(), co(), co(), co(), co())`,
	"coroutine vars":  `local co = coroutine.wrap(function(n) local a, b, c = 1, 2, 3 while true do a, b, c = b, c, a + b + c if a > n then n = coroutine.yield(a, b, c) end end end) out(co(5)) out(co(50)) out(co(5000))`,
	"while":           `local n, k = 27, 0 while n ~= 1 do if n % 2 == 0 then n = n / 2 else n = 3 * n + 1 end k = k + 1 end out(k)`,
	"repeat":          `local x = 1 repeat local y = x * 2 x = y + 1 until y > 1000 out(x)`,
	"goto":            `local s = 0 for i = 1, 20 do if i % 3 == 0 then goto continue end s = s + i ::continue:: end out(s)`,
	"goto back":       `local i, s = 0, 0 ::top:: i = i + 1 s = s + i if i < 50 then goto top end out(i, s)`,
	"break":           `local n = 0 for i = 1, 20 do for k = 1, 20 do if k > i then break end n = n + 1 end if n > 100 then break end end out(n)`,
	"and or":          `local s = 0 for i = 1, 20 do local a = i > 5 and i or -i local b = i % 2 == 0 and i > 7 or i == 3 s = s + a + (b and 1 or 0) end out(s)`,
	"not":             `local f, n = false, 0 for i = 1, 20 do f = not f if f then n = n + i end local g = not i == f if g then n = n + 100 end end out(f, n)`,
	"booleans":        `local t = {} for i = 1, 8 do local a, b = i > 4, i % 2 == 0 t[i] = tostring(a == b) .. tostring(a ~= b) .. tostring(a and b) .. tostring(a or b) end out(unpack(t))`,
	"swap":            `local a, b = array.ones(5), array.zeros(5) for k = 1, 6 do for i = 2, 4 do b[i] = a[i - 1] + a[i + 1] end a, b = b, a end out(a, b)`,
	"views":           `local a = array.range(1, 9) local v, w = a:view(0, 5), a:view(3, 5) for i = 1, 5 do v[i] = w[i] * 2 end out(a)`,
	"two names":       `local a = array.zeros(5) local b = a for i = 1, 5 do a[i] = i b[6 - i] = a[i] * 2 + b[i] end out(a, b)`,
	"strided view":    `local m = array.range(1, 12):reshape(3, 4) local c, t = m:col(2), m:t() local s = 0 for i = 1, 3 do s = s + c[i] c[i] = i for j = 1, 4 do t[(j - 1) * 3 + i] = t[(j - 1) * 3 + i] + s end end out(s, m, c, #c) out(pcall(function() for i = 1, 9 do c[i] = 0 end end))`,
	"empty array":     `local a, b = array.zeros(0), array.ones(3) out(pcall(function() local s = 0 for i = 1, 20 do if i > 15 then s = s + a[1] end s = s + b[2] end end))`,
	"matrix":          `local m = array.matrix(4, 5) for i = 1, 4 do for j = 1, 5 do m[(i - 1) * 5 + j] = i * j end end out(m)`,
	"types":           `for _, ty in ipairs{"int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64", "float32", "float64"} do local a = array.zeros(9, ty) for i = 1, 9 do a[i] = i * 11 end local s = 0 for i = 1, 9 do s = s + a[i] end out(ty, s, a) for _, v in ipairs{-1, 300, 70000, 2^31, 2^32, 2^53, 2^53 + 2, 2^63, 2^64, 0.5, 0/0, 1/0, -0, 1e39, -129} do out(v, pcall(function() for i = 1, 9 do a[i] = i < 5 and 1 or v end end)) out(a) end end`,
	"int64 limits":    `for _, ty in ipairs{"int64", "uint64"} do local a = array.zeros(3, ty) a[2] = "9007199254740993" a[3] = "9007199254740992" out(pcall(function() for i = 1, 30 do local x = a[i % 10 == 0 and 3 or 1] end end)) out(pcall(function() for i = 1, 30 do local x = a[i % 10 == 0 and 2 or 1] end end)) end`,
	"bool array":      `local a = array.zeros(9, "bool") for i = 1, 9 do a[i] = i % 3 == 0 end local n = 0 for i = 1, 9 do if a[i] then n = n + 1 end end out(n, a) out(pcall(function() for i = 1, 9 do a[i] = i end end))`,
	"complex":         `local a = array.zeros(4, "complex128") for i = 1, 4 do a[i] = i end local s = 0 for i = 1, 4 do s = s + a[i] end out(a)`,
	"metatable":       `local a = array.range(1, 5) local mt = debug.getmetatable(a) local old = mt.__index local s = 0 for i = 1, 5 do s = s + a[i] end mt.__index = function(_, k) return 100 end for i = 1, 5 do s = s + a[i] end mt.__index = old out(s)`,
	"length":          `local a, s = array.zeros(7), 0 for i = 1, 20 do s = s + #a end out(s) local t = {1, 2} for i = 1, 9 do s = s + #t t[#t + 1] = i end out(s)`,
	"table":           `local t = {} for i = 1, 20 do t[i] = i * i end local s = 0 for i = 1, 20 do s = s + t[i] end out(s)`,
	"varargs":         `local function f(...) local s = 0 for i = 1, 9 do s = s + select("#", ...) + i end return s end out(f(1, 2, 3)) local function g(...) local a, b = ... return a + b end local s = 0 for i = 1, 9 do s = s + g(i, 2) end out(s)`,
	"recursion":       `local function fib(n) if n < 2 then return n end return fib(n - 1) + fib(n - 2) end local s = 0 for i = 1, 12 do s = s + fib(i) end out(s)`,
	"deep":            `local function f(n) local s = 0 for i = 1, 3 do s = s + i end if n > 0 then return s + f(n - 1) end return s end out(f(150))`,
	"overflow":        `local function f(n) for i = 1, 3 do n = n + i end return 1 + f(n) end out(pcall(f, 1))`,
	"strings":         `local s, n = "", 0 for i = 1, 20 do n = n + i if i % 5 == 0 then s = s .. n .. "," end end out(s)`,
	"print":           `local n = 0 for i = 1, 20 do n = n + i if i % 7 == 0 then print(i, n) end end`,
	"compare strings": `local a, b, n = "x", "y", 0 for i = 1, 20 do if a < b then n = n + 1 end if a == b then n = n + 100 end if i == 10 then a, b = b, a end end out(n)`,
	"compare wrong":   `out(pcall(function() local n = 0 for i = 1, 20 do if i > (i == 15 and "x" or 3) then n = n + 1 end end end))`,
	"metamethods":     `local V = {} V.__index = V V.__add = function(a, b) return setmetatable({v = a.v + (type(b) == "number" and b or b.v)}, V) end V.__lt = function(a, b) return a.v < b.v end local x = setmetatable({v = 1}, V) for i = 1, 20 do x = x + i end out(x.v)`,
	"method":          `local o = {n = 0} function o:add(x) self.n = self.n + x end for i = 1, 20 do o:add(i) end out(o.n)`,
	"getlocal":        `local function f() local s, k = 0, 0 for i = 1, 20 do local w = i * 2 s = s + w k = i if i == 15 then local t = {} for n = 1, 20 do local name, v = debug.getlocal(1, n) if not name then break end if type(v) == "number" then t[#t + 1] = name .. "=" .. v end end out(table.concat(t, " ")) end end end f()`,
	"nan signs":       `local a, b = 0/0, -(0/0) local r for i = 1, 5 do r = a + 1 end out(r) for i = 1, 5 do r = b + 1 end out(r) for i = 1, 5 do r = a * b end out(r) for i = 1, 5 do r = b - a end out(r) for i = 1, 5 do r = 1/0 - 1/0 end out(r) for i = 1, 5 do r = -r end out(r)`,
	"many variables":  `local a1,a2,a3,a4,a5,a6,a7,a8,a9,b1,b2,b3,b4,b5,b6,b7,b8,b9 = 1,2,3,4,5,6,7,8,9,1,2,3,4,5,6,7,8,9 for i = 1, 50 do a1,a2,a3,a4,a5,a6,a7,a8,a9 = a2,a3,a4,a5,a6,a7,a8,a9,a1 b1 = b2 + a1 b2 = b3 - a2 b3 = b4 * 0.5 b4 = b5 + b1 b5 = b6 b6 = b7 b7 = b8 b8 = b9 + 1 b9 = b1 / 2 end out(a1,a2,a3,a4,a5,a6,a7,a8,a9,b1,b2,b3,b4,b5,b6,b7,b8,b9)`,
}

// TestTraps runs each trap with native code in all ways of it, and without.
func TestTraps(t *testing.T) {
	for name, source := range traps {
		t.Run(name, func(t *testing.T) {
			script := randomPrelude + source
			for _, fuel := range []int{60, 1 << 20} {
				for _, copies := range []bool{false, true} {
					undo := native.Eager(fuel, copies)
					same(t, script)
					undo()
				}
			}
			if native.Broken() {
				t.Fatal("native code was turned off")
			}
		})
	}
}

// TestCompiled runs loops that must become native code.
func TestCompiled(t *testing.T) {
	for _, source := range []string{
		`local function f(n) local s = 0 for i = 1, n do s = s + 1 / i end return s end f(1e5) return f`,
		`local function f(n) local k = 0 while n ~= 1 do if n % 2 == 0 then n = n / 2 else n = 3 * n + 1 end k = k + 1 end return k end for i = 1, 2000 do f(27) end return f`,
		`local a = array.ones(1000) local function f() local s = 0 for k = 1, 50 do for i = 1, #a do s = s + a[i] * a[i] end end return s end f() return f`,
		`local function g(x) return math.sin(x) + math.floor(x) end local function f(n) local s = 0 for i = 1, n do s = s + g(i) end return s end f(1e5) return f`,
		`count = 0 local function f(n) for i = 1, n do count = count + math.random(6) end end f(1e5) return f`,
	} {
		got := run(t, true, `local array, native = require "array", require "native"
local f = (function() `+source+` end)()
local s = native.status(f)
print(s.compiled, s.reason, native.require(f) == f)`)
		if got != "true\tnil\ttrue\n" {
			t.Errorf("%s: %s", source, got)
		}
	}
}

// TestReasons runs loops that must not become native code, and looks at why.
func TestReasons(t *testing.T) {
	for source, want := range map[string]string{
		`local function f(n) for i = 1, n do local s = string.rep("x", 2) end end f(1e5) return f`: "calls 'rep'",
		`local function f(n) local t = {} for i = 1, n do t.x = i end end f(1e5) return f`:         "writes a field of a table",
		`local function f(n) local s = "" for i = 1, n do s = i .. "" end end f(1e5) return f`:     "joins strings",
		`local function f(n) for i = 1, n do local t = {} end end f(1e5) return f`:                 "makes a table",
		`local function f(n) for i = 1, n do end end f(3) return f`:                                "not run often enough",
		`local function f(n) end f(3) return f`:                                                    "no loop of the function has run",
	} {
		got := run(t, true, `local native = require "native"
local f = (function() `+source+` end)()
print(native.status(f).compiled, native.status(f).reason, pcall(native.require, f))`)
		if !strings.HasPrefix(got, "false\tjob.lua:2: ") || strings.Count(got, want) != 2 {
			t.Errorf("%s: %s", source, got)
		}
	}
}

// TestInterrupt cancels a loop that never ends.
func TestInterrupt(t *testing.T) {
	native.Enable(true)
	defer native.Enable(false)
	for _, source := range []string{"while true do end", "local x = 0 while true do x = x + 1 end", "local s = 0 for i = 1, math.huge do s = s + math.sin(i) end"} {
		in := interp.New(interp.Config{})
		var err error
		var cancelled time.Time
		ctx, cancel := context.WithCancel(context.Background())
		time.AfterFunc(200*time.Millisecond, func() { cancelled = time.Now(); cancel() })
		in.Run(ctx, "main", func(task *interp.Task) {
			fn, e := in.Codec().Chunks.Load(task.L(), "job.lua", source)
			if e != nil {
				t.Error(e)
				return
			}
			_, err = task.Call(fn)
		})
		if took := time.Since(cancelled); took > time.Second {
			t.Errorf("%s: it took %v", source, took)
		}
		if err == nil || !strings.Contains(err.Error(), "job.lua:1: interrupted") {
			t.Errorf("%s: %v", source, err)
		}
		in.Close()
	}
}

// TestCollector has loops work on arrays while Go collects without pause.
func TestCollector(t *testing.T) {
	stop, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		var keep [64][]byte
		for n := 0; ; n++ {
			select {
			case <-stop:
				return
			default:
				keep[n%64] = make([]byte, 1+n%100000)
				if n%100 == 0 {
					runtime.GC()
				}
			}
		}
	}()
	undo := native.Eager(3000, false)
	same(t, randomPrelude+`
local s = 0
for k = 1, 300 do
  local a, b = array.zeros(100 + k), array.zeros(1000, "float32")
  for i = 1, #a do a[i] = i b[i] = i / 2 end
  for i = 1, #a do s = s + a[i] * b[i] end
end
out(s)`)
	undo()
	close(stop)
	<-stopped
}

// TestNoMachine has the compiler refuse: all is interpreted then.
func TestNoMachine(t *testing.T) {
	undo := native.Fail(errors.New("no memory can be executed here"))
	defer undo()
	script := `local native, s = require "native", 0 for i = 1, 1e5 do s = s + i end print(s, native.enabled(), native.status(function() end).reason)`
	got := run(t, true, script)
	if want := "5000050000\tfalse\tthere is no native code on this machine\n"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

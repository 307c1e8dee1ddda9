package interp

import (
	"testing"

	lua "github.com/yuin/gopher-lua"
)

// TestNamed has each use of a value that cannot be used so: the message is
// the same when the error ends the script and when pcall catches it.
func TestNamed(t *testing.T) {
	for _, c := range []struct{ source, want string }{
		// Globals.
		{"return nosuch + 1", "global 'nosuch' is not defined"},
		{"return 1 - nosuch", "global 'nosuch' is not defined"},
		{"return 'a' .. nosuch .. 'b'", "global 'nosuch' is not defined"},
		{"return nosuch .. 'a' .. 'b'", "global 'nosuch' is not defined"},
		{"return nosuch < 1", "global 'nosuch' is not defined"},
		{"if 1 >= nosuch then end", "global 'nosuch' is not defined"},
		{"while nosuch > 1 do end", "global 'nosuch' is not defined"},
		{"return -nosuch", "global 'nosuch' is not defined"},
		{"return #nosuch", "global 'nosuch' is not defined"},
		{"return nosuch.x", "global 'nosuch' is not defined"},
		{"return nosuch[1]", "global 'nosuch' is not defined"},
		{"nosuch.x = 1", "global 'nosuch' is not defined"},
		{"nosuch[1] = 1", "global 'nosuch' is not defined"},
		{"nosuch:x()", "global 'nosuch' is not defined"},
		{"for i = 1, nosuch do end", "global 'nosuch' is not defined"},
		{"for i = nosuch, 1 do end", "global 'nosuch' is not defined"},
		{"for i = 1, 2, nosuch do end", "global 'nosuch' is not defined"},
		{"for i in nosuch do end", "global 'nosuch' is not defined"},
		{"for i = 1, 2 do local a = i; if a > 1 then a = nosuch * a end end", "global 'nosuch' is not defined"},
		{"g = {} return g * 2", "attempt to perform arithmetic on a table value: 'g' is a table"},
		{"g = 1 g()", "attempt to call 'g' (a number value)"},

		// What was meant.
		{"pirnt(1)", "global 'pirnt' is not defined: did you mean print?"},
		{"local counter = 1 return conuter + 1", "global 'conuter' is not defined: did you mean counter?"},
		{"local counter = 1 return (function() return counter, conuter + 1 end)()", "global 'conuter' is not defined: did you mean counter?"},
		{"things.send()", "global 'things' is not defined: say local things = require \"things\""},

		// Locals, captured locals, fields.
		{"local x return x + 1", "attempt to perform arithmetic on a nil value: 'x' is nil"},
		{"local x local f = function() return 2 ^ x end f()", "attempt to perform arithmetic on a nil value: 'x' is nil"},
		{"local function f(a, b) return a .. b end f('a')", "attempt to concatenate a nil value: 'b' is nil"},
		{"local x = 'a' return x < 1", "attempt to compare string with number: 'x' is a string"},
		{"local t = {} return t.x % 2", "attempt to perform arithmetic on a nil value: 't.x' is nil"},
		{"local t = {} return 1 < t.x.y.z", "attempt to index a nil value with key 'y': 't.x' is nil"},
		{"local t = {a = {}} t.a.b.c = 1", "attempt to index a nil value with key 'c': 't.a.b' is nil"},
		{"local t = {} return t[1] + 1", "attempt to perform arithmetic on a nil value: 't[1]' is nil"},
		{"local t, i = {}, 3 return t[i] + 1", "attempt to perform arithmetic on a nil value: 't[i]' is nil"},
		{"local t = {} return t['a b'] + 1", "attempt to perform arithmetic on a nil value: 't[\"a b\"]' is nil"},
		{"local t = {count = 1} return t.conut + 1", "attempt to perform arithmetic on a nil value: 't.conut' is nil: did you mean t.count?"},
		{"local x = 1 return x.y.z", "attempt to index a number value with key 'y': 'x' is a number"},
		{"local x return -x", "attempt to perform arithmetic on a nil value: 'x' is nil"},
		{"local t = {} return #t.x", "attempt to get length of a nil value: 't.x' is nil"},
		{"local t = {} for i = 1, t.n do end", "'for' limit must be a number: 't.n' is nil"},
		{"local t = {} for k, v in t do end", "for … in needs a function, and 't' is a table: did you mean pairs(t)?"},
		{"local a, b, c = 1, 2 local x, y, z = a, b, c return x + y + z", "attempt to perform arithmetic on a nil value: 'z' is nil"},

		{"local p, name = {names = 1}, 'mane' return p[name] + 1", "attempt to perform arithmetic on a nil value: 'p[name]' is nil"},
		{"local p, name = {name = 1}, 'mane' p[name]()", "attempt to call 'p[name]' (a nil value)"},
		{"local p, name = {name = print}, 'mane' p[name]()", "attempt to call 'p[name]' (a nil value)"},
		{"local p = {name = 1} return p['name '] + 1", "attempt to perform arithmetic on a nil value: 'p[\"name \"]' is nil"},
		{"local t = {count = 1} for i = 1, 2000 do t['x' .. i] = i end return t.conut + 1", "attempt to perform arithmetic on a nil value: 't.conut' is nil"},

		// Strings that read as numbers.
		{"local s, t = '10', {} return s + t", "attempt to perform arithmetic on a table value: 't' is a table"},
		{"local s, t = ' 0x10 ', true return s * t", "attempt to perform arithmetic on a boolean value: 't' is a boolean"},
		{"local s, t = 'ten', {} return s + t", "attempt to perform arithmetic on a string value: 's' is a string"},
		{"local s, t = 'ten', '10' return t - s", "attempt to perform arithmetic on a string value: 's' is a string"},
		{"local s, n = '10', 1 return n < s", "attempt to compare number with string: 's' is a string"},

		// Calls.
		{"local f f()", "attempt to call 'f' (a nil value)"},
		{"local t = {first = print} t.frist()", "attempt to call 't.frist' (a nil value): did you mean t.first?"},
		{"local t = {first = 1} t.frist()", "attempt to call 't.frist' (a nil value)"},
		{"local C = {go = print, greet = 1} C.__index = C local o = setmetatable({}, C) o:og()", "attempt to call 'o:og' (a nil value)"},
		{"local C = {greet = print} C.__index = C local o = setmetatable({}, C) o:great()", "attempt to call 'o:great' (a nil value): did you mean o:greet?"},
		{"pcall(print) local f local ok, e = pcall(f) error(e, 0)", "attempt to call 'f' (a nil value)"},
		{"local ok, e = pcall(nosuch, 1) error(e, 0)", "global 'nosuch' is not defined"},

		// Functions of modules.
		{"local th = require 'things' th.Sned(1)", "things has no function 'Sned': did you mean things.Send?"},
		{"local th = require 'things' return (function() th.Sned(1) end)()", "things has no function 'Sned': did you mean things.Send?"},
		{"local th = require 'things' th.THINGS_Send(1)", "things has no function 'THINGS_Send': did you mean things.Send?"},
		{"local th = require 'things' th.SUN(1)", "things has no function 'SUN'"},
		{"local th = require 'things' return th.SUN + 1", "things has no field 'SUN': did you mean things.SUM?"},
		{"local th = require 'things' local ok, e = pcall(th.Sned, 1) error(e, 0)", "things has no function 'Sned': did you mean things.Send?"},
		{"local th = require 'things' th.WROLD:rank()", "things has no field 'WROLD': did you mean things.WORLD?"},
		{"require 'things' .WROLD:rank()", "attempt to index a nil value with key 'rank': 'WROLD' is nil"},
		{"table.concatt({})", "table has no function 'concatt': did you mean table.concat?"},
		{"local s = 'a' s:lenn()", "string has no function 'lenn': did you mean string.len?"},
		{"local th = require 'things' th.SUM()", "attempt to call 'th.SUM' (a number value)"},

		// Go functions that were not called by name.
		{"local ok, e = pcall(string.rep) error(e, 0)", "bad argument #1 to '?' (string expected, got no value)"},
		{"local th = require 'things' local ok, e = pcall(th.Send) error(e, 0)", "bad argument #1 to 'things.Send' (string expected, got nil)"},
		{"local ok, e = pcall(tonumber) error(e, 0)", "bad argument #1 to '?' (value expected)"},
		{"local ok, e = coroutine.resume(coroutine.create(function() string.rep() end)) error(e, 0)", "bad argument #1 to 'rep' (string expected, got no value)"},
		{"local ok, e = xpcall(string.rep, debug.traceback) assert(ok, e:match('bad[^\\n]*'))", "bad argument #1 to '?' (string expected, got no value)"},
		{"error('bad argument #1 to (anonymous) (value expected)', 0)", "bad argument #1 to (anonymous) (value expected)"},

		// Registers that more than one local has had.
		{"local function f(x) if x then local t = 1 end local u = nosuch(1) end f(1)", "global 'nosuch' is not defined"},
		{"local function f(x) do local t = 1 end do local t = 1 end return x.y.z end f({})", "attempt to index a nil value with key 'z': 'x.y' is nil"},
		{"local a = {{}} for _, p in ipairs(a) do local x = p end for _, q in ipairs(a) do q.x.y = 1 end", "attempt to index a nil value with key 'y': 'q.x' is nil"},
		{"local a = {{}} for _, p in ipairs(a) do local x = p end for i, q in ipairs(a) do local z = 1 local function g() return i end q[i].y = 1 end", "attempt to index a nil value with key 'y': 'q[i]' is nil"},
		{"for i = 1, 2 do local x = i end for j = 1, 2 do local y = j.x.y end", "attempt to index a number value with key 'x': 'j' is a number"},
		{"do local a = 1 end for i in nosuch do local b = 1 end", "global 'nosuch' is not defined"},
		{"do local a = 1 end for i = 1, nosuch do local b = 1 end", "global 'nosuch' is not defined"},
		{"do local a = 1 end local t = {count = 1} return t.conut + 1", "attempt to perform arithmetic on a nil value: 't.conut' is nil: did you mean t.count?"},
		{"do local a = 1 end local b = 2 do local c = 3 end local d = {} return b + d", "attempt to perform arithmetic on a table value: 'd' is a table"},
		{"do local a = 1 end local t, u = {}, {} return 1 + t.x", "attempt to perform arithmetic on a nil value: 't.x' is nil"},
		{"do local a, b = 1, 2 end local ok, e = pcall(print) return e.x", "attempt to index a nil value with key 'x': 'e' is nil"},
		{"do local a, b = 1, 2 end local b local c = 1 return b + c", "attempt to perform arithmetic on a nil value: 'b' is nil"},
		{"do local a = 1 end local b = nil or false return b + 1", "attempt to perform arithmetic on a boolean value: 'b' is a boolean"},
		{"do local a = 1 end return (function(x) do local y = 1 end local z = 1 return x + z end)()", "attempt to perform arithmetic on a nil value: 'x' is nil"},
		{"do local a = 1 end local b return (function() do local y = 1 end local z = 1 return b + z end)()", "attempt to perform arithmetic on a nil value: 'b' is nil"},
		{"local n = 0 do local a, b = 1, 2 end while true do local c = n + 1 n = nil end", "attempt to perform arithmetic on a nil value: 'n' is nil"},
		{"g = {y = 1} do local a, b = 1, 2 end local x, z x = g while true do z = x.y x = nil end", "attempt to index a nil value with key 'y'"},
		{"do local a, b = 1, 2 end local x, z = 1 x = g g = 1 z = x.y", "attempt to index a nil value with key 'y'"},
		{"do local a, b = 1, 2 end local x = 1 x = nil local function f() end return x.y", "attempt to index a nil value with key 'y'"},
		{"do local a, b = 1, 2 end local x, f = 1, function() return b end local function g() end return f + x", "attempt to perform arithmetic on a function value"},
		{"do local a, b = 1, 2 end local k = 1 local c, x, f = 1, nil, function() return k end return x + 1", "attempt to perform arithmetic on a nil value"},
		{"local a do local b end local c a = a.x", "attempt to index a nil value with key 'x': 'a' is nil"},
		{"local function f(x) do local a, b = 1, 2 end local cuonter, c = x + 1, x cuonter = conuter + c end f(1)", "global 'conuter' is not defined"},
		{"local function f(x) do local counter = 1 end local c = conuter + x end f(1)", "global 'conuter' is not defined"},
		{"local function f(counter) do local a = 1 end local c = conuter + 1 end f(1)", "global 'conuter' is not defined: did you mean counter?"},
		{"local function f(x) if x then local nosuch = 1 end local u = nosuch(1) end f(1)", "global 'nosuch' is not defined"},

		// Nothing to name, or not to be named.
		{"return nil + 1", "attempt to perform arithmetic on a nil value"},
		{"local a, b return (a or b) + 1", "attempt to perform arithmetic on a nil value"},
		{"return (nosuch and 1 or nil) + 1", "attempt to perform arithmetic on a nil value"},
		{"local f = function() end return f() + 1", "attempt to perform arithmetic on a nil value"},
		{"(function() end)()()", "attempt to call a nil value"},
		{"local a local m = setmetatable({}, {__add = function(x, y) return x.z + y end}) return m + 1", "attempt to perform arithmetic on a nil value: 'x.z' is nil"},
		{"local x error('attempt to call a nil value', 0)", "attempt to call a nil value"},
		{"local co = coroutine.wrap(function() local x x() end) co()", "job.lua:1: attempt to call 'x' (a nil value)"},
		{"table.sort({1, 2}, function(a) return a.x end)", "attempt to index a number value with key 'x': 'a' is a number"},
	} {
		for _, source := range []string{c.source, "local ok, e = pcall(function() " + c.source + "\nend) error(e, 0)"} {
			in, _ := newTest(t)
			in.AddModule("things", func(L *lua.LState) int {
				L.Push(L.SetFuncs(L.NewTable(), map[string]lua.LGFunction{"Send": func(L *lua.LState) int { L.CheckString(1); return 0 }, "Recv": func(*lua.LState) int { return 0 }}))
				L.SetField(L.Get(-1), "SUM", lua.LNumber(1))
				L.SetField(L.Get(-1), "WORLD", lua.LNumber(1))
				return 1
			})
			err := run(t, in, t.Context(), source)
			if err == nil {
				t.Errorf("%s: no error", source)
				continue
			}
			got := err.Error()
			if got = got[len(leadingPlace(got)):]; got != c.want {
				t.Errorf("%s:\n got %s\nwant %s", source, got, c.want)
			}
		}
	}
}

// TestReadingIsNoError looks whether a module has something.
func TestReadingIsNoError(t *testing.T) {
	in, out := newTest(t)
	if err := run(t, in, t.Context(), "print(table.nosuch == nil, nosuch == nil, not string.nosuch)"); err != nil || out.String() != "true\ttrue\ttrue\n" {
		t.Errorf("printed %q, %v", out, err)
	}
}

func TestReturnPlace(t *testing.T) {
	for source, want := range map[string]string{
		"return function()\n  return 1\nend":                                  "job.lua:2: ",
		"return function()\n  return (table.concat{})\nend":                   "job.lua:2: ",
		"return function()\n  return table.concat{}\nend":                     "job.lua:2: ",
		"\nreturn function(a)\n  if a then return 1 end\n  return 2\nend":     "job.lua:2: ",
		"return function(a)\n  if a then return end\n  print(a) return a end": "job.lua:3: ",
		"return function() end":                                               "",
		"return print":                                                        "",
		"return 1":                                                            "",
	} {
		in, _ := newTest(t)
		in.Run(t.Context(), "test", func(task *Task) {
			fn, err := in.Codec().Chunks.Load(task.L(), "job.lua", source)
			if err != nil {
				t.Fatal(err)
			}
			vs, err := task.Call(fn)
			if err != nil {
				t.Fatal(err)
			}
			if got := ReturnPlace(vs[0]); got != want {
				t.Errorf("%q: got %q, want %q", source, got, want)
			}
		})
	}
}

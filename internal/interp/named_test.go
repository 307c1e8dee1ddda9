package interp

import (
	"strings"
	"testing"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/lua51/vm"
)

// meaning makes a metatable that says what names were meant to be.
func meaning(L *lua.LState, names map[string]string) *lua.LTable {
	mt, meant := L.NewTable(), L.NewTable()
	for name, is := range names {
		meant.RawSetString(name, lua.LString(is))
	}
	mt.RawSetString("__meant", meant)
	return mt
}

// TestNamed has each use of a value that cannot be used so: the message is
// the same when the error ends the script and when pcall catches it.
func TestNamed(t *testing.T) {
	for _, c := range []struct{ source, want string }{
		// Globals.
		{"return nosuch + 1", "attempt to perform arithmetic on global 'nosuch' (a nil value)"},
		{"return 1 - nosuch", "attempt to perform arithmetic on global 'nosuch' (a nil value)"},
		{"return 'a' .. nosuch .. 'b'", "attempt to concatenate global 'nosuch' (a nil value)"},
		{"return nosuch .. 'a' .. 'b'", "attempt to concatenate global 'nosuch' (a nil value)"},
		{"return nosuch < 1", "attempt to compare nil with number: global 'nosuch' is not defined"},
		{"if 1 >= nosuch then end", "attempt to compare nil with number: global 'nosuch' is not defined"},
		{"while nosuch > 1 do end", "attempt to compare number with nil: global 'nosuch' is not defined"},
		{"return -nosuch", "attempt to perform arithmetic on global 'nosuch' (a nil value)"},
		{"return #nosuch", "attempt to get length of global 'nosuch' (a nil value)"},
		{"return nosuch.x", "attempt to index global 'nosuch' (a nil value): in nosuch.x"},
		{"return nosuch[1]", "attempt to index global 'nosuch' (a nil value): in nosuch[1]"},
		{"nosuch.x = 1", "attempt to index global 'nosuch' (a nil value): in nosuch.x"},
		{"nosuch[1] = 1", "attempt to index global 'nosuch' (a nil value): in nosuch[1]"},
		{"nosuch:x()", "attempt to index global 'nosuch' (a nil value): in nosuch:x()"},
		{"for i = 1, nosuch do end", "'for' limit must be a number: global 'nosuch' is not defined"},
		{"for i = nosuch, 1 do end", "'for' initial value must be a number: global 'nosuch' is not defined"},
		{"for i = 1, 2, nosuch do end", "'for' step must be a number: global 'nosuch' is not defined"},
		{"for i in nosuch do end", "attempt to call a nil value: global 'nosuch' is not defined"},
		{"for i = 1, 2 do local a = i; if a > 1 then a = nosuch * a end end", "attempt to perform arithmetic on global 'nosuch' (a nil value)"},
		{"g = {} return g * 2", "attempt to perform arithmetic on global 'g' (a table value)"},
		{"g = 1 g()", "attempt to call global 'g' (a number value)"},

		// What was meant.
		{"pirnt(1)", "attempt to call global 'pirnt' (a nil value): it is not defined: did you mean print?"},
		{"local counter = 1 return conuter + 1", "attempt to perform arithmetic on global 'conuter' (a nil value): it is not defined: did you mean counter?"},
		{"local counter = 1 return (function() return counter, conuter + 1 end)()", "attempt to perform arithmetic on global 'conuter' (a nil value): it is not defined: did you mean counter?"},
		{"things.send()", "attempt to index global 'things' (a nil value): say local things = require \"things\""},

		// Locals, captured locals, fields.
		{"local x return x + 1", "attempt to perform arithmetic on local 'x' (a nil value)"},
		{"local x local f = function() return 2 ^ x end f()", "attempt to perform arithmetic on upvalue 'x' (a nil value)"},
		{"local function f(a, b) return a .. b end f('a')", "attempt to concatenate local 'b' (a nil value)"},
		{"local x = 'a' return x < 1", "attempt to compare string with number: 'x' is a string"},
		{"local t = {} return t.x % 2", "attempt to perform arithmetic on field 'x' (a nil value): in t.x % 2"},
		{"local t = {} return 1 < t.x.y.z", "attempt to index field 'x' (a nil value): in t.x.y"},
		{"local t = {a = {}} t.a.b.c = 1", "attempt to index field 'b' (a nil value): in t.a.b.c"},
		{"local t = {} return t[1] + 1", "attempt to perform arithmetic on field '?' (a nil value): in t[1] + 1"},
		{"local t, i = {}, 3 return t[i] + 1", "attempt to perform arithmetic on field '?' (a nil value): in t[i] + 1, where i is 3"},
		{"local t = {} return t['a b'] + 1", "attempt to perform arithmetic on field 'a b' (a nil value): in t[\"a b\"] + 1"},
		{"local t = {count = 1} return t.conut + 1", "attempt to perform arithmetic on field 'conut' (a nil value): did you mean t.count?"},
		{"local x = 1 return x.y.z", "attempt to index local 'x' (a number value): in x.y"},
		{"local x return -x", "attempt to perform arithmetic on local 'x' (a nil value)"},
		{"local t = {} return #t.x", "attempt to get length of field 'x' (a nil value): in #t.x"},
		{"local t = {} for i = 1, t.n do end", "'for' limit must be a number: 't.n' is nil"},
		{"local t = {} for k, v in t do end", "attempt to call a table value: did you mean pairs(t)?"},
		{"local a, b, c = 1, 2 local x, y, z = a, b, c return x + y + z", "attempt to perform arithmetic on local 'z' (a nil value)"},

		{"local p, name = {names = 1}, 'mane' return p[name] + 1", "attempt to perform arithmetic on field '?' (a nil value): in p[name] + 1, where name is \"mane\""},
		{"local p, name = {name = 1}, 'mane' p[name]()", "attempt to call field '?' (a nil value): in p[name](), where name is \"mane\""},
		{"local p, name = {name = print}, 'mane' p[name]()", "attempt to call field '?' (a nil value): in p[name](), where name is \"mane\""},
		{"local p = {name = 1} return p['name '] + 1", "attempt to perform arithmetic on field 'name ' (a nil value): in p[\"name \"] + 1"},
		{"local t = {count = 1} for i = 1, 2000 do t['x' .. i] = i end return t.conut + 1", "attempt to perform arithmetic on field 'conut' (a nil value): in t.conut + 1"},

		// Strings that read as numbers.
		{"local s, t = '10', {} return s + t", "attempt to perform arithmetic on local 't' (a table value)"},
		{"local s, t = ' 0x10 ', true return s * t", "attempt to perform arithmetic on local 't' (a boolean value)"},
		{"local s, t = 'ten', {} return s + t", "attempt to perform arithmetic on local 's' (a string value)"},
		{"local s, t = 'ten', '10' return t - s", "attempt to perform arithmetic on local 's' (a string value)"},
		{"local s, n = '10', 1 return n < s", "attempt to compare number with string: 's' is a string"},

		// Calls.
		{"local f f()", "attempt to call local 'f' (a nil value)"},
		{"local t = {} t.append(4)", "attempt to call field 'append' (a nil value): table.insert(t, value) appends"},
		{"local t = {{}} local u = t t:push(4)", "attempt to call method 'push' (a nil value): table.insert(t, value) appends"},
		{"local t = {} t:sort()", "attempt to call method 'sort' (a nil value): write table.sort(t)"},
		{"local t = {} t.u = {} t.u:append(1)", "attempt to call method 'append' (a nil value): in t.u:append(1)"},
		{"local t = setmetatable({}, {}) t:append(1)", "attempt to call method 'append' (a nil value): in t:append(1)"},
		{"local t = {} return t.append + 1", "attempt to perform arithmetic on field 'append' (a nil value): in t.append + 1"},
		{"local t = {first = print} t.frist()", "attempt to call field 'frist' (a nil value): did you mean t.first?"},
		{"local t = {first = 1} t.frist()", "attempt to call field 'frist' (a nil value): in t.frist()"},
		{"local C = {go = print, greet = 1} C.__index = C local o = setmetatable({}, C) o:og()", "attempt to call method 'og' (a nil value): in o:og()"},
		{"local C = {greet = print} C.__index = C local o = setmetatable({}, C) o:great()", "attempt to call method 'great' (a nil value): did you mean o:greet?"},
		{"pcall(print) local f local ok, e = pcall(f) error(e, 0)", "attempt to call a nil value: job.lua:1: in pcall(f)"},
		{"local ok, e = pcall(nosuch, 1) error(e, 0)", "attempt to call a nil value: job.lua:1: global 'nosuch' is not defined"},

		// Functions of modules.
		{"local th = require 'things' th.Sned(1)", "attempt to call field 'Sned' (a nil value): things has no function 'Sned': did you mean things.Send?"},
		{"local th = require 'things' return (function() th.Sned(1) end)()", "attempt to call field 'Sned' (a nil value): things has no function 'Sned': did you mean things.Send?"},
		{"local th = require 'things' th.THINGS_Send(1)", "attempt to call field 'THINGS_Send' (a nil value): things has no function 'THINGS_Send': did you mean things.Send?"},
		{"local th = require 'things' th.SUN(1)", "attempt to call field 'SUN' (a nil value): things has no function 'SUN'"},
		{"local th = require 'things' return th.SUN + 1", "attempt to perform arithmetic on field 'SUN' (a nil value): things has no field 'SUN': did you mean things.SUM?"},
		{"local th = require 'things' local ok, e = pcall(th.Sned, 1) error(e, 0)", "attempt to call a nil value: job.lua:1: things has no function 'Sned': did you mean things.Send?"},
		{"local th = require 'things' th.WROLD:rank()", "attempt to index field 'WROLD' (a nil value): things has no field 'WROLD': did you mean things.WORLD?"},
		{"local th = require 'things' th.Emit(1)", "attempt to call field 'Emit' (a nil value): things has no function 'Emit': did you mean things.Send?"},
		{"local th = require 'things' th.THINGS_Emit(1)", "attempt to call field 'THINGS_Emit' (a nil value): things has no function 'THINGS_Emit': did you mean things.Send?"},
		{"local th = require 'things' return th.Get_sum + 1", "attempt to perform arithmetic on field 'Get_sum' (a nil value): things has no field 'Get_sum': did you mean things.SUM?"},

		// Methods of a userdata.
		{"local th = require 'things' th.BOX:Get_rank()", "attempt to call method 'Get_rank' (a nil value): did you mean th.BOX:rank?"},
		{"local th = require 'things' th.BOX.Get_rank()", "attempt to call field 'Get_rank' (a nil value): did you mean th.BOX:rank?"},
		{"local th = require 'things' th.BOX.rakn()", "attempt to call field 'rakn' (a nil value): did you mean th.BOX:rank?"},
		{"require 'things'.BOX:Get_rank()", "attempt to call method 'Get_rank' (a nil value): did you mean rank?"},
		{"local th = require 'things' local b = th.BOX b:Get_source()", "attempt to call method 'Get_source' (a nil value): did you mean b.source?"},
		{"local th = require 'things' local b = th.BOX b:Make()", "attempt to call method 'Make' (a nil value): did you mean things.Send?"},
		{"local th = require 'things' return th.BOX.rank + 1", "attempt to perform arithmetic on field 'rank' (a function value): it is a method: write th.BOX:rank()"},
		{"local th = require 'things' return 'rank ' .. th.BOX.rank", "attempt to concatenate field 'rank' (a function value): it is a method: write th.BOX:rank()"},
		{"local th = require 'things' return th.BOX.rank > 1", "attempt to compare number with function: 'th.BOX.rank' is a method: write th.BOX:rank()"},
		{"local th = require 'things' for i = 1, th.BOX.rank do end", "'for' limit must be a number: 'th.BOX.rank' is a method: write th.BOX:rank()"},
		{"local th = require 'things' return 1 < th.CRATE", "attempt to compare number with userdata: 'th.CRATE' is a crate: open it first"},
		{"local th = require 'things' return th.CRATE <= th.CRATE", "attempt to compare two userdata values: 'th.CRATE' is a crate: open it first"},
		{"local th = require 'things' return nosuch < th.CRATE", "attempt to compare nil with userdata: global 'nosuch' is not defined"},
		{"local f = io.stdout return f < 1", "attempt to compare userdata with number: 'f' is a file"},
		{"require 'things' .WROLD:rank()", "attempt to index field 'WROLD' (a nil value): in require(\"things\").WROLD:rank()"},
		{"table.concatt({})", "attempt to call field 'concatt' (a nil value): table has no function 'concatt': did you mean table.concat?"},
		{"local s = 'a' s:lenn()", "attempt to call method 'lenn' (a nil value): string has no function 'lenn': did you mean string.len?"},
		{"local th = require 'things' th.SUM()", "attempt to call field 'SUM' (a number value): in th.SUM()"},

		// Go functions that were not called by name.
		{"math.sin(require 'things'.CRATE)", "bad argument #1 to 'sin' (number expected, got userdata: a crate)"},
		{"math.max(1, require 'things'.CRATE)", "bad argument #2 to 'max' (number expected, got userdata: a crate)"},
		{"unpack(require 'things'.CRATE)", "bad argument #1 to 'unpack' (table expected, got userdata: a crate: unpack it)"},
		{"table.concat{1, require 'things'.CRATE}", "invalid value (userdata) at index 2 in table for 'concat': a crate"},
		{"math.sin(newproxy(true))", "bad argument #1 to 'sin' (number expected, got userdata)"},
		{"math.sin(io.stdout)", "bad argument #1 to 'sin' (number expected, got userdata)"},
		{"table.concat{{}}", "invalid value (table) at index 1 in table for 'concat'"},
		{"local ok, e = pcall(string.rep) error(e, 0)", "bad argument #1 to '?' (string expected, got no value)"},
		{"local th = require 'things' local ok, e = pcall(th.Send) error(e, 0)", "bad argument #1 to 'things.Send' (string expected, got nil)"},
		{"local ok, e = pcall(tonumber) error(e, 0)", "bad argument #1 to '?' (value expected)"},
		{"local ok, e = coroutine.resume(coroutine.create(function() string.rep() end)) error(e, 0)", "bad argument #1 to 'rep' (string expected, got no value)"},
		{"local ok, e = xpcall(string.rep, debug.traceback) assert(ok, e:match('bad[^\\n]*'))", "bad argument #1 to '?' (string expected, got no value)"},
		{"error('bad argument #1 to (anonymous) (value expected)', 0)", "bad argument #1 to (anonymous) (value expected)"},

		// Registers that more than one local has had.
		{"local function f(x) if x then local t = 1 end local u = nosuch(1) end f(1)", "attempt to call global 'nosuch' (a nil value)"},
		{"local function f(x) do local t = 1 end do local t = 1 end return x.y.z end f({})", "attempt to index field 'y' (a nil value): in x.y.z"},
		{"local a = {{}} for _, p in ipairs(a) do local x = p end for _, q in ipairs(a) do q.x.y = 1 end", "attempt to index field 'x' (a nil value): in q.x.y"},
		{"local a = {{}} for _, p in ipairs(a) do local x = p end for i, q in ipairs(a) do local z = 1 local function g() return i end q[i].y = 1 end", "attempt to index field '?' (a nil value): in q[i].y, where i is 1"},
		{"for i = 1, 2 do local x = i end for j = 1, 2 do local y = j.x.y end", "attempt to index local 'j' (a number value): in j.x"},
		{"do local a = 1 end for i in nosuch do local b = 1 end", "attempt to call a nil value: global 'nosuch' is not defined"},
		{"do local a = 1 end for i = 1, nosuch do local b = 1 end", "'for' limit must be a number: global 'nosuch' is not defined"},
		{"do local a = 1 end local t = {count = 1} return t.conut + 1", "attempt to perform arithmetic on field 'conut' (a nil value): did you mean t.count?"},
		{"do local a = 1 end local b = 2 do local c = 3 end local d = {} return b + d", "attempt to perform arithmetic on local 'd' (a table value)"},
		{"do local a = 1 end local t, u = {}, {} return 1 + t.x", "attempt to perform arithmetic on field 'x' (a nil value): in 1 + t.x"},
		{"do local a, b = 1, 2 end local ok, e = pcall(print) return e.x", "attempt to index local 'e' (a nil value): in e.x"},
		{"do local a, b = 1, 2 end local b local c = 1 return b + c", "attempt to perform arithmetic on local 'b' (a nil value)"},
		{"do local a = 1 end local b = nil or false return b + 1", "attempt to perform arithmetic on local 'b' (a boolean value)"},
		{"do local a = 1 end return (function(x) do local y = 1 end local z = 1 return x + z end)()", "attempt to perform arithmetic on local 'x' (a nil value)"},
		{"do local a = 1 end local b return (function() do local y = 1 end local z = 1 return b + z end)()", "attempt to perform arithmetic on upvalue 'b' (a nil value)"},
		{"local n = 0 do local a, b = 1, 2 end while true do local c = n + 1 n = nil end", "attempt to perform arithmetic on local 'n' (a nil value)"},
		{"g = {y = 1} do local a, b = 1, 2 end local x, z x = g while true do z = x.y x = nil end", "attempt to index local 'x' (a nil value): in x.y"},
		{"do local a, b = 1, 2 end local x, z = 1 x = g g = 1 z = x.y", "attempt to index local 'x' (a nil value): in x.y"},
		{"do local a, b = 1, 2 end local x = 1 x = nil local function f() end return x.y", "attempt to index local 'x' (a nil value): in x.y"},
		{"do local a, b = 1, 2 end local x, f = 1, function() return b end local function g() end return f + x", "attempt to perform arithmetic on local 'f' (a function value)"},
		{"do local a, b = 1, 2 end local k = 1 local c, x, f = 1, nil, function() return k end return x + 1", "attempt to perform arithmetic on local 'x' (a nil value)"},
		{"local a do local b end local c a = a.x", "attempt to index local 'a' (a nil value): in a.x"},
		{"local function f(x) do local a, b = 1, 2 end local cuonter, c = x + 1, x cuonter = conuter + c end f(1)", "attempt to perform arithmetic on global 'conuter' (a nil value): it is not defined: did you mean cuonter?"},
		{"local function f(x) do local counter = 1 end local c = conuter + x end f(1)", "attempt to perform arithmetic on global 'conuter' (a nil value)"},
		{"local function f(counter) do local a = 1 end local c = conuter + 1 end f(1)", "attempt to perform arithmetic on global 'conuter' (a nil value): it is not defined: did you mean counter?"},
		{"local function f(x) if x then local nosuch = 1 end local u = nosuch(1) end f(1)", "attempt to call global 'nosuch' (a nil value)"},

		// Variables that are added to what the source has.
		{"local t = {count = print} for k in (function() return {g = next} end)().g, {1} do t.conut() end", "attempt to call field 'conut' (a nil value): did you mean t.count?"},
		{"for _, q in (pcall and pairs or pairs)({{count = print}}) do q.conut() end", "attempt to call field 'conut' (a nil value): did you mean q.count?"},
		{"local t, u = {count = print}, 1 t, u = u, t u.conut()", "attempt to call field 'conut' (a nil value): did you mean u.count?"},
		{"local t, u = {count = print}, 1 while true do break end do local v = t v.conut() end", "attempt to call field 'conut' (a nil value): did you mean v.count?"},
		{"local t = {} t.a, t = {count = print}, {b = {count = print}} t.b.conut, t.c.d = 1, 2", "attempt to index field 'c' (a nil value): in t.c.d"},
		{"local function f(...) for k in (...).g, {1} do local l = {count = 1} return l.conut + k end end f{g = next}", "attempt to perform arithmetic on field 'conut' (a nil value): did you mean l.count?"},

		// What is written where the error is, and what is left out of it.
		{"local t, i = {{}}, 1 return t[i].x[i + 1]", "attempt to index field 'x' (a nil value): in t[i].x[i + 1], where i is 1 and i + 1 is 2"},
		{"local t, k = {}, {} return t[k][t]", "attempt to index field '?' (a nil value): in t[k][t], where k is a table and t is a table"},
		{"local t = {} return t[('key'):rep(20)].x", "attempt to index field '?' (a nil value): in t[(\"key\"):rep(20)].x"},
		{"local t, k = {}, ('key'):rep(20) return t[k].x", "attempt to index field '?' (a nil value): in t[k].x, where k is \"keykeykeykeykeykeykeykey…\""},
		{"local t = {} return t.x + (1 - t.y * 2) ^ -t.z .. 'a'", "attempt to perform arithmetic on field 'y' (a nil value): in t.y * 2"},
		{"local a, t = 1, {} return ((a + 2) * 3 - 4 / (a - a)) * 2 + t.x", "attempt to perform arithmetic on field 'x' (a nil value): in (… - …) * 2 + t.x"},
		{"local a, t = 1, {} return t.x - (a - (a + 1)) .. a .. (a .. a)", "attempt to perform arithmetic on field 'x' (a nil value): in t.x - (a - (a + 1))"},
		{"local t = {} t.f({1, 2}, function() end, 'a long text that nobody wants to see here', t.x.y)", "attempt to index field 'x' (a nil value): in t.x.y"},
		{"local t = {} t.f({1, 2}, function() end, 'a long text that nobody wants to see here', 1, 2, 3)", "attempt to call field 'f' (a nil value): in t.f(…)"},
		{"local t = {} return t." + strings.Repeat("long_name_", 7) + "x.y", "attempt to index field '" + strings.Repeat("long_name_", 7) + "x' (a nil value): in t." + strings.Repeat("long_name_", 7) + "x.y"},
		{"local t = {} return t." + strings.Repeat("long_name_", 30) + "x.y", "attempt to index field '" + strings.Repeat("long_name_", 30) + "x' (a nil value)"},
		{"local t = {} return 'what the user called ' .. t.name .. ' has said of it yesterday' .. '\\n'", "attempt to concatenate field 'name' (a nil value): in \"what the user called \" .. t.name .. \" has said of it yesterda…\" .. …"},
		{"local t = {} return 'a' .. 'b' .. 'c' .. 'd' .. t.name .. ('some text that is long'):rep(2) .. 'and so on' .. t.x", "attempt to concatenate field 'x' (a nil value): in … .. \"and so on\" .. t.x"},
		{"local t = {} return 'a' .. 'b' .. (nil or 'c' .. t.name .. 'd')", "attempt to concatenate field 'name' (a nil value): in \"a\" .. \"b\" .. (nil or \"c\" .. t.name .. \"d\")"},
		{"local t = {} return t['a\\nb'].x", "attempt to index field 'a\nb' (a nil value): in t[\"a\\nb\"].x"},
		{"return not nosuch.x", "attempt to index global 'nosuch' (a nil value): in nosuch.x"},
		{"local t = {} return t.x < #t", "attempt to compare nil with number: 't.x' is nil"},
		{"local t = {count = 1} return t.conut < #t", "attempt to compare nil with number: 't.conut' is nil: did you mean t.count?"},
		{"local t, i = {}, 7 return t[i] >= 1", "attempt to compare number with nil: 't[i]' is nil, where i is 7"},
		{"local t = {} for i = 1, t.n do end", "'for' limit must be a number: 't.n' is nil"},
		{"for i = 1, 'x' do end", "'for' limit must be a number: in for i = 1, \"x\""},
		{"local t = {} for k in t.x do end", "attempt to call a nil value: in for k in t.x"},
		{"for k, v in {1, 2} do end", "attempt to call a table value: did you mean pairs(…)?"},
		{"things.send(things)", "attempt to index global 'things' (a nil value): say local things = require \"things\""},
		{"return things < 1", "attempt to compare nil with number: global 'things' is not defined: say local things = require \"things\""},
		{"local ok, e = xpcall(nosuch, function(e) return e end) error(e, 0)", "attempt to call a nil value: job.lua:1: global 'nosuch' is not defined"},
		{"local t = setmetatable({}, {__index = 5}) return t.x", "attempt to index a number value: in t.x"},
		{"local t = setmetatable({}, {__add = 5}) return t + 1", "attempt to call a number value: in t + 1"},
		{"g = {} return g.x.y", "attempt to index field 'x' (a nil value): in g.x.y"},
		{"local u = {} return (function() return u.x.y end)()", "attempt to index field 'x' (a nil value): in u.x.y"},

		// Nothing to name, or not to be named.
		{"return nil + 1", "attempt to perform arithmetic on a nil value: in nil + 1"},
		{"local a, b return (a or b) + 1", "attempt to perform arithmetic on a nil value: in (a or b) + 1"},
		{"return (nosuch and 1 or nil) + 1", "attempt to perform arithmetic on a nil value: in (nosuch and 1 or nil) + 1"},
		{"local f = function() end return f() + 1", "attempt to perform arithmetic on a nil value: in f() + 1"},
		{"(function() end)()()", "attempt to call a nil value: in (function … end)()()"},
		{"local a local m = setmetatable({}, {__add = function(x, y) return x.z + y end}) return m + 1", "attempt to perform arithmetic on field 'z' (a nil value): in x.z + y"},
		{"local x error('attempt to call a nil value', 0)", "attempt to call a nil value"},
		{"local co = coroutine.wrap(function() local x x() end) co()", "job.lua:1: attempt to call local 'x' (a nil value)"},
		{"table.sort({1, 2}, function(a) return a.x end)", "attempt to index local 'a' (a number value): in a.x"},
	} {
		for _, source := range []string{c.source, "local ok, e = pcall(function() " + c.source + "\nend) error(e, 0)"} {
			in, _ := newTest(t)
			in.AddModule("things", func(L *lua.LState) int {
				L.Push(L.SetFuncs(L.NewTable(), map[string]lua.LGFunction{"Send": func(L *lua.LState) int { L.CheckString(1); return 0 }, "Recv": func(*lua.LState) int { return 0 }}))
				L.SetField(L.Get(-1), "SUM", lua.LNumber(1))
				L.SetField(L.Get(-1), "WORLD", lua.LNumber(1))
				things := L.Get(-1).(*lua.LTable)
				things.Metatable = meaning(L, map[string]string{"Get_sum": "SUM", "Emit": "Send"})
				box := meaning(L, map[string]string{"Get_rank": "rank", "Get_source": ".source", "Make": "things.Send"})
				box.RawSetString("__index", L.SetFuncs(L.NewTable(), map[string]lua.LGFunction{"rank": func(*lua.LState) int { return 0 }}))
				crate, instead := L.NewTable(), L.NewTable()
				instead.RawSetString("table", lua.LString(": a crate: unpack it"))
				crate.RawSetString(vm.NameKey, lua.LString("crate"))
				crate.RawSetString(vm.InsteadKey, instead)
				crate.RawSetString(vm.OrderKey, lua.LString("open it first"))
				things.RawSetString("CRATE", &lua.LUserData{Metatable: crate})
				things.RawSetString("BOX", &lua.LUserData{Metatable: box})
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

// TestNamedElsewhere has what a process says of its globals that is one of many.
func TestNamedElsewhere(t *testing.T) {
	for source, want := range map[string]string{
		"nosuch()":          "job.lua:1: attempt to call global 'nosuch' (a nil value): it is not defined on pid 2: define it there with cluster.everywhere",
		"return nosuch.x":   "job.lua:1: attempt to index global 'nosuch' (a nil value): it is not defined on pid 2: define it there with cluster.everywhere",
		"return 1 < nosuch": "job.lua:1: attempt to compare number with nil: global 'nosuch' is not defined on pid 2: define it there with cluster.everywhere",
		"pirnt(1)":          "job.lua:1: attempt to call global 'pirnt' (a nil value): it is not defined on pid 2: did you mean print?",
		"local t t.x = 1":   "job.lua:1: attempt to index local 't' (a nil value): in t.x",
	} {
		in := New(Config{Self: func() string { return "pid 2" }})
		if err := run(t, in, t.Context(), source); err == nil || err.Error() != want {
			t.Errorf("%s:\n got %v\nwant %s", source, err, want)
		}
		in.Close()
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

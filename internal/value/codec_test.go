package value

import (
	"math"
	"strings"
	"testing"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/array"
)

// process is one side of a test: an interpreter with its codec.
type process struct {
	L *lua.LState
	*Codec
	modules map[string]string // what Resolve finds: name → source
}

// tester is what testing.T and rapid.T share.
type tester interface {
	Helper()
	Errorf(format string, args ...any)
	Fatal(args ...any)
	Fatalf(format string, args ...any)
}

func newProcess(t testing.TB, self int32) *process {
	L := lua.NewState()
	t.Cleanup(L.Close)
	p := &process{L: L, Codec: &Codec{Self: self, Chunks: NewChunks(), Names: NewNames()}, modules: map[string]string{}}
	L.PreloadModule("array", array.Open)
	L.SetGlobal("loadstring", L.NewFunction(func(L *lua.LState) int {
		fn, err := p.Chunks.LoadTemporary(L, "=load", L.CheckString(1))
		if err != nil {
			L.RaiseError("%s", err.Error())
		}
		L.Push(fn)
		return 1
	}))
	p.Names.AddModule("_G", L.G.Global)
	p.Names.AddModule("array", p.eval(t, "array", `return require "array"`)[0])
	p.Codec.Resolve = func(L *lua.LState, name string) (lua.LValue, error) { return p.require(t, name), nil }
	return p
}

// require loads a module of p.modules once.
func (p *process) require(t tester, name string) lua.LValue {
	loaded := p.L.G.Registry.RawGetString("_LOADED").(*lua.LTable)
	if v := loaded.RawGetString(name); v != lua.LNil {
		return v
	}
	source, ok := p.modules[name]
	if !ok {
		return lua.LNil
	}
	v := p.eval(t, name+".lua", source)[0]
	loaded.RawSetString(name, v)
	p.Names.AddModule(name, v)
	return v
}

// eval runs a chunk and returns what it returns.
func (p *process) eval(t tester, name, source string) []lua.LValue {
	t.Helper()
	fn, err := p.Chunks.Load(p.L, name, source)
	if err != nil {
		t.Fatal(err)
	}
	vs, err := p.call(fn)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return vs
}

func (p *process) call(fn lua.LValue, args ...lua.LValue) ([]lua.LValue, error) {
	top := p.L.GetTop()
	if err := p.L.CallByParam(lua.P{Fn: fn, NRet: lua.MultRet, Protect: true}, args...); err != nil {
		return nil, err
	}
	var vs []lua.LValue
	for i := top + 1; i <= p.L.GetTop(); i++ {
		vs = append(vs, p.L.Get(i))
	}
	p.L.SetTop(top)
	return vs, nil
}

// send moves values from p to q as two processes would: through bytes of
// their own, with the chunks that q lacks.
func (p *process) send(t tester, q *process, vs ...lua.LValue) []lua.LValue {
	t.Helper()
	m, err := p.Encode(p.L, "argument", vs...)
	if err != nil {
		t.Fatal(err)
	}
	m = &Message{Body: append([]byte(nil), m.Body...), Blobs: m.Detach().Blobs}
	for _, ref := range q.Missing(m) {
		if ref.Home != p.Self {
			t.Errorf("home of a chunk is %d, want %d", ref.Home, p.Self)
		}
		name, source, ok := p.Chunks.Source(ref.Hash)
		if !ok {
			t.Fatalf("chunk %x has no source at home", ref.Hash)
		}
		if h, err := q.Chunks.Add(name, source); err != nil || h != ref.Hash {
			t.Fatalf("Add: %x %v", h, err)
		}
	}
	if more := q.Missing(m); len(more) > 0 {
		t.Fatalf("still missing: %v", more)
	}
	got, err := q.Decode(q.L, m)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

// programs send what they return at "sender" to another process, and call
// the function "check" there with it; check must return true.
var programs = []struct{ name, sender, check string }{
	{"scalars", `return nil, true, false, 0, -1, 1.5, 2^53, -2^53, 2^53+2, 1e300, "", "a\0b\255"`,
		`local n, t, f, a, b, c, d, e, g, h, i, j = ...
		 return n == nil and t == true and f == false and a == 0 and b == -1 and c == 1.5 and d == 2^53 and e == -2^53
		    and g == 2^53+2 and h == 1e300 and i == "" and j == "a\0b\255"`},
	{"trailing nils", `return 1, nil, nil`, `return select("#", ...) == 3`},
	{"nested", `return {1, {2, {x = {}}}, ["a b"] = {y = "z"}}`,
		`local t = ... return t[1] == 1 and t[2][1] == 2 and next(t[2][2].x) == nil and t["a b"].y == "z" and #t == 2`},
	{"shared", `local s = {} return {s, s, k = s}, s`, `local t, s = ... return t[1] == s and t[2] == s and t.k == s`},
	{"cyclic", `local t = {} t.self = t t[t] = t return t`, `local t = ... return t.self == t and t[t] == t`},
	{"holes", `return {1, nil, 3, nil, nil, nil, 7, nil, "x"}`,
		`local t = ... return t[1] == 1 and t[2] == nil and t[3] == 3 and t[4] == nil and t[7] == 7 and t[9] == "x" and table.maxn(t) == 9`},
	{"far keys", `return {[1] = 1, [100000] = 2, [-5] = 3, [1.5] = 4, [2^40] = 5, [0] = 6, [true] = 7}`,
		`local t = ... return t[1] == 1 and t[100000] == 2 and t[-5] == 3 and t[1.5] == 4 and t[2^40] == 5 and t[0] == 6 and t[true] == 7`},
	{"metatable", `local mt = {__index = function(t, k) return k .. "!" end} return setmetatable({}, mt), setmetatable({}, mt)`,
		`local a, b = ... return a.x == "x!" and getmetatable(a) == getmetatable(b)`},
	{"order of keys", `return {q = 1, w = 2, e = 3, r = 4, t = 5, y = 6}`,
		`local s = "" for k in pairs(...) do s = s .. k end return s == "qwerty"`},
	{"captured", `local a, b = 2, {x = 3} return function(c) return a * b.x * c end`, `local f = ... return f(7) == 42`},
	{"shared capture", `local n = 0 return function() n = n + 1 return n end, function() return n end`,
		`local up, get = ... up() up() return get() == 2`},
	{"capture of an open variable", `local n = 5 local function get() return n end
		local co = {} co.f = get n = 6 return get, co`, `local get, t = ... return get() == 6 and t.f == get`},
	{"recursion", `local function fib(n) if n < 2 then return n end return fib(n - 1) + fib(n - 2) end return fib`,
		`local fib = ... return fib(15) == 610`},
	{"mutual recursion", `local odd local function even(n) if n == 0 then return true end return odd(n - 1) end
		function odd(n) if n == 0 then return false end return even(n - 1) end return even`, `local even = ... return even(10) and not even(7)`},
	{"functions of functions", `local function make(n) return function() return function() return n end end end return make(4), make`,
		`local f, make = ... return f()() == 4 and make(9)()() == 9`},
	{"nil captured", `local x return function() return x == nil end`, `local f = ... return f()`},
	{"varargs", `return function(...) return select("#", ...), (...) end`, `local f = ... local n, a = f("a", nil) return n == 2 and a == "a"`},
	{"library", `local floor, s = math.floor, string return function(x) return floor(x), s.rep("a", 2) end, print, math`,
		`local f, p, m = ... local a, b = f(2.5) return a == 2 and b == "aa" and p == print and m == math`},
	{"globals stay", `where = "sender" return function() return where end, _G`, `where = "receiver" local f, g = ... return f() == "receiver" and g == _G`},
	{"module", `local array = require "array" return function() return array.zeros(3) end, array.zeros`,
		`local f, z = ... return #f() == 3 and z == require("array").zeros`},
	{"loaded text", `return loadstring("local a = ... return function() return a end")`, `local f = ... return f(3)() == 3`},
	{"environment", `local f = setfenv(function() y = 1 return x end, setmetatable({x = 5}, {__index = _G})) return f`,
		`local f = ... return f() == 5 and y == nil and getfenv(f).y == 1 and getfenv(f).print == print`},
	{"error", `local ok, e = pcall(require("array").zeros, "x") return e`,
		`local e = ... return e.kind == "argument" and tostring(e):find("zeros") and (e .. "") == tostring(e)`},
	{"arrays", `local array = require "array" local a = array.from({1, 2, 3}, "int32")
		return a, {a, a}, array.matrix(2, 3), array.zeros(0), array.from({true, false}, "bool")`,
		`local a, t, m, z, b = ... return a == t[1] and rawequal(a, t[2]) and a[3] == 3 and m:at(2, 3) == 0 and #z == 0 and b[1] == true and b[2] == false`},
	{"dimensions and views", `local array = require "array" local a = array.range(1, 24):reshape(2, 3, 4)
		return a, a:slice{ {}, {3, 1, -1}, 2 }, a:slice{1}:t(), array.zeros{2, 0, 3}, array.from({true, false, true}, "bool"):slice{{1, 3, 2}}`,
		`local a, s, t, z, b = ... local n, m, k = z:shape()
		return a:at(2, 3, 4) == 24 and select("#", a:shape()) == 3 and s:tostring() == "{{10, 6, 2}, {22, 18, 14}}" and t:at(4, 3) == 12 and t:at(1, 2) == 5
			and n == 2 and m == 0 and k == 3 and b:all() and pcall(b.flat, b)`},
	{"long string", `return ("x"):rep(70000), {("y"):rep(65536)}`, `local s, t = ... return s == ("x"):rep(70000) and t[1] == ("y"):rep(65536)`},
	{"many tables", `local t = {} for i = 1, 1000 do t[i] = {id = i, name = "n" .. i, prev = t[i - 1]} end return t`,
		`local t = ... return t[1000].prev.prev.id == 998 and t[7].name == "n7" and t[500].prev == t[499]`},
	{"deep", `local t = {} for i = 1, 200000 do t = {next = t} end return t`,
		`local t, n = ..., 0 while t.next do t = t.next n = n + 1 end return n == 200000`},
	{"function as key", `local f = function() end return {[f] = 1}, f`, `local t, f = ... return t[f] == 1`},
}

func TestPrograms(t *testing.T) {
	for _, test := range programs {
		t.Run(test.name, func(t *testing.T) {
			a, b := newProcess(t, 1), newProcess(t, 2)
			got := a.send(t, b, a.eval(t, "sender.lua", test.sender)...)
			check, err := b.Chunks.Load(b.L, "check.lua", test.check)
			if err != nil {
				t.Fatal(err)
			}
			if vs, err := b.call(check, got...); err != nil || len(vs) != 1 || !lua.LVAsBool(vs[0]) {
				t.Errorf("check failed: %v %v", vs, err)
			}
		})
	}
}

func TestNumbersBitForBit(t *testing.T) {
	a, b := newProcess(t, 1), newProcess(t, 2)
	for _, bits := range []uint64{0, 1 << 63, 0x7ff8000000000001, 0x7ff0000000000001, 0xfff8dead00000000,
		math.Float64bits(math.Inf(1)), math.Float64bits(math.Inf(-1)), 1, math.Float64bits(1 << 60), math.Float64bits(-1 << 63)} {
		n := lua.LNumber(math.Float64frombits(bits))
		list := a.L.NewTable()
		for range 5 {
			list.Append(n)
		}
		got := a.send(t, b, n, list)
		if g := math.Float64bits(float64(got[0].(lua.LNumber))); g != bits {
			t.Errorf("%x arrived as %x", bits, g)
		}
		if g := math.Float64bits(float64(got[1].(*lua.LTable).RawGetInt(3).(lua.LNumber))); g != bits {
			t.Errorf("%x in a list arrived as %x", bits, g)
		}
	}
}

// refused are programs whose result cannot travel, and the error.
var refused = []struct{ source, want string }{
	{"local co = coroutine.create(function() end)\nreturn function() return co end",
		"cannot send job.lua:2 function: captured variable 'co' is a coroutine"},
	{"local co = coroutine.create(function() end)\nlocal function f() return co end\nreturn f",
		"cannot send job.lua:2 function 'f': captured variable 'co' is a coroutine"},
	{"local cfg = {handlers = {1, 2, coroutine.create(function() end)}}\nlocal f = function() return cfg end return f",
		"cannot send job.lua:2 function 'f': captured variable 'cfg'.handlers[3] is a coroutine"},
	{"local co = coroutine.create(function() end)\nlocal function g() return co end\nlocal function f() return g end return f",
		"cannot send job.lua:3 function 'f': captured variable 'g', job.lua:2 function 'g': captured variable 'co' is a coroutine"},
	{"return coroutine.create(function() end)", "cannot send argument: it is a coroutine"},
	{"return 1, {x = {[true] = coroutine.create(function() end)}}", "cannot send argument 2: field x[true] is a coroutine"},
	{"return {[coroutine.create(function() end)] = 1}", "cannot send argument: a key is a coroutine"},
	{"return setmetatable({}, {__gc = coroutine.create(function() end)})", "cannot send argument: metatable.__gc is a coroutine"},
	{"return {f = function() end, g = coroutine.wrap(print)}", "cannot send argument: field g is a Go function that no module holds"},
	{"local ud = newproxy(true) return {ud}", "cannot send argument: field [1] is a userdata"},
	{"local e = {co = coroutine.create(function() end)}\nreturn setfenv(function() end, e)", "cannot send job.lua:2 function: its environment.co is a coroutine"},
	{"local t = {f = function() end}\nlocal co = coroutine.create(function() end)\nt.f = function() return co end return t",
		"cannot send argument: field f, job.lua:3 function 't.f': captured variable 'co' is a coroutine"},
	{"local t = {} for i = 1, 8000 do t[i] = i end t[9500] = 1 return t", "too far apart"},
}

func TestRefused(t *testing.T) {
	for _, test := range refused {
		p := newProcess(t, 1)
		p.holes = 999
		_, err := p.Encode(p.L, "argument", p.eval(t, "job.lua", test.source)...)
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s\n got %v\nwant %s", test.source, err, test.want)
		}
	}
}

func TestValuesAreNamed(t *testing.T) {
	for _, test := range []struct {
		what string
		i, n int
		want string
	}{
		{"", 0, 1, "value"}, {"", 1, 2, "value 2"}, {"the result", 0, 1, "the result"}, {"the result", 0, 2, "result 1"},
		{"the chunk, argument", 0, 1, "the chunk"}, {"the chunk, argument", 0, 3, "the chunk"}, {"the chunk, argument", 2, 3, "argument 2"},
	} {
		if got := nameValue(test.what, test.i, test.n); got != test.want {
			t.Errorf("%q %d of %d: %q, want %q", test.what, test.i, test.n, got, test.want)
		}
	}
}

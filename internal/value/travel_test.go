package value

import (
	"encoding/binary"
	"errors"
	"strings"
	"testing"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/array"
	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
)

func TestErrorsNameTheScriptsLines(t *testing.T) {
	a, b := newProcess(t, 1), newProcess(t, 2)
	fn := a.eval(t, "job.lua", "local cfg = {}\n\nreturn function()\n  local x = 1\n  return x + cfg.missing.field\nend")[0]
	_, err := b.call(a.send(t, b, fn)[0])
	if err == nil || !strings.Contains(err.Error(), "job.lua:5:") {
		t.Errorf("%v, want line 5 of job.lua", err)
	}
}

const myModule = `local M = {list = {1, 2}, Point = {}}
local hidden = 0
M.Point.__index = M.Point
function M.Point.new(x) return setmetatable({x = x}, M.Point) end
function M.Point:double() return M.Point.new(2 * self.x) end
function M.count() hidden = hidden + 1 return hidden end
M[1] = function() return "one" end
M.origin = setmetatable({}, {__call = function() return "called" end})
return M`

func TestModulesTravelByName(t *testing.T) {
	a, b := newProcess(t, 1), newProcess(t, 2)
	for _, p := range []*process{a, b} {
		p.modules["my.mod"] = myModule
	}
	m := a.require(t, "my.mod").(*lua.LTable)
	a.L.SetGlobal("m", m)
	fn := a.eval(t, "job.lua", `local m, new = m, m.Point.new
		m.count() m.count() m.added = function() return "added" end
		local added, one, origin = m.added, m[1], m.origin
		return function()
			local p = new(4):double()
			return m.count(), p.x, getmetatable(p) == m.Point, m.added == nil, added(), one(), origin(), m.list[2]
		end, m.Point.new(9)`)
	got := a.send(t, b, fn...)
	if _, ok := b.L.G.Registry.RawGetString("_LOADED").(*lua.LTable).RawGetString("my.mod").(*lua.LTable); !ok {
		t.Fatal("the receiver has not required the module")
	}
	vs, err := b.call(got[0])
	if err != nil {
		t.Fatal(err)
	}
	want := []lua.LValue{lua.LNumber(1), lua.LNumber(8), lua.LTrue, lua.LTrue, lua.LString("added"), lua.LString("one"), lua.LString("called"), lua.LNumber(2)}
	if d := differ(want, vs); d != "" {
		t.Errorf("%s: %v", d, vs)
	}
	point := b.require(t, "my.mod").(*lua.LTable).RawGetString("Point")
	if got[1].(*lua.LTable).Metatable != point {
		t.Error("an object's class is not the receiver's own")
	}
}

// A name stands for what the module held when it was loaded, also where a
// script has replaced it since.
func TestNamesAreASnapshot(t *testing.T) {
	a, b := newProcess(t, 1), newProcess(t, 2)
	original := b.L.GetGlobal("print")
	b.eval(t, "b.lua", "print = function() end")
	if got := a.send(t, b, a.L.GetGlobal("print")); got[0] != original {
		t.Error("print is not the receiver's original")
	}
	got := a.send(t, b, a.eval(t, "a.lua", "math.floor = function(x) return 'mine' end return math.floor")...)
	if vs, err := b.call(got[0]); err != nil || vs[0] != lua.LString("mine") {
		t.Error(vs, err)
	}
}

func TestUnknownNames(t *testing.T) {
	a, b := newProcess(t, 1), newProcess(t, 2)
	a.modules["other"] = "return {f = function() end, g = {h = {}}}"
	a.L.SetGlobal("other", a.require(t, "other"))
	b.modules["other"] = "return {g = 5}"
	for _, test := range []struct{ source, want string }{
		{"return other.f", "other.f is not known on this process"},
		{"return {other.g.h}", "other.g.h is not known on this process"},
	} {
		m, err := a.Encode(a.L, "", a.eval(t, "a.lua", test.source)...)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := b.Decode(b.L, m); err == nil || err.Error() != test.want {
			t.Errorf("%s: %v, want %s", test.source, err, test.want)
		}
	}
	b.Codec.Resolve = func(*lua.LState, string) (lua.LValue, error) {
		return nil, luaerr.New(luaerr.Script, "module 'third' not found")
	}
	a.modules["third"] = "return {}"
	m, _ := a.Encode(a.L, "", a.require(t, "third"))
	_, err := b.Decode(b.L, m)
	var e *luaerr.Error
	if !errors.As(err, &e) || e.Kind != luaerr.Script || err.Error() != "third is not known on this process: module 'third' not found" {
		t.Error(err)
	}
	b.Codec.Resolve = nil
	if _, err := b.Decode(b.L, m); err == nil || err.Error() != "third is not known on this process" {
		t.Error(err)
	}
}

// Names of any shape survive, and read well.
func TestNamePaths(t *testing.T) {
	p := newProcess(t, 1)
	module := p.eval(t, "x", `return setmetatable({["a b"] = {[2] = {[true] = print and {}}}}, {})`)[0].(*lua.LTable)
	p.Names.AddModule("my.mod", module)
	deep := module.RawGetString("a b").(*lua.LTable).RawGetInt(2).(*lua.LTable).RawGet(lua.LTrue)
	for v, want := range map[lua.LValue]string{
		deep: `my.mod["a b"][2][true]`, module.Metatable: "my.mod (metatable)", module: "my.mod",
		p.L.GetGlobal("math").(*lua.LTable).RawGetString("floor"): "math.floor", p.L.G.Global: "_G",
	} {
		if got, ok := p.Names.Name(v); !ok || got != want {
			t.Errorf("%s, want %s", got, want)
		}
		path := p.Names.paths[identity(v)]
		for _, way := range []string{"the index", "steps"} {
			if got, err := p.resolve(p.L, path); err != nil || got != v {
				t.Errorf("%s: by %s it is %v, %v", want, way, got, err)
			}
			if strings.ContainsAny(want, "[(") {
				delete(p.Names.values, path)
			}
		}
	}
	if _, ok := p.Names.Name(p.L.NewTable()); ok {
		t.Error("a new table has a name")
	}
}

// TestFilledModule: a table that one module holds and another one fills and
// gives is known as that of the second, which a receiver has to load.
func TestFilledModule(t *testing.T) {
	a, b := newProcess(t, 1), newProcess(t, 2)
	for _, p := range []*process{a, b} {
		p.modules["registry"] = `return { B = { name = "B" } }`
		p.L.SetGlobal("require", p.L.NewFunction(func(L *lua.LState) int { L.Push(p.require(t, L.CheckString(1))); return 1 }))
		p.modules["b"] = `local B = require "registry".B function B.hi() return "hi" end return B`
		p.modules["text"] = `string.mine = function() end return string`
	}
	module := a.require(t, "b")
	for v, want := range map[lua.LValue]string{
		module: "b", a.L.GetField(module, "hi"): "b.hi", a.require(t, "registry"): "registry", a.require(t, "text"): "string",
	} {
		if got, _ := a.Names.Name(v); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
	m, err := a.Encode(a.L, "", module)
	if err != nil {
		t.Fatal(err)
	}
	got, err := b.Decode(b.L, m)
	if err != nil {
		t.Fatal(err)
	}
	if b.L.GetField(got[0], "hi").Type() != lua.LTFunction || got[0] != b.L.GetField(b.require(t, "registry"), "B") {
		t.Errorf("got %v", got)
	}
}

// ticket is userdata that travels.
type ticket struct{ n uint32 }

func (k ticket) Travel() (string, []byte, error) {
	if k.n == 0 {
		return "", nil, errors.New("it was used up")
	}
	return "ticket", binary.LittleEndian.AppendUint32(nil, k.n), nil
}

func TestTravellers(t *testing.T) {
	a, b := newProcess(t, 1), newProcess(t, 2)
	ud := a.L.NewUserData()
	ud.Value = ticket{7}
	if m, err := a.Encode(a.L, "", ud); err != nil {
		t.Fatal(err)
	} else if _, err := b.Decode(b.L, m); err == nil || !strings.Contains(err.Error(), "'ticket'") {
		t.Errorf("without a decoder: %v", err)
	}
	b.Register("ticket", func(L *lua.LState, data []byte) (lua.LValue, error) {
		got := L.NewUserData()
		got.Value = ticket{binary.LittleEndian.Uint32(data)}
		return got, nil
	})
	list := a.L.NewTable()
	list.Append(ud)
	got := a.send(t, b, ud, list)
	if got[0].(*lua.LUserData).Value != (ticket{7}) || got[1].(*lua.LTable).RawGetInt(1) != got[0] {
		t.Error("a traveller that is met twice is not one on arrival")
	}
	ud.Value = ticket{0}
	if _, err := a.Encode(a.L, "argument", ud); err == nil || err.Error() != "cannot send argument: it was used up" {
		t.Error(err)
	}
}

// TestComplexNumbers need no registration.
func TestComplexNumbers(t *testing.T) {
	a, b := newProcess(t, 1), newProcess(t, 2)
	got := a.send(t, b, array.ComplexToLua(a.L, 1-2i))
	if c, ok := array.ToComplex(got[0]); !ok || c != 1-2i {
		t.Error("1-2i became", got[0])
	}
}

func TestBlobsAliasUntilDetached(t *testing.T) {
	p := newProcess(t, 1)
	a := array.New(array.Float64, 4)
	m, err := p.Encode(p.L, "", array.ToLua(p.L, a), lua.LString(strings.Repeat("x", blobString)), lua.LString(strings.Repeat("x", blobString-1)))
	if err != nil || len(m.Blobs) != 2 || &m.Blobs[0][0] != &a.Bytes()[0] {
		t.Fatal("no blob, or a copy", err)
	}
	if m.Size() != len(m.Body)+32+blobString {
		t.Error("size", m.Size())
	}
	clone := m.Clone()
	m.Detach()
	array.Of[float64](a)[0] = 5
	for _, m := range []*Message{m, clone} {
		vs, err := p.Decode(p.L, m)
		if err != nil {
			t.Fatal(err)
		}
		got, _ := array.To(vs[0])
		if array.Of[float64](got)[0] != 0 || &got.Bytes()[0] != &m.Blobs[0][0] {
			t.Error("detached memory changed, or was copied once more")
		}
	}
	if &m.Blobs[0][0] == &clone.Blobs[0][0] {
		t.Error("the clone shares memory")
	}
}

// The pools must not keep anything of one message for the next, also after
// an error.
func TestStateAfterErrors(t *testing.T) {
	a, b := newProcess(t, 1), newProcess(t, 2)
	bad := a.eval(t, "a.lua", `local t = {} for i = 1, 20 do t[i] = {f = function() return t end} end t.co = coroutine.create(function() end) return t`)
	good := a.eval(t, "a.lua", `local t = {} return {t, t}`)
	for range 3 {
		if _, err := a.Encode(a.L, "", bad...); err == nil {
			t.Fatal("a coroutine travels")
		}
		m, err := a.Encode(a.L, "", good...)
		if err != nil || len(m.Blobs) > 0 {
			t.Fatal(err)
		}
		for cut := range m.Body {
			if _, err := b.Decode(b.L, &Message{Body: m.Body[:cut]}); !errors.Is(err, ErrMalformed) {
				t.Fatalf("cut at %d: %v", cut, err)
			}
		}
		vs, err := b.Decode(b.L, m)
		if err != nil || differ(good, vs) != "" {
			t.Fatal(err, vs)
		}
	}
}

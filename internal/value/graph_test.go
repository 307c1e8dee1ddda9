package value

import (
	"bytes"
	"fmt"
	"math"
	"testing"

	lua "github.com/yuin/gopher-lua"
	"pgregory.net/rapid"

	"github.com/mpiclus/mpiclus-lua/internal/array"
)

// comparison decides whether two graphs of values have the same shape and
// content: whatever has an identity on one side stands for one thing on the
// other.
type comparison struct {
	there, back map[any]any
	todo        [][2]lua.LValue
	same        []lua.LValue // what is one and the same thing on both sides
}

// differ tells the first difference, "" for none.
func differ(as, bs []lua.LValue) string {
	_, diff := compare(as, bs)
	return diff
}

// compare also gives the comparison.
func compare(as, bs []lua.LValue) (*comparison, string) {
	c := &comparison{there: map[any]any{}, back: map[any]any{}}
	return c, c.values(as, bs)
}

func (c *comparison) values(as, bs []lua.LValue) string {
	if len(as) != len(bs) {
		return fmt.Sprintf("%d values, want %d", len(bs), len(as))
	}
	for i := range as {
		if d := c.value(as[i], bs[i]); d != "" {
			return d
		}
	}
	for len(c.todo) > 0 {
		pair := c.todo[0]
		c.todo = c.todo[1:]
		if d := c.content(pair[0], pair[1]); d != "" {
			return d
		}
	}
	return ""
}

// met pairs two things with an identity; first says they were not met before.
func (c *comparison) met(a, b any) (first bool, diff string) {
	x, okA := c.there[a]
	y, okB := c.back[b]
	if !okA && !okB {
		c.there[a], c.back[b] = b, a
		return true, ""
	}
	if x != b || y != a {
		return false, "what was one thing is two, or the reverse"
	}
	return false, ""
}

func (c *comparison) value(a, b lua.LValue) string {
	if a.Type() != b.Type() {
		return fmt.Sprintf("a %s, want a %s", b.Type(), a.Type())
	}
	switch x := a.(type) {
	case lua.LNumber:
		if y := b.(lua.LNumber); math.Float64bits(float64(x)) != math.Float64bits(float64(y)) {
			return fmt.Sprintf("number %v, want %v", y, x)
		}
	case *lua.LTable, *lua.LFunction, *lua.LUserData:
		first, diff := c.met(a, b)
		if first {
			c.todo = append(c.todo, [2]lua.LValue{a, b})
		}
		return diff
	default:
		if a != b {
			return fmt.Sprintf("%v, want %v", b, a)
		}
	}
	return ""
}

func (c *comparison) content(a, b lua.LValue) string {
	if a == b {
		c.same = append(c.same, a)
		return ""
	}
	switch x := a.(type) {
	case *lua.LTable:
		return c.table(x, b.(*lua.LTable))
	case *lua.LFunction:
		return c.function(x, b.(*lua.LFunction))
	}
	x, _ := array.To(a)
	y, ok := array.To(b)
	if !ok || x.Type() != y.Type() || x.Len() != y.Len() || !bytes.Equal(x.Bytes(), y.Bytes()) {
		return "arrays differ"
	}
	return ""
}

// table compares in the order of next, which travels too.
func (c *comparison) table(a, b *lua.LTable) string {
	if a.MaxN() != b.MaxN() || a.Len() != b.Len() {
		return "lists of different lengths"
	}
	var x, y []lua.LValue
	inOrder(a, func(k, v lua.LValue) { x = append(x, k, v) })
	inOrder(b, func(k, v lua.LValue) { y = append(y, k, v) })
	if len(x) != len(y) {
		return fmt.Sprintf("%d entries, want %d", len(y)/2, len(x)/2)
	}
	for i := range x {
		if d := c.value(x[i], y[i]); d != "" {
			return d
		}
	}
	return c.value(a.Metatable, b.Metatable)
}

func (c *comparison) function(a, b *lua.LFunction) string {
	if a.Proto.SourceName != b.Proto.SourceName || a.Proto.LineDefined != b.Proto.LineDefined || len(a.Upvalues) != len(b.Upvalues) {
		return "not the same function"
	}
	for i := range a.Upvalues {
		first, diff := c.met(a.Upvalues[i], b.Upvalues[i])
		if first {
			diff = c.value(a.Upvalues[i].Value(), b.Upvalues[i].Value())
		}
		if diff != "" {
			return diff
		}
	}
	return ""
}

// graph draws values that refer to each other at will.
type graph struct {
	t       *rapid.T
	p       *process
	objects []lua.LValue
}

const closures = `local a, b, c
local function f() return a, b end
local function g() return b, c, f end
return {f, g,
	function() return function() return a end end}`

func drawGraph(t *rapid.T, p *process) []lua.LValue {
	g := &graph{t: t, p: p}
	for range rapid.IntRange(0, 30).Draw(t, "tables") {
		g.objects = append(g.objects, p.L.NewTable())
	}
	for range rapid.IntRange(0, 2).Draw(t, "closures") {
		fs := p.eval(t, "closures.lua", closures)[0].(*lua.LTable)
		g.objects = append(g.objects, fs.RawGetInt(1), fs.RawGetInt(2), fs.RawGetInt(3))
	}
	for range rapid.IntRange(0, 2).Draw(t, "arrays") {
		types := array.Types()
		a := array.New(types[rapid.IntRange(0, len(types)-1).Draw(t, "type")], rapid.IntRange(0, 9).Draw(t, "length"))
		if a.Type() != array.Bool {
			copy(a.Bytes(), rapid.SliceOfN(rapid.Byte(), len(a.Bytes()), len(a.Bytes())).Draw(t, "memory"))
		}
		g.objects = append(g.objects, array.ToLua(p.L, a))
	}
	for _, o := range g.objects {
		g.fill(o)
	}
	vs := make([]lua.LValue, rapid.IntRange(0, 4).Draw(t, "values"))
	for i := range vs {
		vs[i] = g.value()
	}
	return vs
}

func (g *graph) fill(o lua.LValue) {
	switch o := o.(type) {
	case *lua.LTable:
		for range rapid.IntRange(0, 12).Draw(g.t, "list") {
			o.Append(g.value())
		}
		for range rapid.IntRange(0, 5).Draw(g.t, "entries") {
			if k := g.value(); k != lua.LNil && k == k {
				g.set(o, k)
			}
		}
		for range rapid.IntRange(0, 3).Draw(g.t, "removed") {
			if n := o.MaxN(); n > 0 {
				o.RawSetInt(rapid.IntRange(1, n).Draw(g.t, "hole"), lua.LNil)
			}
		}
		if v, ok := g.value().(*lua.LTable); ok && rapid.Bool().Draw(g.t, "metatable") {
			o.Metatable = v
		}
	case *lua.LFunction:
		for i := range o.Upvalues {
			if rapid.Bool().Draw(g.t, "set") {
				o.Upvalues[i].SetValue(g.value())
			}
		}
	}
}

// set puts an entry as Lua code would.
func (g *graph) set(t *lua.LTable, k lua.LValue) {
	if n, ok := k.(lua.LNumber); ok && (math.IsNaN(float64(n)) || n > 1000 && n < lua.LNumber(lua.MaxArrayIndex)) {
		return // no key, or one that makes the test slow
	}
	t.RawSet(k, g.value())
}

func (g *graph) value() lua.LValue {
	t := g.t
	switch n := rapid.IntRange(0, 9).Draw(t, "sort"); {
	case n < 4 && len(g.objects) > 0:
		return g.objects[rapid.IntRange(0, len(g.objects)-1).Draw(t, "object")]
	case n < 5:
		return lua.LNumber(math.Float64frombits(rapid.Uint64().Draw(t, "bits")))
	case n < 7:
		return lua.LNumber(rapid.Int32().Draw(t, "integer"))
	case n < 8:
		return lua.LString(rapid.SliceOf(rapid.Byte()).Draw(t, "text"))
	case n < 9:
		return lua.LBool(rapid.Bool().Draw(t, "boolean"))
	}
	return lua.LNil
}

func TestRoundTripKeepsGraphs(t *testing.T) {
	rapid.Check(t, keepsGraphs(t))
}

func FuzzGraphs(f *testing.F) {
	f.Fuzz(rapid.MakeFuzz(keepsGraphs(f)))
}

// keepsGraphs checks that a graph of values arrives as it was, on another
// process and as a copy.
func keepsGraphs(t testing.TB) func(*rapid.T) {
	a, b := newProcess(t, 1), newProcess(t, 2)
	return func(r *rapid.T) {
		vs := drawGraph(r, a)
		if d := differ(vs, a.send(r, b, vs...)); d != "" {
			r.Fatal(d)
		}
		copied, err := a.Copy(a.L, "", vs...)
		if err != nil {
			r.Fatal(err)
		}
		c, d := compare(vs, copied)
		if d != "" {
			r.Fatalf("Copy: %s", d)
		}
		if len(c.same) > 0 {
			r.Fatalf("Copy shares %v", c.same)
		}
		for x, y := range c.there {
			x, okX := array.To(nilOr(x))
			y, okY := array.To(nilOr(y))
			if okX && okY && x.Len() > 0 && &x.Bytes()[0] == &y.Bytes()[0] {
				r.Fatal("Copy shares an array's memory")
			}
		}
	}
}

func nilOr(x any) lua.LValue {
	if v, ok := x.(lua.LValue); ok {
		return v
	}
	return lua.LNil
}

// The comparison itself must see what it is for.
func TestDiffer(t *testing.T) {
	p := newProcess(t, 1)
	for _, pair := range [][2]string{
		{`return {1}`, `return {2}`}, {`return {1}`, `return {1, 2}`}, {`local t = {} return {t, t}`, `return {{}, {}}`},
		{`return {{}, {}}`, `local t = {} return {t, t}`}, {`return 0`, `return -1`}, {`return {x = 1}`, `return {y = 1}`},
		{`return setmetatable({}, {})`, `return {}`}, {`local t = {} t.t = t return t`, `return {t = {t = {}}}`},
		{`local a = 1 return function() return a end`, `local a = 2 return function() return a end`},
		{`local a = 1 return {function() return a end, function() return a end}`,
			`local a, b = 1, 1 return {function() return a end, function() return b end}`},
	} {
		if differ(p.eval(t, "a.lua", pair[0]), p.eval(t, "a.lua", pair[1])) == "" {
			t.Errorf("no difference seen between %s and %s", pair[0], pair[1])
		}
	}
}

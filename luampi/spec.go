package luampi

import (
	"math"
	"reflect"
	"slices"
	"unsafe"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/args"
	"github.com/mpiclus/mpiclus-lua/internal/array"
	"github.com/mpiclus/mpiclus-lua/internal/lua51/vm"
	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
	"github.com/mpiclus/mpiclus-lua/internal/mpi/table"
	"github.com/mpiclus/mpiclus-lua/internal/nearest"
)

// layoutOf is where the data of a type lies in memory, in bytes.
type layoutOf struct {
	extent   int // from one element to the next
	low, end int // of the data of one element
	size     int // bytes of data of one element
	content  content
}

// layoutOfElements returns that of the elements of arrays of a type.
func layoutOfElements(t array.Type) *layoutOf {
	return &layoutOf{extent: t.Size(), end: t.Size(), size: t.Size(), content: content{of: t, known: true}}
}

// typeLayout asks MPI for the layout of a type, once.
func (m *module) typeLayout(L *lua.LState, h *handle) *layoutOf {
	if h.layout != nil {
		return h.layout
	}
	ask := func(name string) (int, int, uint64) {
		c := m.s.NewCall(name)
		defer c.Release()
		c.S[table.SlotX] = h.value
		if err := m.do(L, c); err != nil {
			luaerr.Raise(L, luaerr.From(err))
		}
		return int(int64(c.S[table.SlotR])), int(int64(c.S[table.SlotR+1])), c.S[table.SlotR]
	}
	_, extent, _ := ask("Type_get_extent")
	low, span, _ := ask("Type_get_true_extent")
	_, _, basic := ask("own_basic")
	l := &layoutOf{extent: extent, low: low, end: low + span, content: m.basics[basic]}
	if l.size, _, _ = ask("Type_size"); l.size == 0 { // no data: the bounds that libraries return then mean nothing
		l.low, l.end = 0, 0
	}
	h.layout = l
	return l
}

// dense reports whether n elements leave no gap.
func (l *layoutOf) dense(n int) bool {
	return l.end-l.low == l.size && (n <= 1 || l.extent == l.size)
}

// reach returns the bytes from the first to the last that n elements touch,
// from the address that MPI gets.
func (l *layoutOf) reach(n int) (low, end int) {
	if n == 0 {
		return 0, 0
	}
	last, ok := times(n-1, l.extent)
	if !ok {
		return -farthest, farthest
	}
	return min(l.low, last+l.low), max(l.end, last+l.end)
}

// farthest is a number of bytes that no memory has. Sums of a few such numbers do
// not overflow an int.
const farthest = 1 << 60

// times multiplies; ok is false where the product is beyond farthest.
func times(a, b int) (product int, ok bool) {
	if f := float64(a) * float64(b); math.Abs(f) > farthest {
		return 0, false
	}
	return a * b, true
}

// spec reads {array, count, type, offset = n}: elements of any type in the
// memory of an array, from element offset on (from 0).
func (x *call) spec(i int, t *lua.LTable) buffer {
	a, ok := array.To(vm.GetInt(t, 1))
	if !ok {
		if _, isUser := vm.GetInt(t, 1).(*lua.LUserData); isUser {
			x.arg(i, "array expected first in {array, count, type}, got %s", args.Kind(vm.GetInt(t, 1)))
		}
		x.arg(i, "array expected, got table%s", x.hint())
	}
	x.refuseStrangers(i, t)
	field := func(n int, name string) lua.LValue {
		if v := t.RawGetString(name); v != lua.LNil {
			return v
		}
		if n == 0 {
			return lua.LNil
		}
		return vm.GetInt(t, n)
	}
	offset := 0
	if v := field(0, "offset"); v != lua.LNil {
		if offset = x.whole(i, v, "offset"); offset < 0 || offset > a.Len() {
			x.arg(i, "offset %d is not in the array of %d", offset, a.Len())
		}
	}
	size := a.Type().Size()
	room := (a.Len() - offset) * size
	if explicitNil(t) {
		x.arg(i, "the third of {array, count, type} is nil: name a type, as in {a, n, mpi.DOUBLE}, or leave it out, as in {a, n}")
	}
	b := buffer{arr: a, typ: x.m.types[a.Type()], count: a.Len() - offset, content: content{of: a.Type(), known: true}}
	l := layoutOfElements(a.Type())
	if v := field(3, "type"); v != lua.LNil {
		h := x.datatype(i, v)
		b.derived, b.typed, b.typ = true, true, h.value
		l = x.m.typeLayout(x.L, h)
		b.layout, b.content = l, l.content
		x.onMemory(i, l.content, a)
		if b.count = 0; l.extent > 0 {
			b.count = room / l.extent
		}
	}
	if v := field(2, "count"); v != lua.LNil {
		if b.count = x.whole(i, v, "count"); b.count < 0 {
			x.arg(i, "the count is negative (%d)", b.count)
		}
	}
	x.countFits(i, b.count)
	if low, end := l.reach(b.count); low < -offset*size || end > room {
		x.arg(i, "%d elements of the type reach from byte %d to %d of an array that has %d there", b.count, low, end, room)
	}
	if raw := a.Bytes(); len(raw) > 0 && offset < a.Len() {
		b.address = unsafe.Pointer(&raw[offset*size])
	}
	return b
}

// refuseStrangers raises where {array, count, type, offset = n} has a member that
// means nothing: a misspelt one would leave its default in force.
func (x *call) refuseStrangers(i int, t *lua.LTable) {
	known := []string{"count", "offset", "type"}
	vm.ForEach(t, func(k, _ lua.LValue) {
		switch k := k.(type) {
		case lua.LNumber:
			if k >= 1 && k <= 3 && k == lua.LNumber(int(k)) {
				return
			}
		case lua.LString:
			if slices.Contains(known, string(k)) {
				return
			}
			if near := nearest.Name(string(k), known); near != "" {
				x.arg(i, "{array, count, type} has no member '%s': did you mean '%s'?", string(k), near)
			}
		}
		x.arg(i, "{array, count, type, offset = n} has no member %s", args.Show(k))
	})
}

// explicitNil reports whether a list was written as {a, n, t} where t is nil: it
// has a place for a third entry, which is nil. What the list is for a script
// does not tell that apart from {a, n}, what it is in memory does.
func explicitNil(t *lua.LTable) bool {
	places := reflect.ValueOf(t).Elem().FieldByName("array")
	return places.IsValid() && places.Kind() == reflect.Slice && places.Len() > 2 && vm.GetInt(t, 3) == lua.LNil && t.RawGetString("type") == lua.LNil
}

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
	"github.com/mpiclus/mpiclus-lua/internal/mpi/table"
	"github.com/mpiclus/mpiclus-lua/internal/nearest"
)

// isArray reports whether a value can stand for an array argument.
func (x *call) isArray(v lua.LValue) bool {
	if t, ok := v.(*lua.LTable); ok {
		v = vm.GetInt(t, 1) // {array, count, type}
	}
	return object[array.Array](v) != nil || v == x.m.inPlace
}

// buffer reads an array argument; nil is missing.
func (x *call) buffer(i int, v lua.LValue) (b buffer) {
	if v == lua.LNil {
		b.missing = true
		return b
	}
	if t, ok := v.(*lua.LTable); ok {
		return x.spec(i, t)
	}
	if a, ok := array.To(v); ok {
		if !a.Contiguous() {
			return x.viewBuffer(i, a)
		}
		return x.arrayBuffer(i, a)
	}
	if v != x.m.inPlace {
		x.arg(i, "array expected, got %s%s", args.Kind(v), x.hint())
	}
	b.inPlace = true
	return b
}

func (x *call) arrayBuffer(i int, a *array.Array) buffer {
	x.countFits(i, a.Len())
	return buffer{arr: a, address: addressOf(a.Bytes()), count: a.Len(), typ: x.m.types[a.Type()], content: content{of: a.Type(), known: true}}
}

// newBuffer makes the array of n elements that a call returns, of the type of the
// array that it sends.
func (x *call) newBuffer(i int, n int) buffer {
	if x.send.inPlace {
		x.arg(i, "array expected: IN_PLACE has what to send there")
	}
	t := x.send.arr.Type()
	if x.send.derived && !x.send.view && !(x.send.layout.plain() && x.send.content.of == t) {
		x.arg(i, "array expected: one is made only where what is sent are elements of an array")
	}
	x.countFits(i, n)
	x.refuse(i, array.TooLarge(t, n))
	return x.arrayBuffer(i, array.New(t, n))
}

// packed refuses an array whose elements do not follow one another in memory.
func (x *call) packed(i int, a *array.Array) {
	if !a.Contiguous() {
		x.arg(i, "the elements of the %s, a strided view, do not follow one another in memory: give a:copy()", a.Kind())
	}
}

// countFits refuses numbers of elements that no count of MPI holds.
func (x *call) countFits(i, n int) {
	if n > math.MaxInt32 {
		x.arg(i, "%d elements are more than MPI's counts hold (%d): send views of it", n, math.MaxInt32)
	}
}

// hint names the lower-case twin in the error of a value that is no array.
func (x *call) hint() string {
	name := x.row.Name
	twin := string(name[0]|0x20) + name[1:]
	if _, ok := table.ByName[twin]; ok && twin != name {
		return "; mpi." + twin + " takes any value"
	}
	return ""
}

// set puts a buffer into the slots of its side. What is received into is what the call
// returns.
func (x *call) set(slotOf int, b *buffer, count int) {
	s := x.c.S
	if b.inPlace {
		s[slotOf] = x.m.inPlace.Value.(*special).value
	} else {
		s[slotOf] = x.c.Hold(b.address)
	}
	s[slotOf+1] = slot(count)
	s[slotOf+2] = b.typ
	if b.arr != nil {
		x.c.Bytes += count * max(b.unit, 1) * b.arr.Type().Size()
	}
	if slotOf == table.SlotRecv {
		x.out = b.arr
		if b.behind != nil {
			x.out = b.behind
		}
	}
}

// need raises unless the buffer is there.
func (x *call) need(i int, b *buffer, inPlaceToo bool) {
	if b.missing {
		x.arg(i, "array expected, got nil%s", x.hint())
	}
	if b.inPlace && !inPlaceToo {
		x.arg(i, "IN_PLACE is not allowed here")
	}
	if b.inPlace && x.comm.Inter {
		x.arg(i, "IN_PLACE is not for inter-communicators")
	}
}

// wholeArray refuses {array, count, type}: the call takes the memory of an array.
func (x *call) wholeArray() {
	x.packed(0, x.send.arr)
	if x.send.derived || x.send.address != addressOf(x.send.arr.Bytes()) || x.send.count != x.send.arr.Len() {
		x.arg(0, "array expected, or a view of one: the call takes all of its memory")
	}
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
	x.packed(i, a)
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

// onMemory checks the type of {array, count, type} against the array.
func (x *call) onMemory(i int, c content, a *array.Array) {
	t := a.Type()
	if c.liesIn(t) {
		return
	}
	if !c.known {
		x.arg(i, "the type has elements that a %s array has not: give a uint8 array as its memory", t)
	}
	x.arg(i, "the type has %s elements, the array %s: convert it with a:to(\"%s\"), or give a uint8 array as the type's memory", c.of, t, c.of)
}

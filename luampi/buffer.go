package luampi

import (
	"math"
	"unsafe"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/args"
	"github.com/mpiclus/mpiclus-lua/internal/array"
	"github.com/mpiclus/mpiclus-lua/internal/lua51/vm"
	"github.com/mpiclus/mpiclus-lua/internal/mpi/table"
)

// buffer is an array argument: address, count and type as MPI takes them.
type buffer struct {
	arr     *array.Array
	address unsafe.Pointer
	count   int
	typ     uint64
	inPlace bool
	missing bool
	derived bool // the type is not the array's own
	typed   bool // the script named a type
	content content
	layout  *layoutOf // of a type that the script named, nil for elements of the array
}

// addressOf returns where a list begins in memory, nil if it has no entries.
func addressOf[T any](list []T) unsafe.Pointer {
	if len(list) == 0 {
		return nil
	}
	return unsafe.Pointer(unsafe.SliceData(list))
}

// begin returns how many bytes of the array lie before what is meant.
func (b *buffer) begin() uint64 {
	if len(b.arr.Bytes()) == 0 {
		return 0
	}
	return uint64(uintptr(b.address) - uintptr(addressOf(b.arr.Bytes())))
}

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
	if x.send.derived && !(x.send.layout.plain() && x.send.content.of == t) {
		x.arg(i, "array expected: one is made only where what is sent are elements of an array")
	}
	x.countFits(i, n)
	x.refuse(i, array.TooLarge(t, n))
	return x.arrayBuffer(i, array.New(t, n))
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
		x.c.Bytes += count * b.arr.Type().Size()
	}
	if slotOf == table.SlotRecv {
		x.out = b.arr
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

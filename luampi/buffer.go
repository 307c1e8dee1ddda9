package luampi

import (
	"unsafe"

	"github.com/mpiclus/mpiclus-lua/internal/array"
)

// buffer is an array argument: address, count and type as MPI takes them.
type buffer struct {
	arr     *array.Array
	address unsafe.Pointer
	count   int
	typ     uint64
	inPlace bool
	missing bool
	derived bool         // the type is not the array's own
	typed   bool         // the script named a type
	view    bool         // of a strided array, which the type is made for
	unit    int          // elements of the array in one of the type; 0 counts as 1, and is so in all but views
	behind  *array.Array // the strided array that the memory is a copy of
	content content
	layout  *layoutOf // of a type that the script named, nil for elements of the array
}

// elements returns how many elements of the array there are.
func (b *buffer) elements() int { return b.count * max(b.unit, 1) }

// alike reports whether two buffers have the same elements, whatever lies between
// them.
func (b *buffer) alike(c *buffer) bool {
	return b.typ == c.typ || b.ofArray() && c.ofArray() && b.content == c.content
}

// ofArray reports whether the elements are those of an array.
func (b *buffer) ofArray() bool { return b.arr != nil && (!b.derived || b.view) }

// begin returns how many bytes of the array lie before what is meant.
func (b *buffer) begin() uint64 {
	if len(b.arr.Bytes()) == 0 {
		return 0
	}
	return uint64(uintptr(b.address) - uintptr(addressOf(b.arr.Bytes())))
}

// span is a piece of memory: its first byte, and the one after its last.
type span struct{ from, to uintptr }

func (s span) meets(t span) bool {
	return s.from < s.to && t.from < t.to && s.from < t.to && t.from < s.to
}

// has reports whether an address is in the memory.
func (s span) has(p unsafe.Pointer) bool { return uintptr(p) >= s.from && uintptr(p) < s.to }

func memoryOf(a *array.Array) span {
	from, to := a.Memory()
	return span{from, to}
}

// addressOf returns where a list begins in memory, nil if it has no entries.
func addressOf[T any](list []T) unsafe.Pointer {
	if len(list) == 0 {
		return nil
	}
	return unsafe.Pointer(unsafe.SliceData(list))
}

// elementSpan returns the memory of n elements of an array from one on; none if they are
// of a type with gaps.
func elementSpan(b *buffer, first, n int) span {
	if b.derived {
		return typeSpan(b.address, b.layout, first*b.layout.extent, n)
	}
	size := b.arr.Type().Size()
	from := uintptr(b.address) + uintptr(first*size)
	return span{from, from + uintptr(n*size)}
}

// typeSpan returns the memory of n elements of a type that begin some bytes after an
// address; none if they leave gaps.
func typeSpan(address unsafe.Pointer, l *layoutOf, after, n int) span {
	if !l.dense(n) {
		return span{}
	}
	low, end := l.reach(n)
	return span{uintptr(int(uintptr(address)) + after + low), uintptr(int(uintptr(address)) + after + end)}
}

package luampi

import (
	"unsafe"

	"github.com/mpiclus/mpiclus-lua/internal/array"
	"github.com/mpiclus/mpiclus-lua/internal/mpi/table"
)

// span is a piece of memory: its first byte, and the one after its last.
type span struct{ from, to uintptr }

func (s span) meets(t span) bool {
	return s.from < s.to && t.from < t.to && s.from < t.to && t.from < s.to
}

// has reports whether an address is in the memory.
func (s span) has(p unsafe.Pointer) bool { return uintptr(p) >= s.from && uintptr(p) < s.to }

func memoryOf(a *array.Array) span {
	raw := a.Bytes()
	from := uintptr(unsafe.Pointer(unsafe.SliceData(raw)))
	return span{from, from + uintptr(len(raw))}
}

// refuseOverlap raises when the call would write to memory that it reads
// (MPI 3.1, section 2.3): libraries then give wrong results in silence.
func (x *call) refuseOverlap() {
	s, r := &x.send, &x.recv
	if s.arr == nil || r.arr == nil || !memoryOf(s.arr).meets(memoryOf(r.arr)) || x.readsNothing() || !x.overlaps() {
		return
	}
	i, cure := x.argOf(table.SlotSend), "copy one of them"
	if x.row.Takes(table.RootSendN, table.RootSendV) { // a Scatter, where what is received may be IN_PLACE
		i = x.argOf(table.SlotRecv)
	}
	switch {
	case x.row.Class == table.Coll && !x.comm.Inter && !x.ofNeighbours():
		cure = "pass mpi.IN_PLACE here"
	case x.row.Name == "Sendrecv":
		cure = "use mpi.Sendrecv_replace"
	}
	x.arg(i, "the arrays to send from and to receive into share memory: %s", cure)
}

// readsNothing reports whether the op is NO_OP, which leaves the origin alone.
func (x *call) readsNothing() bool { return x.op != nil && x.op.name == "NO_OP" }

// overlaps reports whether what is read and what is written have a byte in
// common. Of types with gaps it knows only that each meets itself.
func (x *call) overlaps() bool {
	s, r := &x.send, &x.recv
	if (s.derived || r.derived) && s.address == r.address && s.typ == r.typ && s.count > 0 && r.count > 0 {
		return true
	}
	var written, read []span
	for i := range x.row.Args {
		switch memory := kinds[x.row.Args[i].Kind].memory; {
		case memory == nil:
		case x.row.Args[i].Slot == table.SlotRecv:
			written = memory(x)
		default:
			read = memory(x)
		}
	}
	for _, w := range written {
		for _, r := range read {
			if w.meets(r) {
				return true
			}
		}
	}
	return false
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

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
	i, cure := x.arrayArg(), "copy one of them"
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
	if s.derived || r.derived {
		return s.address == r.address && s.typ == r.typ && s.count > 0 && r.count > 0
	}
	var written, read []span
	for i := range x.row.Args {
		switch kind := x.row.Args[i].Kind; kind {
		case table.SendV, table.RootSendV:
			read = x.partSpans(s, table.SlotSCounts)
		case table.RecvV, table.RootRecvV:
			written = x.partSpans(r, table.SlotRCounts)
		case table.SendW, table.RecvW:
			return false // each part may have a type with gaps
		case table.Reduced, table.RootReduced, table.ExReduced:
			written = []span{elementSpan(r, 0, min(r.count, s.count))}
		case table.BlockReduced, table.PartReduced:
			written = []span{elementSpan(r, 0, int(int32(x.c.S[table.SlotRecv+1])))}
		case table.Recv, table.RecvN, table.RootRecvN:
			written = []span{elementSpan(r, 0, r.count)}
		case table.Send, table.SendN, table.RootSendN, table.Reduce:
			read = []span{elementSpan(s, 0, s.count)}
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

// elementSpan returns the memory of n elements of an array from one on.
func elementSpan(b *buffer, first, n int) span {
	size := b.arr.Type().Size()
	from := uintptr(b.address) + uintptr(first*size)
	return span{from, from + uintptr(n*size)}
}

// partSpans returns the memory of the parts of an array that lists of counts and
// displacements cut it into.
func (x *call) partSpans(b *buffer, countsSlot int) []span {
	counts, displs := x.counts(countsSlot), x.counts(countsSlot+1)
	spans := make([]span, len(counts))
	for r := range counts {
		spans[r] = elementSpan(b, int(displs[r]), int(counts[r]))
	}
	return spans
}

// arrayArg returns the array argument that may be IN_PLACE: what is sent, but in
// a Scatter what is received.
func (x *call) arrayArg() int {
	scatters := false
	for i := range x.row.Args {
		switch kind := x.row.Args[i].Kind; {
		case kind == table.RootSendN || kind == table.RootSendV:
			scatters = true
		case kind.IsArray() && (!scatters || kind == table.Recv):
			return i
		}
	}
	return 0
}

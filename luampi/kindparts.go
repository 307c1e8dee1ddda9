package luampi

import (
	"unsafe"

	"github.com/mpiclus/mpiclus-lua/internal/array"
	"github.com/mpiclus/mpiclus-lua/internal/mpi/table"
)

var partKinds = family{
	table.SendN:     {read: (*call).readSendN, memory: (*call).sentMemory},
	table.RecvN:     {read: (*call).readRecvN, memory: (*call).receivedMemory, skips: (*call).noArray},
	table.RootSendN: {read: givesOnRoot((*call).readDealtN), memory: (*call).sentMemory},
	table.RootRecvN: {read: takesOnRoot((*call).readRecvN), memory: (*call).receivedMemory, skips: (*call).noArray},
	table.SendV:     {read: (*call).readSendV, memory: (*call).sentParts},
	table.RecvV:     {read: (*call).readRecvV, memory: (*call).receivedParts, skips: (*call).noArray},
	table.RootSendV: {read: givesOnRoot((*call).readDealtV), memory: (*call).sentParts},
	table.RootRecvV: {read: takesOnRoot((*call).readRecvV), memory: (*call).receivedParts, skips: (*call).noArray},
	table.SendW:     {read: (*call).readSendW, memory: (*call).sentTypes},
	table.RecvW:     {read: (*call).readRecvW, memory: (*call).receivedTypes},
}

// givesOnRoot reads an array to send from that has a meaning on the root only.
func givesOnRoot(read func(x *call, i int)) func(x *call, i int) {
	return func(x *call, i int) {
		if x.root {
			read(x, i)
			return
		}
		x.send = buffer{typ: x.m.types[array.Uint8]}
		x.set(table.SlotSend, &x.send, 0)
	}
}

// takesOnRoot reads an array to receive into that has a meaning on the root only.
func takesOnRoot(read func(x *call, i int)) func(x *call, i int) {
	return func(x *call, i int) {
		switch {
		case x.root:
			read(x, i)
			return
		case x.send.inPlace:
			x.arg(0, "IN_PLACE is for the root only")
		}
		x.recv = buffer{typ: x.send.typ}
		x.set(table.SlotRecv, &x.recv, 0)
	}
}

// parts returns the elements of each part of an array.
func (x *call) parts(i int, b *buffer, receives bool) int {
	n := x.places(receives)
	if n == 0 {
		return 0
	}
	if b.count%n != 0 {
		x.arg(i, "%d elements cannot be cut in %d equal parts", b.count, n)
	}
	return b.count / n
}

func (x *call) readSendN(i int) {
	x.send = x.partBuffer(i, x.at[i], false)
	x.need(i, &x.send, true)
	count := 0
	if !x.send.inPlace {
		count = x.parts(i, &x.send, false)
	}
	x.set(table.SlotSend, &x.send, count)
}

// readRecvN reads an array that takes one part from each rank; a missing one
// is made.
func (x *call) readRecvN(i int) {
	x.recv = x.partBuffer(i, x.at[i], true)
	part, n := int(int32(x.c.S[table.SlotSend+1])), x.places(true)
	if x.recv.missing {
		if n > 0 && x.base() == "Neighbor_alltoall" && x.comm.Out == 0 && !x.send.inPlace {
			x.arg(i, "array expected: nothing that this rank sends tells how long the parts are that it gets")
		}
		x.recv = x.newBuffer(i, part*n*max(x.send.unit, 1))
	}
	x.need(i, &x.recv, false)
	count := x.parts(i, &x.recv, true)
	switch {
	case !x.ofNeighbours():
	case n == 0: // Open MPI neither sends nor receives where one of both counts is 0, even of no parts
		count, x.recv.typ, x.recv.address = part, x.send.typ, nowhere()
	case x.comm.Out == 0 && x.base() == "Neighbor_alltoall":
		part = count
		x.c.S[table.SlotSend], x.c.S[table.SlotSend+1], x.c.S[table.SlotSend+2] = x.c.Hold(nowhere()), slot(count), x.recv.typ
	}
	if part *= max(x.send.unit, 1); !x.send.inPlace && x.send.alike(&x.recv) && count != part && n > 0 && !x.comm.Inter {
		x.arg(i, "array of %d elements expected for %d from each of %d ranks, got %d", part*n, part, n, x.recv.count)
	}
	x.set(table.SlotRecv, &x.recv, count)
}

// nowhere returns an address for parts of which there are none: MPICH refuses one of
// nil where there is a count.
func nowhere() unsafe.Pointer { return unsafe.Pointer(new(int64)) }

// readDealtN reads what a Scatter deals out.
func (x *call) readDealtN(i int) {
	x.readSendN(i)
	if x.send.inPlace {
		x.arg(i, "IN_PLACE is for the receive array here")
	}
}

// readDealtV reads what a Scatterv deals out.
func (x *call) readDealtV(i int) {
	x.readSendV(i)
	if x.send.inPlace {
		x.arg(i, "IN_PLACE is for the receive array here")
	}
}

// readV reads an array that is cut in parts of given counts.
func (x *call) readV(i int, slotOf int, b *buffer) {
	counts, displs := x.lists[slotOf-table.SlotSCounts], x.lists[slotOf+1-table.SlotSCounts]
	end := 0
	for r, n := range counts {
		if n > 0 {
			end = max(end, int(displs[r])+int(n))
		}
	}
	if b.missing {
		*b = x.newBuffer(i, end)
	}
	if !b.inPlace && b.count < end {
		x.arg(i, "array of at least %d elements expected (greatest displacement + count), got %d", end, b.count)
	}
}

func (x *call) readSendV(i int) {
	x.send = x.partBuffer(i, x.at[i], false)
	x.need(i, &x.send, x.collective())
	x.readV(i, table.SlotSCounts, &x.send)
	x.set(table.SlotSend, &x.send, x.send.count)
}

func (x *call) readRecvV(i int) {
	x.recv = x.partBuffer(i, x.at[i], true)
	x.readV(i, table.SlotRCounts, &x.recv)
	x.need(i, &x.recv, false)
	if counts := x.counts(table.SlotRCounts); x.row.Args[0].Kind == table.Send && len(counts) == x.comm.Size && !x.send.inPlace && !x.comm.Inter &&
		x.send.alike(&x.recv) && int(counts[x.comm.Rank]) != x.send.elements() {
		x.arg(0, "array of %d elements expected, as the counts say, got %d", counts[x.comm.Rank], x.send.elements())
	}
	x.set(table.SlotRecv, &x.recv, x.recv.count)
}

// readW reads an array whose parts have types of their own: counts,
// displacements in bytes and types must lie inside.
func (x *call) readW(i int, b *buffer, countsSlot int, types []*handle) {
	counts, displs := x.counts(countsSlot), x.counts(countsSlot+1)
	*b = x.buffer(i, x.at[i])
	if b.inPlace || b.arr == nil {
		return
	}
	x.packed(i, b.arr)
	bytes := len(b.arr.Bytes())
	for r, n := range counts {
		low, end := x.m.typeLayout(x.L, types[r]).reach(int(n))
		if low+int(displs[r]) < 0 || end+int(displs[r]) > bytes {
			x.arg(i, "the part of rank %d reaches from byte %d to %d of an array of %d", r, low+int(displs[r]), end+int(displs[r]), bytes)
		}
	}
}

func (x *call) readSendW(i int) {
	x.readW(i, &x.send, table.SlotSCounts, x.stypes)
	x.need(i, &x.send, true)
	x.set(table.SlotSend, &x.send, 0)
}

func (x *call) readRecvW(i int) {
	x.readW(i, &x.recv, table.SlotRCounts, x.rtypes)
	x.need(i, &x.recv, false)
	x.compareOwnPart()
	x.set(table.SlotRecv, &x.recv, 0)
}

func (x *call) sentParts() []span { return x.partSpans(&x.send, table.SlotSCounts) }

func (x *call) receivedParts() []span { return x.partSpans(&x.recv, table.SlotRCounts) }

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

func (x *call) sentTypes() []span { return x.typeSpans(&x.send, table.SlotSCounts, x.stypes) }

func (x *call) receivedTypes() []span { return x.typeSpans(&x.recv, table.SlotRCounts, x.rtypes) }

// typeSpans does that for parts that have types of their own.
func (x *call) typeSpans(b *buffer, countsSlot int, types []*handle) []span {
	counts, displs := x.counts(countsSlot), x.counts(countsSlot+1)
	spans := make([]span, len(counts))
	for r := range counts {
		spans[r] = typeSpan(b.address, x.m.typeLayout(x.L, types[r]), int(displs[r]), int(counts[r]))
	}
	return spans
}

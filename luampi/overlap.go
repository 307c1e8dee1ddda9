package luampi

import (
	"github.com/mpiclus/mpiclus-lua/internal/mpi/table"
)

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

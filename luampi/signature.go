package luampi

import (
	"github.com/mpiclus/mpiclus-lua/internal/mpi/table"
)

// compareTypes raises when what a call sends and what it receives are of
// different types: MPI would copy the bytes. Where they go to and come from
// other ranks only, an explicit type says that this is meant.
func (x *call) compareTypes() {
	s, r := &x.send, &x.recv
	if s.arr == nil || r.arr == nil || x.readsNothing() || s.count == 0 || r.count == 0 || s.content.matches(r.content) || !x.exchanges() {
		return
	}
	i := x.argOf(table.SlotRecv)
	if own := x.row.Class == table.Coll && !x.ofNeighbours() || x.win != nil; own || !s.typed && !r.typed {
		cure := ""
		if !own {
			cure = ", or, where the other rank does send that, say {a, count, type}"
		}
		x.arg(i, "%s array expected as the one to send from, got %s: convert it with a:to(\"%s\")%s", s.content, r.content, s.content, cure)
	}
}

// readsNothing reports whether the op is NO_OP, which leaves the origin alone.
func (x *call) readsNothing() bool { return x.op != nil && x.op.name == "NO_OP" }

// exchanges reports whether the call moves elements as they are from one array
// to the other, and not into another representation.
func (x *call) exchanges() bool {
	if x.comm != nil && x.comm.Inter || x.row.Takes(table.SendW) { // each part has a type of its own
		return false
	}
	return x.row.Takes(table.Source2, table.Win, table.Comm) && (x.row.Class != table.Local || x.win != nil)
}

// compareOwnPart compares the types of what this rank sends to itself in an
// Alltoallw.
func (x *call) compareOwnPart() {
	if x.stypes == nil || x.rtypes == nil || x.send.inPlace || x.comm.Inter || x.ofNeighbours() {
		return
	}
	rank := x.comm.Rank
	if x.counts(table.SlotSCounts)[rank] == 0 || x.counts(table.SlotRCounts)[rank] == 0 {
		return
	}
	s, r := x.m.typeLayout(x.L, x.stypes[rank]).content, x.m.typeLayout(x.L, x.rtypes[rank]).content
	if !s.matches(r) {
		x.arg(x.argOf(table.SlotRecv), "the part of rank %d is sent as %s and received as %s", rank, s, r)
	}
}

package luampi

import (
	"github.com/mpiclus/mpiclus-lua/internal/array"
	"github.com/mpiclus/mpiclus-lua/internal/mpi"
	"github.com/mpiclus/mpiclus-lua/internal/mpi/table"
)

// content is what the elements of a type are: those of a type of arrays, bytes
// without a meaning, or else some other type of MPI, or several.
type content struct {
	of    array.Type
	known bool // of holds
	bytes bool // fits all
}

// basicNames are MPI's names of the elements of arrays beside typeNames.
var basicNames = map[string]array.Type{
	"CHAR": array.Int8, "SIGNED_CHAR": array.Int8, "UNSIGNED_CHAR": array.Uint8, "SHORT": array.Int16, "UNSIGNED_SHORT": array.Uint16,
	"INT": array.Int32, "UNSIGNED": array.Uint32, "LONG": array.Int64, "UNSIGNED_LONG": array.Uint64,
	"LONG_LONG": array.Int64, "UNSIGNED_LONG_LONG": array.Uint64, "AINT": array.Int64, "OFFSET": array.Int64, "COUNT": array.Int64,
	"TWOINT": array.Int32,
}

// contents returns what each basic type stands for in arrays.
func contents() map[uint64]content {
	all := map[uint64]content{mpi.Constant("BYTE"): {bytes: true}, mpi.Constant("PACKED"): {bytes: true}}
	for name, t := range basicNames {
		all[mpi.Constant(name)] = content{of: t, known: true}
	}
	for t, name := range typeNames {
		all[mpi.Constant(name)] = content{of: t, known: true}
	}
	return all
}

// matches reports whether what the one sends, the other can receive.
func (c content) matches(d content) bool { return c.bytes || d.bytes || c == d }

func (c content) String() string {
	switch {
	case c.known:
		return c.of.String()
	case c.bytes:
		return "bytes"
	}
	return "other"
}

// liesIn reports whether elements of the content can lie in memory of a type of
// arrays. Bytes are memory for anything.
func (c content) liesIn(t array.Type) bool {
	return t == array.Uint8 || t == array.Int8 || c.bytes || c.known && (c.of == t || c.of == halves[t])
}

// halves are the complex types, whose memory is that of twice as many floats.
var halves = map[array.Type]array.Type{array.Complex64: array.Float32, array.Complex128: array.Float64}

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

// plain reports whether a type is one element without gaps, or that of the
// array itself.
func (l *layoutOf) plain() bool {
	return l == nil || l.low == 0 && l.end == l.extent && l.content.known && l.extent == l.content.of.Size()
}

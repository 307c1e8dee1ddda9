package luampi

import (
	"fmt"
	"slices"
	"strings"

	"github.com/mpiclus/mpiclus-lua/internal/mpi/table"
	"github.com/mpiclus/mpiclus-lua/internal/spans"
)

// stand is what a rank tells of a collective that it is about to make.
type stand struct {
	Call       string
	Root       int    // or noRoot
	Op         string // "SUM"; "" where there is none
	Send, Recv amount // of each part where an array is cut in parts
	Where      string // "job.lua:14"
}

// amount is how much a rank sends or receives; none at all where Bytes is notSaid.
type amount struct {
	Count, Bytes int64
	Type         string // of the elements, "" where they fit all
}

const (
	noRoot        = -1 << 30
	notSaid int64 = -1
)

// stand tells of the call, whose arguments were read.
func (x *call) stand() *stand {
	s := &stand{Call: x.row.Name, Root: noRoot, Op: x.opText(), Where: x.Where(), Send: amount{Bytes: notSaid}, Recv: amount{Bytes: notSaid}}
	if x.row.Takes(table.Root) {
		s.Root = int(int32(x.c.S[table.SlotRoot]))
	}
	sends := !x.send.inPlace
	switch x.row.Name {
	case "Bcast":
		s.Send = x.amount(table.SlotSend, &x.send)
	case "Reduce", "Allreduce", "Scan", "Exscan": // in place the slots are those of what is received
		b := &x.send
		if !sends {
			b = &x.recv
		}
		s.Send = x.amount(table.SlotSend, b)
	case "Reduce_scatter_block":
		s.Recv = x.amount(table.SlotRecv, &x.recv)
	case "Allgather", "Alltoall", "Gather", "Scatter":
		if sends && (x.row.Name != "Scatter" || x.root) {
			s.Send = x.amount(table.SlotSend, &x.send)
		}
		if !x.recv.inPlace && (x.row.Name != "Gather" || x.root) {
			s.Recv = x.amount(table.SlotRecv, &x.recv)
		}
	}
	return s
}

// opText names the op of a reduction.
func (x *call) opText() string {
	switch {
	case x.op == nil:
		return ""
	case x.op.name != "":
		return x.op.name
	case x.op.plugin != nil:
		return x.op.plugin.Name()
	}
	return "an op of the script"
}

// amount reads how much an array is that was put into slots.
func (x *call) amount(slotOf int, b *buffer) amount {
	n, typ := int64(int32(x.c.S[slotOf+1])), x.c.S[slotOf+2]
	a := amount{Count: n, Bytes: notSaid}
	size, of := 0, x.m.basics[typ]
	if t, ok := x.m.elements[typ]; ok {
		size = t.Size()
	} else if b.layout != nil {
		size, of = b.layout.size, b.layout.content
	} else {
		return a
	}
	if a.Bytes = n * int64(size); of.known && n > 0 {
		a.Type = of.String()
	}
	return a
}

// pairs returns how many bytes this rank sends to each, and expects from each, where
// lists of counts say that; nil for other calls.
func (x *call) pairs() (give, take []int64) {
	n, me := x.comm.Size, x.comm.Rank
	fill := func(v int64) []int64 { return slices.Repeat([]int64{v}, n) }
	give, take = fill(notSaid), fill(notSaid)
	size := func(slotOf int, b *buffer) int64 {
		if t, ok := x.m.elements[x.c.S[slotOf+2]]; ok {
			return int64(t.Size())
		} else if b.layout != nil {
			return int64(b.layout.size)
		}
		return notSaid
	}
	list := func(to []int64, slotOf int, each int64) {
		if counts := x.counts(slotOf); each > 0 && len(counts) == n {
			for r := range n {
				to[r] = int64(counts[r]) * each
			}
		}
	}
	sends, receives := size(table.SlotSend, &x.send), size(table.SlotRecv, &x.recv)
	if x.send.inPlace {
		sends = notSaid
	}
	one := func(slotOf int, each int64) int64 {
		if each < 0 {
			return notSaid
		}
		return int64(int32(x.c.S[slotOf+1])) * each
	}
	root := int(int32(x.c.S[table.SlotRoot]))
	switch x.row.Name {
	case "Gatherv":
		if give[root] = one(table.SlotSend, sends); x.root {
			list(take, table.SlotRCounts, receives)
		}
	case "Scatterv":
		if !x.recv.inPlace {
			take[root] = one(table.SlotRecv, receives)
		}
		if x.root {
			list(give, table.SlotSCounts, sends)
		}
	case "Allgatherv":
		give = fill(one(table.SlotSend, sends))
		list(take, table.SlotRCounts, receives)
	case "Alltoallv":
		list(give, table.SlotSCounts, sends)
		list(take, table.SlotRCounts, receives)
	case "Reduce_scatter":
		list(give, table.SlotRCounts, receives)
		take = fill(give[me])
	default:
		return nil, nil
	}
	return give, take
}

// String shows the call: "Bcast(root=0, 8 float64)".
func (s *stand) String() string {
	var words []string
	if s.Root != noRoot {
		words = append(words, fmt.Sprintf("root=%d", s.Root))
	}
	if s.Op != "" {
		words = append(words, "op="+s.Op)
	}
	if s.Send.Bytes != notSaid {
		words = append(words, s.Send.String())
	}
	if s.Recv.Bytes != notSaid {
		words = append(words, "receives "+s.Recv.String())
	}
	return fmt.Sprintf("%s(%s) at %s", s.Call, strings.Join(words, ", "), s.Where)
}

func (a amount) String() string {
	if a.Type == "" {
		return fmt.Sprintf("%d bytes", a.Bytes)
	}
	return fmt.Sprintf("%d %s", a.Count, a.Type)
}

// differ tells how the stands of the ranks differ, "" if they do not: by the rules of
// MPI 3.1, chapter 5, on what must be the same on all ranks.
func differ(stands []stand) string {
	first := &stands[0]
	for i := range stands {
		if s := &stands[i]; s.Call != first.Call || s.Root != first.Root || s.Op != first.Op {
			return sides(stands)
		}
	}
	var all []amount
	for r := range stands {
		s := &stands[r]
		for _, a := range []amount{s.Send, s.Recv} {
			if a.Bytes != notSaid {
				all = append(all, a)
			}
		}
	}
	for _, a := range all[min(1, len(all)):] {
		if a.Bytes != all[0].Bytes || a.Type != "" && all[0].Type != "" && a.Type != all[0].Type {
			return sides(stands)
		}
	}
	return ""
}

// sides lists the calls with the ranks that make them, equal ones once.
func sides(stands []stand) string {
	var texts []string
	ranks := map[string][]int{}
	for r := range stands {
		text := stands[r].String()
		if ranks[text] == nil {
			texts = append(texts, text)
		}
		ranks[text] = append(ranks[text], r)
	}
	for i, text := range texts {
		texts[i] = spans.Named("rank", ranks[text]) + ": " + text
	}
	return strings.Join(texts, "; ")
}

// describePair tells of a rank that sends another amount than one expects.
func describePair(stands []stand, from, to int, sends, expects uint64) string {
	return fmt.Sprintf("rank %d: %s sends %d bytes to rank %d; rank %d: %s expects %d bytes", from, &stands[from], sends, to, to, &stands[to], expects)
}

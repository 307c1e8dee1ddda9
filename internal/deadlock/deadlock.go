// Package deadlock finds ranks that wait for each other for ever, by what each of them
// says that it is at. It says so only where nothing can end the wait: a rank that
// computes, waits for something else than MPI, has just begun its call, or does not
// answer, may do anything next.
//
//	for _, text := range deadlock.Find(ranks, mpiCallsFor) {
//		fmt.Println(text)
//	}
//
// Ranks tell at different moments. So a call counts when it has been running for longer
// than all of them took to tell: then all such calls were running at one time.
package deadlock

import (
	"time"

	"github.com/mpiclus/mpiclus-lua/internal/protocol"
)

// Rank is what is known of one rank of a job.
type Rank struct {
	protocol.Where
	// Known says that it has told where it is.
	Known bool
	// Over says that it takes no part in the chunk that runs, or no more, and that
	// nothing else gives it work while that goes on.
	Over bool
	// Serves says that its main task does nothing but wait for the work of others.
	Serves bool
}

// Find returns a text for each deadlock among the ranks of a job, and for each collective
// that ranks call differently. Calls that have been running for less than least are taken
// for such as go on.
func Find(ranks []Rank, least time.Duration) []string {
	g := &graph{ranks: ranks, least: least, live: make([]bool, len(ranks))}
	g.settle()
	told := map[int]bool{} // ranks that a text tells of
	texts := g.differing(told)
	texts = append(texts, g.cycles(told)...)
	texts = append(texts, g.missing(told)...)
	return append(texts, g.unsent(told)...)
}

// graph says which ranks can go on.
type graph struct {
	ranks []Rank
	least time.Duration
	live  []bool
}

// settle finds the ranks that can go on: those that nothing holds, and those that wait for
// what such a rank may do, until there are no more.
func (g *graph) settle() {
	for change := true; change; {
		change = false
		for r := range g.ranks {
			if !g.live[r] && g.goesOn(r) {
				g.live[r], change = true, true
			}
		}
	}
}

// goesOn reports whether one of the tasks of a rank can go on.
func (g *graph) goesOn(r int) bool {
	rank := &g.ranks[r]
	switch {
	case !rank.Known || rank.Cut:
		return true
	case len(rank.Calls) == 0 && len(g.outside(r)) == 0:
		return !rank.Over
	case len(g.outside(r)) > 0:
		return true
	}
	for i := range rank.Calls {
		if g.ends(r, &rank.Calls[i]) {
			return true
		}
	}
	return false
}

// outside lists the tasks of a rank that are in no call of MPI and may begin one.
func (g *graph) outside(r int) (tasks []*protocol.Task) {
	rank := &g.ranks[r]
	calls := map[string]int{}
	for _, c := range rank.Calls {
		calls[c.Task]++
	}
	for i := range rank.Tasks {
		t := &rank.Tasks[i]
		switch {
		case calls[t.Task] > 0:
			calls[t.Task]--
		case rank.Serves && t.Main && t.State == protocol.StateWaiting:
		default:
			tasks = append(tasks, t)
		}
	}
	return tasks
}

// ends reports whether a call of a rank can come to its end.
func (g *graph) ends(r int, c *protocol.Pending) bool {
	if c.Since < g.least || c.Task == "" {
		return true
	}
	if !c.Begun { // when the one that keeps the library ends
		for i := range g.ranks[r].Calls {
			if g.ranks[r].Calls[i].Native && g.ranks[r].Calls[i].Begun {
				return false
			}
		}
		return true
	}
	for i := range c.Waits {
		if g.comes(r, &c.Waits[i]) == c.Any {
			return c.Any
		}
	}
	return len(c.Waits) == 0 || !c.Any
}

// comes reports whether what a rank waits for can come.
func (g *graph) comes(r int, o *protocol.Operation) bool {
	if o.Sends || o.Receives {
		if o.Comm == 0 || o.Peer == protocol.None {
			return true
		}
		for _, peer := range g.peers(o) {
			if g.live[peer] && peer != r || g.meets(r, o, peer) {
				return true
			}
		}
		return false
	}
	return o.Comm == 0 || o.Size == 0 || len(g.absent(r, o)) == 0
}

// peers are the ranks that a message may come from or goes to.
func (g *graph) peers(o *protocol.Operation) []int {
	if o.Peer != protocol.Any {
		if o.Peer < 0 || o.Peer >= len(g.ranks) {
			return nil
		}
		return []int{o.Peer}
	}
	return g.members(o)
}

// members are the ranks of the communicator of an operation.
func (g *graph) members(o *protocol.Operation) (list []int) {
	for i := range min(o.Size, len(g.ranks)) {
		rank := i
		if i < len(o.Ranks) {
			rank = int(o.Ranks[i])
		}
		if rank >= 0 && rank < len(g.ranks) {
			list = append(list, rank)
		}
	}
	return list
}

// operations lists what a rank has begun and what is not over.
func (g *graph) operations(r int) (list []*protocol.Operation) {
	rank := &g.ranks[r]
	for i := range rank.Open {
		list = append(list, &rank.Open[i])
	}
	for i := range rank.Calls {
		for k := range rank.Calls[i].Waits {
			if rank.Calls[i].Begun {
				list = append(list, &rank.Calls[i].Waits[k])
			}
		}
	}
	return list
}

// meets reports whether a peer has begun the other side of a message of rank r.
func (g *graph) meets(r int, o *protocol.Operation, peer int) bool {
	for _, other := range g.operations(peer) {
		if faces(r, o, other) && sameComm(o, other) && sameTag(o, other) {
			return true
		}
	}
	return false
}

// faces reports whether an operation of a peer is the other side of one of rank r, but
// for communicator and tag.
func faces(r int, o, other *protocol.Operation) bool {
	return (o.Sends && other.Receives || o.Receives && other.Sends) && (other.Peer == r || other.Peer == protocol.Any || other.Peer == protocol.None)
}

func sameComm(a, b *protocol.Operation) bool {
	return a.Comm == b.Comm || b.Comm == 0 || family(a) == family(b) && (a.Comm|b.Comm)&protocol.BulkBit != 0 // what is announced has no tag of its own
}

func sameTag(a, b *protocol.Operation) bool {
	return a.Tag == b.Tag || a.Tag < 0 || b.Tag < 0 || (a.Comm|b.Comm)&protocol.BulkBit != 0
}

// family is a number of a communicator and its duplicates.
func family(o *protocol.Operation) uint64 { return o.Comm >> protocol.CommBits }

// absent lists the ranks that have not entered a collective of rank r, and cannot.
func (g *graph) absent(r int, o *protocol.Operation) (list []int) {
	for _, m := range g.members(o) {
		if m != r && !g.live[m] && !g.entered(m, o) {
			list = append(list, m)
		}
	}
	return list
}

// entered reports whether a rank is in a collective, or in a later one.
func (g *graph) entered(m int, o *protocol.Operation) bool {
	for _, other := range g.operations(m) {
		if other.Comm == o.Comm && other.Nth >= o.Nth {
			return true
		}
	}
	return false
}

package mpi

// #include "engine.h"
import "C"

import (
	"runtime"
	"sync/atomic"
	"time"
	"unsafe"

	"github.com/mpiclus/mpiclus-lua/internal/mpi/table"
)

// CallRecord tells of a call that is running: who is stuck where.
type CallRecord struct {
	Call   string // "Recv"
	Peer   int    // rank of the other side, or NoRank
	Tag    int    // of a message with that peer, or NoRank
	Root   int    // or NoRank
	Bytes  int
	Number uint64        // by which a later look knows that it is the same call
	Native bool          // sits in C and cannot leave
	Begun  bool          // MPI has it; else another call of this process is inside
	Since  time.Duration // for so long
	Where  string        // "job.lua:14", "" for calls of the engine's own
	Task   string        // "mpido 3", likewise
	Comm   string        // name of a constant, "COMM_WORLD"; "" for another, and where it has none
	// Waits are the operations that it waits for the end of: all of them, or one
	// with Any. There are none where nothing is known of what would end it.
	Waits    []Operation
	Any      bool
	Requests int // that it waits for
}

// Operation is a message that is on its way, or is to come, or a collective that is
// begun, as one rank sees it.
type Operation struct {
	Call string
	// Sends and Receives say what a message does; a collective does neither.
	Sends, Receives bool
	Peer            int // rank of the job that a message goes to or comes from, or AnyRank, or NoRank: not known
	Tag             int // or AnyRank, or NoRank: of no meaning
	Root            int // of a collective, rank of the communicator, or NoRank
	Nth             uint64
	// Comm is a number of the communicator that all of its ranks have, 0: not
	// known. Its duplicates for the lower-case calls differ from it in the lowest bits.
	Comm  uint64
	Name  string // of the communicator, if it is a constant
	Group *Group
}

// NoRank stands for a peer, tag or root that a call does not have, or that is not
// known; in a CallRecord a wildcard is ANY_SOURCE or ANY_TAG of the library.
const NoRank = -1 << 30

// AnyRank is the wildcard in an Operation.
const AnyRank = -2

// Pending lists what runs in MPI now, or waits for it, longer than some
// microseconds. It may be called from any goroutine and waits for nothing
// that could be held.
func (s *Session) Pending() []CallRecord {
	var list []CallRecord
	for _, c := range *s.all.Load() {
		for c.state.Load() == beingRead {
			runtime.Gosched()
		}
		if !c.state.CompareAndSwap(running, beingRead) {
			continue
		}
		list = append(list, c.describe())
		c.state.Store(running)
	}
	return list
}

// Open lists the operations of requests that are not complete, most at the most. cut
// says that there are more, or that nobody can tell now. It may be called from any
// goroutine and waits for nothing.
func (s *Session) Open(most int) (list []Operation, cut bool) {
	for try := 0; !s.requestsMu.TryLock(); try++ {
		if try == patienceOpen {
			return nil, true
		}
		runtime.Gosched()
	}
	defer s.requestsMu.Unlock()
	for _, r := range append(s.alive.All()[:len(s.alive.All()):len(s.alive.All())], s.orphans.All()...) {
		if state := r.State(); state == Lost || state == Idle || state == Done {
			continue
		}
		operations := r.operations()
		if len(list)+len(operations) > most {
			return list, true
		}
		list = append(list, operations...)
	}
	return list, s.taken > 0
}

// patienceOpen is how often Open looks whether it may read the list of requests.
const patienceOpen = 1000

// Made returns how many calls were ever made: they are used again and again, so
// it does not grow with the number of messages.
func (s *Session) Made() int { return len(*s.all.Load()) }

var ownRecv = table.ByName["own_recv"]

func (c *Call) describe() CallRecord {
	r := CallRecord{
		Call: c.Name(), Peer: NoRank, Tag: NoRank, Root: NoRank, Bytes: c.Bytes, Number: c.number, Native: c.native, Since: time.Since(clock) - c.since,
		Begun: atomic.LoadInt32((*int32)(unsafe.Pointer(&c.f.phase))) != C.MPICLUS_NEW,
	}
	for _, a := range c.Row.Args {
		switch a.Kind {
		case table.Dest, table.Source:
			r.Peer = int(int32(c.S[a.Slot]))
		case table.Tag, table.AnyTag:
			if c.Row != ownRecv { // which has a number of the engine there
				r.Tag = int(int32(c.S[a.Slot]))
			}
		case table.Root:
			r.Root = int(int32(c.S[a.Slot]))
		case table.Comm:
			r.Comm = c.s.shownOf(c.S[a.Slot]).name
		}
	}
	if c.Caller != nil {
		r.Where, r.Task = c.Caller.Where(), c.Caller.Task()
	}
	if len(c.claims) == 0 {
		what := c.traits()
		r.Waits = what.operations(c.s, r.Call)
		return r
	}
	r.Any = c.f.waits == C.MPICLUS_WAIT_ANY || c.f.waits == C.MPICLUS_WAIT_SOME
	r.Requests = len(c.claims)
	for _, q := range c.claims {
		r.Waits = append(r.Waits, q.operations()...)
	}
	return r
}

// traits is what of the slots of a call tells whom it waits for.
type traits struct {
	row                             *table.Call
	comm, nth                       uint64
	peer, tag, peer2, tag2, theRoot int32
}

func (c *Call) traits() traits {
	return traits{
		c.Row, c.S[table.SlotComm], atomic.LoadUint64((*uint64)(unsafe.Pointer(&c.f.nth))),
		int32(c.S[table.SlotPeer]), int32(c.S[table.SlotTag]), int32(c.S[table.SlotPeer2]), int32(c.S[table.SlotTag2]), int32(c.S[table.SlotRoot]),
	}
}

func (r *Request) operations() []Operation { return r.what.operations(r.s, r.Row.Name) }

// operations are the two messages of a Sendrecv, one of other calls; none where it is
// not known for whom a call waits.
func (t *traits) operations(s *Session, name string) (list []Operation) {
	if t.row == nil {
		return nil
	}
	on := s.shownOf(t.comm)
	op := Operation{Call: name, Peer: NoRank, Tag: NoRank, Root: NoRank, Comm: on.id, Name: on.name, Group: on.group}
	if t.nth != 0 {
		op.Nth = t.nth
		if t.row.Takes(table.Root) {
			op.Root = int(t.theRoot)
		}
		return []Operation{op}
	}
	message := func(sends bool, peer, tag int32) {
		if peer == int32(Int("PROC_NULL")) {
			return
		}
		m := op
		m.Sends, m.Receives, m.Peer, m.Tag = sends, !sends, on.group.job(peer), int(tag)
		switch {
		case t.row == ownRecv:
			m.Tag = AnyRank // the number of a value
		case tag == int32(Int("ANY_TAG")):
			m.Tag = AnyRank
		}
		list = append(list, m)
	}
	for i := range t.row.Args {
		switch t.row.Args[i].Kind {
		case table.Dest:
			message(true, t.peer, t.tag)
		case table.Source:
			message(false, t.peer, t.tag)
		case table.Source2:
			message(false, t.peer2, t.tag2)
		}
	}
	return list
}

// job returns the rank of the job that a peer is.
func (g *Group) job(peer int32) int {
	switch {
	case peer == int32(Int("ANY_SOURCE")):
		return AnyRank
	case g == nil || peer < 0 || int(peer) >= g.Size:
		return NoRank
	case g.Ranks == nil:
		return int(peer)
	}
	return int(g.Ranks[peer])
}

package mpi

// #include "engine.h"
import "C"

import (
	"slices"

	"github.com/mpiclus/mpiclus-lua/internal/mpi/table"
)

// HasRequests reports whether a request is of the communicator that does not survive
// its end: one that still needs a duplicate of it or, with Open MPI, any that MPI has
// not done with. Open MPI looks for the error handler of a request that failed in its
// communicator after it has freed the request, which may be the last that keeps a
// communicator that was freed.
func (s *Session) HasRequests(c *Comm) bool {
	s.requestsMu.Lock()
	defer s.requestsMu.Unlock()
	return s.hasRequests(c, s.counted[c.id])
}

// hasRequests is HasRequests with the counts that the communicator has, or had
// when it was freed. requestsMu is held.
func (s *requests) hasRequests(c *Comm, n *counts) bool {
	if c.id == 0 { // nothing is counted on it
		return false
	}
	const openMPI = C.MPICLUS_OPEN_MPI != 0
	ofComm := func(r *Request) bool {
		return (openMPI || r.Row == ownIrecv || r.Row == rowIdup) && r.on != nil && r.on.id>>C.MPICLUS_ID_BITS == c.id>>C.MPICLUS_ID_BITS
	}
	return s.taken > 0 || openMPI && n != nil && n.persistent > 0 ||
		slices.ContainsFunc(s.alive.All(), ofComm) || slices.ContainsFunc(s.orphans.All(), ofComm)
}

// countsOf returns the counts of a communicator. requestsMu is held.
func (s *requests) countsOf(id uint64) *counts {
	if id == 0 {
		return nil
	}
	if last := s.lastCounted; last != nil && last.id == id {
		return last
	}
	n := s.counted[id]
	if n == nil {
		n = &counts{id: id}
		if s.counted == nil {
			s.counted = map[uint64]*counts{}
		}
		s.counted[id] = n
	}
	s.lastCounted = n
	return n
}

// forgetCounts ends those of a communicator and its duplicates.
func (s *requests) forgetCounts(id uint64) {
	s.requestsMu.Lock()
	defer s.requestsMu.Unlock()
	for _, id := range []uint64{id, id | C.MPICLUS_ID_SHADOW, id | C.MPICLUS_ID_BULK} {
		delete(s.counted, id)
	}
	s.lastCounted = nil
}

// countReceived counts the message that a request has got. requestsMu is held.
func (s *requests) countReceived(r *Request) {
	s.received.Add(1)
	if r.on != nil {
		r.on.received++
	}
}

// received tells whether a receive that is complete has got a message.
func (r *Request) received() bool {
	if r.Status.c.MPI_SOURCE == C.MPI_PROC_NULL {
		return false
	}
	if !r.cancelled {
		return true
	}
	var flag C.int
	C.MPI_Test_cancelled(&r.Status.c, &flag)
	return flag == 0
}

// countLater notes how a persistent request counts each time it is started.
func (r *Request) countLater(c *Call) {
	for i := range c.Row.Args {
		switch c.Row.Args[i].Kind {
		case table.Dest:
			r.sends = true
			r.toNull = int32(c.S[table.SlotPeer]) == int32(Int("PROC_NULL"))
		case table.Source:
			r.receives = true
		}
	}
}

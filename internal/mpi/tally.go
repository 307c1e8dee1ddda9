package mpi

// #include "engine.h"
import "C"

import "time"

// Standing is what a rank tells of the operations of its scripts since the
// world was made. What all ranks tell decides whether something was left in
// it: see Clean.
type Standing struct {
	// Open says that this rank itself has something that is not over: a wait
	// that was left, a request, or calls of which no count can tell.
	Open           bool
	Busy           bool   // a call waits in MPI now
	Sent, Received uint64 // messages
	Begun          uint64 // collectives on COMM_WORLD
	Balance        uint64 // of collectives (tally.h)
}

// Standing tells that. A world in which a call sits in MPI is open. It may
// wait for a moment, so the interpreter must not be held.
func (s *Session) Standing() Standing {
	for n := s.norphans.Load(); n > 0; n -= sweepAtOnce { // a look at each
		s.Sweep()
	}
	open := s.dirty.Load() || s.Alive() > 0
	if !s.lockWithin(standingWait) {
		return Standing{Open: true, Busy: true}
	}
	defer s.unlock()
	st := s.Tally()
	st.Open = st.Open || open
	st.Busy = len(s.Pending()) > 0
	return st
}

// Tally tells how the counts are, whether another call is inside of MPI or not. It
// waits for nothing.
func (s *Session) Tally() Standing {
	t := C.mpiclus_counts()
	return Standing{
		Open:     t.apart > 0,
		Sent:     uint64(t.sent) + s.sent.Load(),
		Received: uint64(t.received) + s.received.Load(),
		Begun:    uint64(t.begun),
		Balance:  uint64(t.balance),
	}
}

// standingWait is how long another call may be inside of MPI that sits there.
const standingWait = 200 * time.Millisecond

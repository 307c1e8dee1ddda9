package mpi

import (
	"sync"
	"sync/atomic"

	"github.com/mpiclus/mpiclus-lua/internal/mpi/table"
)

// trash is what the garbage collector found: objects that MPI still has.
// They are freed between calls, since only who is inside of MPI may do it.
type trash struct {
	trashMu sync.Mutex
	frees   []freeing
	some    atomic.Bool
}

type freeing struct {
	call  string
	value uint64
}

// FreeLater has an object freed by a local call of the table that takes its
// handle. It may be called from any goroutine.
func (s *Session) FreeLater(call string, value uint64) {
	s.trashMu.Lock()
	s.frees = append(s.frees, freeing{call, value})
	s.trashMu.Unlock()
	s.some.Store(true)
}

// sweepAtOnce bounds what one sweep does.
const sweepAtOnce = 8

// Sweep frees some of the trash, and completes some orphans, if MPI is not in
// use. It waits for nothing, so it may be called with the interpreter held.
func (s *Session) Sweep() {
	if s.some.Load() {
		s.sweepTrash()
	}
	if s.norphans.Load() > 0 {
		s.sweepOrphans()
	}
}

func (s *Session) sweepTrash() {
	s.trashMu.Lock()
	frees := s.frees[:min(sweepAtOnce, len(s.frees))]
	s.frees = s.frees[len(frees):]
	s.some.Store(len(s.frees) > 0)
	s.trashMu.Unlock()
	for _, f := range frees {
		c := s.NewCall(f.call)
		c.S[table.SlotX] = f.value
		if !c.Try() {
			s.FreeLater(f.call, f.value)
		}
		c.letGo()
		s.put(c)
	}
}

func (s *Session) sweepOrphans() {
	for _, r := range s.takeOrphans(sweepAtOnce) {
		if !s.finished(r) {
			s.giveOrphan(r)
		}
	}
}

// finished looks whether an orphan is complete.
func (s *Session) finished(r *Request) bool {
	if r.handle == nullRequest || r.persists && !r.started {
		r.dropValue()
		if r.handle != nullRequest {
			s.FreeLater("own_request_free", r.handle)
			r.ended()
		}
		r.state.Store(int32(Done))
		return true
	}
	c := s.NewCall("Test")
	defer func() {
		c.letGo()
		s.put(c)
	}()
	c.test(One, r)
	if !c.Try() {
		c.StopWaiting()
		return false
	}
	c.CompleteOne(r)
	return s.finished(r)
}

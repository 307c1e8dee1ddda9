package mpi

import (
	"sync"
	"sync/atomic"

	"github.com/mpiclus/mpiclus-lua/internal/mpi/table"
)

// trash is what the garbage collector found: objects that MPI still has.
// They are freed between calls, since only who holds the MPI lock may do it.
type trash struct {
	trashMu sync.Mutex
	frees   []freeing
	orphans []*Request
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

// Orphan takes over a request that no script can wait for any more: it is
// completed by and by. It may be called from any goroutine.
func (s *Session) Orphan(r *Request) {
	s.trashMu.Lock()
	s.orphans = append(s.orphans, r)
	s.trashMu.Unlock()
	s.some.Store(true)
}

// Sweep frees some of the trash if MPI is not in use. It waits for nothing, so
// it may be called with the interpreter held.
func (s *Session) Sweep() {
	const atOnce = 8
	if !s.some.Load() || s.nops.Load() > 0 {
		return // with reductions in Lua about, any visit to MPI may call back
	}
	s.trashMu.Lock()
	frees := s.frees[:min(atOnce, len(s.frees))]
	s.frees = s.frees[len(frees):]
	orphans := s.orphans[:min(atOnce, len(s.orphans))]
	s.orphans = s.orphans[len(orphans):]
	s.some.Store(len(s.frees)+len(s.orphans) > 0)
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
	for _, r := range orphans {
		if !s.finished(r) {
			s.Orphan(r)
		}
	}
}

// finished looks whether an orphan is complete.
func (s *Session) finished(r *Request) bool {
	if r.lost {
		return true
	}
	if !r.Active() {
		r.dropValue()
		if r.persists && r.handle != nullRequest {
			s.FreeLater("own_request_free", r.handle)
			r.ended()
		}
		return true
	}
	c := s.NewCall("Test")
	defer func() {
		c.letGo()
		s.put(c)
	}()
	c.AwaitRequests(One, []*Request{r})
	if !c.Try() {
		c.StopWaiting()
		return false
	}
	c.CompleteOne(r)
	return s.finished(r)
}

package mpi

// #include "engine.h"
import "C"

import (
	"context"
	"slices"
	"sync"
	"sync/atomic"
	"unsafe"

	"github.com/mpiclus/mpiclus-lua/internal/mpi/table"
)

// trash is what the garbage collector found: objects that MPI still has.
// They are freed between calls, since only who is inside of MPI may do it.
type trash struct {
	trashMu sync.Mutex
	frees   []freeing
	some    atomic.Bool
	owned   map[freeing]int         // what the script still has, as often as it does
	epochs  func(win uint64) Epochs // of SetEpochs; nil where no script has windows
	shared  []freeing               // windows and files, which all of their ranks free together, in the order in which they were made
}

type freeing struct {
	call  string
	value uint64
}

// Own notes an object that the script has from now on, and the local call that
// frees it: FreeLater does, or Disown says that the script did, or the end.
func (s *Session) Own(call string, value uint64) {
	s.trashMu.Lock()
	defer s.trashMu.Unlock()
	if s.owned == nil {
		s.owned = map[freeing]int{}
	}
	s.owned[freeing{call, value}]++
}

// Disown says that the script has freed an object, or given it to FreeLater.
func (s *Session) Disown(call string, value uint64) {
	s.trashMu.Lock()
	defer s.trashMu.Unlock()
	f := freeing{call, value}
	if s.owned[f] > 1 {
		s.owned[f]--
	} else {
		delete(s.owned, f)
	}
}

// OwnShared notes a window or a file, which a collective call frees: EndShared says
// that the script did, or the end does.
func (s *Session) OwnShared(call string, value uint64) {
	s.trashMu.Lock()
	defer s.trashMu.Unlock()
	s.shared = append(s.shared, freeing{call, value})
}

// EndShared says that the script has freed a window or a file.
func (s *Session) EndShared(call string, value uint64) {
	s.trashMu.Lock()
	defer s.trashMu.Unlock()
	if i := slices.Index(s.shared, freeing{call, value}); i >= 0 {
		s.shared = slices.Delete(s.shared, i, i+1)
	}
}

// freeShared frees the windows and files that are left. All of their ranks do it in
// the order in which they were made, which is the same for any two ranks, since
// making them is collective: a library that frees them by its own numbers may do
// it in another order on each rank, and waits for ever.
func (s *Session) freeShared() {
	s.trashMu.Lock()
	left := s.shared
	s.shared = nil
	s.trashMu.Unlock()
	for _, f := range left {
		if f.call == "Win_free" && s.epochs != nil {
			s.endEpochs(f.value, s.epochs(f.value))
		}
	}
	for _, f := range left {
		c := s.NewCall(f.call)
		c.native, c.f.barrier = true, 0
		c.S[table.SlotWin], c.S[table.SlotX] = f.value, f.value
		_ = c.Wait(context.Background())
		c.letGo()
		s.put(c)
	}
}

// Epochs are those of a window that are open (MPI 3.1, section 11.5).
type Epochs struct {
	LockedAll bool
	Locked    []int32 // ranks
	Started   bool
	Posted    bool
}

// SetEpochs says who knows which epochs of a window, by its handle, are open. Those of
// the windows that are left are ended at the end.
func (s *Session) SetEpochs(of func(win uint64) Epochs) { s.epochs = of }

func (s *Session) endEpochs(win uint64, e Epochs) {
	s.lock()
	defer s.unlock()
	C.mpiclus_end_epochs(*(*C.MPI_Win)(unsafe.Pointer(&win)), flagOf(e.LockedAll),
		(*C.int)(unsafe.SliceData(e.Locked)), C.int(len(e.Locked)), flagOf(e.Started), flagOf(e.Posted))
}

// freeAll frees what is left at the end: MPICH tells of each object that it
// finds then.
func (s *Session) freeAll() {
	s.trashMu.Lock()
	for f, times := range s.owned {
		for range times {
			s.frees = append(s.frees, f)
		}
	}
	s.owned = nil
	n := len(s.frees)
	s.trashMu.Unlock()
	for ; n > 0; n -= sweepAtOnce {
		s.sweepTrash()
	}
}

// FreeLater has an object freed by a local call of the table that takes its
// handle. It may be called from any goroutine.
func (s *Session) FreeLater(call string, value uint64) {
	s.Disown(call, value)
	s.throw(freeing{call, value})
}

func (s *Session) throw(f freeing) {
	s.trashMu.Lock()
	s.frees = append(s.frees, f)
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
			s.throw(f)
		}
		c.letGo()
		s.put(c)
	}
}

func (s *Session) sweepOrphans() {
	for _, r := range s.takeOrphans(sweepAtOnce) {
		s.giveOrphan(r, s.finished(r))
	}
}

// finished looks whether an orphan is complete.
func (s *Session) finished(r *Request) bool {
	if r.handle == nullRequest || r.persists && !r.started {
		r.dropValue()
		if r.handle != nullRequest {
			s.FreeLater(freeRequest, r.handle)
			s.requestsMu.Lock()
			r.ended()
			s.requestsMu.Unlock()
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

package mpi

/*
#include <stdlib.h>
#include "engine.h"
*/
import "C"

import (
	"runtime"
	"slices"
	"time"
	"unsafe"

	"github.com/mpiclus/mpiclus-lua/internal/mpi/table"
)

// settle ends what was left, on all ranks in the same rounds, and returns the
// ids of the communicators of which nothing is left, and of those that a
// persistent request of some rank is of. The MPI lock is held.
func (s *Session) settle() (clean, held map[uint64]bool, err error) {
	var before uint64
	for round, still := 0, 0; ; round++ {
		s.settleRound(round == 0)
		all, err := s.exchange()
		if err != nil {
			return nil, nil, err
		}
		clean, held, rest := judge(all)
		if rest == 0 || still == patience {
			return clean, held, nil
		}
		if rest == before {
			still++
			time.Sleep(settlePause)
		} else {
			still = 0
		}
		before = rest
	}
}

// settleRound ends what it can on this rank; receives are cancelled once.
func (s *Session) settleRound(first bool) {
	C.mpiclus_settle_begin()
	for _, c := range *s.all.Load() { // first: a request that its task takes meanwhile is among the requests then
		C.mpiclus_not_detached(c.f)
	}
	s.settleCalls(first)
	s.settleRequests(first)
	C.mpiclus_drain()
	for _, c := range *s.all.Load() {
		C.mpiclus_stays_open(c.f)
	}
}

// settleCalls ends calls whose wait was left, and uses them again.
func (s *Session) settleCalls(first bool) {
	s.mu.Lock()
	left := s.left
	s.left = nil
	s.mu.Unlock()
	for _, c := range left {
		if C.mpiclus_settle(c.f, flagOf(first)) != 0 {
			c.letGo()
			s.put(c)
		} else {
			s.keep(c)
		}
	}
}

// settleRequests ends requests that nobody has in hand.
func (s *Session) settleRequests(first bool) {
	s.requestsMu.Lock()
	defer s.requestsMu.Unlock()
	for s.taken > 0 { // a sweep has orphans in hand; it gives them back at once, since it finds MPI in use
		s.requestsMu.Unlock()
		runtime.Gosched()
		s.requestsMu.Lock()
	}
	for len(s.orphans.All()) > 0 {
		r := s.orphans.All()[0]
		s.orphans.Remove(r)
		s.alive.Add(r)
	}
	s.norphans.Store(0)
	for _, r := range slices.Clone(s.alive.All()) {
		if r.lose() {
			r.settling = true
		}
		switch {
		case r.settling && s.settleRequest(r, first):
			s.alive.Remove(r)
		case r.on != nil && (r.settling || r.State() != Lost):
			C.mpiclus_open_id(C.uint64_t(r.on.id))
		}
	}
}

// lose gives up a request unless a call has it in hand, and reports whether it
// did. A task that runs meanwhile and claims the request either comes first, or
// is told that the request was given up. requestsMu is held.
func (r *Request) lose() bool {
	for _, from := range []State{Idle, Active, Orphan} {
		if r.state.CompareAndSwap(int32(from), int32(Lost)) {
			r.atWork = r.handle != nullRequest && (!r.persists || from == Active || r.started)
			return true
		}
	}
	return false
}

// settleRequest reports whether a request is over now. The script is told that
// it was given up: it may have come to its end by being cancelled.
func (s *Session) settleRequest(r *Request, first bool) bool {
	handle := r.handle
	if r.atWork {
		var st C.MPI_Status
		cancel := C.int(0)
		if first && r.cancels() && !r.cancelled {
			cancel = 1
			r.cancelled = true
		}
		if C.mpiclus_settle_request((*C.MPI_Request)(unsafe.Pointer(&r.handle)), cancel, &st) == 0 {
			return false
		}
		r.Status = Status{st}
		if r.receives && !r.fromNull && r.received() {
			s.countReceived(r)
		}
	}
	if r.persists {
		s.Disown(freeRequest, handle)
	}
	if r.handle != nullRequest { // a persistent one that did not fail
		C.mpiclus_free_request((*C.MPI_Request)(unsafe.Pointer(&r.handle)))
	}
	r.dropValue()
	r.ended()
	r.settling = false
	return true
}

// cancels reports whether the request is of a receive and nothing else, which
// MPI can cancel.
func (r *Request) cancels() bool {
	if r.Row == ownIrecv {
		return true
	}
	for i := range r.Row.Args {
		if r.Row.Args[i].Kind == table.Dest {
			return false
		}
	}
	return r.receives
}

// giveUp gives up the requests that are not complete: they, and the memory
// that MPI may touch, stay for good. So do calls whose wait was left.
func (s *Session) giveUp() {
	s.mu.Lock()
	s.lost = append(s.lost, s.left...)
	s.left = nil
	s.mu.Unlock()
	s.requestsMu.Lock()
	defer s.requestsMu.Unlock()
	for _, r := range s.alive.All() {
		r.state.Store(int32(Lost))
		r.settling = false
		if r.persists {
			s.Disown(freeRequest, r.handle)
		}
	}
	s.worlds = uint64(C.mpiclus_worlds)
	s.counted, s.lastCounted = nil, nil
	s.sent.Store(0)
	s.received.Store(0)
	C.mpiclus_forget_values()
}

// standing is what a rank knows of a communicator: numbers of which MPI
// carries a list.
type standing struct{ id, size, sent, received, balance, open, held uint64 }

// exchange returns what each rank knows of its communicators, to all ranks.
func (s *Session) exchange() ([]standing, error) {
	var mine []standing
	s.requestsMu.Lock()
	for _, k := range known() {
		here := standing{
			id: uint64(k.id), size: uint64(k.size), sent: uint64(k.sent), received: uint64(k.received),
			balance: uint64(k.balance), open: uint64(k.left | k.open),
		}
		if n := s.counted[here.id]; n != nil {
			here.sent, here.received = here.sent+n.sent, here.received+n.received
			here.held = uint64(n.persistent)
		}
		mine = append(mine, here)
	}
	s.requestsMu.Unlock()
	const words = C.int(unsafe.Sizeof(standing{}) / 8)
	numbers := make([]C.int, s.info.Size)
	var all *C.uint64_t
	first := (*C.uint64_t)(unsafe.Pointer(unsafe.SliceData(mine)))
	rc := C.mpiclus_exchange(first, C.int(len(mine))*words, C.int(s.info.Size), &numbers[0], &all)
	defer C.free(unsafe.Pointer(all))
	if rc != C.MPI_SUCCESS {
		return nil, mpiError("Allgatherv", int(rc))
	}
	total := C.int(0)
	for _, n := range numbers {
		total += n / words
	}
	return slices.Clone(unsafe.Slice((*standing)(unsafe.Pointer(all)), total)), nil
}

// known lists the communicators that are counted on, until the next call of
// MPI.
func known() []C.mpiclus_known {
	var list *C.mpiclus_known
	n := C.mpiclus_known_comms(&list)
	return unsafe.Slice(list, n)
}

// judge returns the communicators of which nothing is left, by what all ranks
// know of them, those that persistent requests are of, and what there is of others
// on which something may still come to its end: a number that changes when
// something goes on there, 0 when there are none.
func judge(all []standing) (clean, held map[uint64]bool, rest uint64) {
	sums, ranks := map[uint64]standing{}, map[uint64]uint64{}
	for _, k := range all {
		sum := sums[k.id]
		ranks[k.id]++
		sums[k.id] = standing{k.id, k.size, sum.sent + k.sent, sum.received + k.received, sum.balance + k.balance, sum.open + k.open, sum.held + k.held}
	}
	clean, held = map[uint64]bool{}, map[uint64]bool{}
	for id, sum := range sums {
		if sum.held != 0 {
			held[id] = true
		}
		switch {
		case ranks[id] != sum.size || sum.balance != 0: // nobody joins a collective any more
		case sum.sent == sum.received && sum.open == 0:
			clean[id] = true
		default:
			rest += 1 + sum.sent + sum.received<<16 + sum.open<<32
		}
	}
	return clean, held, rest
}

// patience is how many rounds of settle may change nothing before what is left
// is taken for left for good; settlePause is the time between such rounds,
// for messages that are on their way.
const (
	patience    = 4
	settlePause = time.Millisecond
)

package mpi

// #include "engine.h"
import "C"

import (
	"context"
	"strings"
	"time"
	"unsafe"

	"github.com/mpiclus/mpiclus-lua/internal/mpi/table"
)

// Request is an operation that was started and is not complete. The session
// keeps it, and the memory that MPI may touch, until it is.
type Request struct {
	Row    *table.Call
	Status Status // of the last completion
	Room   Room   // of a receive

	incoming unsafe.Pointer // a value that comes with it, in C memory
	s        *Session
	handle   uint64
	persists bool // starts again and again
	started  bool // of a persistent one
	fromNull bool // receives from PROC_NULL
	held     []unsafe.Pointer
	one      [1]unsafe.Pointer // room for held
	lost     bool              // given up when the world was renewed
	place    int               // in the session's list of active ones, counted from 1
}

// Detach makes the request of a START call, which is over. The memory that
// the call held goes with it.
func (c *Call) Detach() *Request {
	r := &Request{Row: c.Row, Room: c.Room(), s: c.s}
	*(*C.MPI_Request)(unsafe.Pointer(&r.handle)) = c.f.req[0]
	r.held = append(r.one[:0], c.held...)
	r.fromNull = c.f.from_null != 0
	r.persists = strings.HasSuffix(c.Row.Name, "_init")
	if c.Row == ownIrecv {
		r.incoming = pointer(C.uintptr_t(c.S[table.SlotR]))
	}
	if r.Active() {
		c.s.keepActive(r)
	}
	return r
}

var ownIrecv = table.ByName["own_irecv"]

// Active tells whether the request is still to be completed.
func (r *Request) Active() bool { return r.handle != nullRequest && (!r.persists || r.started) }

// Persistent tells whether the request is started by Start.
func (r *Request) Persistent() bool { return r.persists }

// Started notes that a persistent request was started.
func (r *Request) Started() {
	r.started = true
	r.s.keepActive(r)
}

// Place implements bag.Entry.
func (r *Request) Place() *int { return &r.place }

// keepActive keeps a request, and with it the memory that MPI may touch, until
// it is complete. What is kept stays in its place, since it is of no stack.
func (s *Session) keepActive(r *Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.active.Add(r)
}

func (s *Session) dropActive(r *Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.active.Remove(r)
}

// ended lets go of what a request held.
func (r *Request) ended() {
	r.handle = nullRequest
	r.held, r.one[0] = nil, nil
}

// Lost tells whether the request was given up when the world was renewed.
func (r *Request) Lost() bool { return r.lost }

func (r *Request) complete(st Status) {
	if r.fromNull {
		C.mpiclus_null_status(&st.c)
	}
	r.Status = st
	if r.started = false; !r.persists {
		r.ended()
	}
	r.s.dropActive(r)
}

func (s *Session) abandonRequests() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, r := range s.active.All() {
		r.lost = true
	}
}

// Family chooses what a call on several requests waits for.
type Family int

// The families of waits.
const (
	One  Family = C.MPICLUS_WAIT_OWN
	All  Family = C.MPICLUS_WAIT_ALL
	Any  Family = C.MPICLUS_WAIT_ANY
	Some Family = C.MPICLUS_WAIT_SOME
	Peek Family = C.MPICLUS_TEST_STATUS // one, without ending it
)

// AwaitRequests prepares the call to wait for requests; entries that are nil
// or complete count as null requests. With test set the call looks once and
// does not wait.
func (c *Call) AwaitRequests(family Family, list []*Request) {
	f := c.f
	f.phase, f.waits = C.MPICLUS_STARTED, C.int(family)
	f.st[0].MPI_SOURCE = C.MPI_UNDEFINED
	if family == One || family == Peek {
		f.nreq = 1
		f.req[0] = *(*C.MPI_Request)(unsafe.Pointer(&list[0].handle))
		f.st[0].MPI_ERROR = 0
		return
	}
	n := len(list)
	if n == 0 || n > int(f.capacity) {
		C.mpiclus_reserve(f, C.int(max(n, 1)))
	}
	f.nmany = C.int(n)
	many, sts := unsafe.Slice(f.many, max(n, 1)), unsafe.Slice(f.sts, max(n, 1))
	null := nullRequest
	for i, r := range list {
		handle := null
		if r != nil {
			handle = r.handle
		}
		many[i] = *(*C.MPI_Request)(unsafe.Pointer(&handle))
		sts[i].MPI_ERROR, sts[i].MPI_SOURCE = 0, C.MPI_UNDEFINED
	}
}

// Look tests the prepared requests once and tells whether what was waited for
// is there. busy means that MPI is in use: ask again.
func (c *Call) Look() (done, busy bool) {
	switch C.mpiclus_run(c.address) {
	case C.MPICLUS_DONE:
		return true, false
	case C.MPICLUS_BUSY:
		return false, true
	}
	return false, false
}

// LookSoon is Look for when MPI is in use: it waits for the MPI lock, without
// the interpreter.
func (c *Call) LookSoon(ctx context.Context) (done bool, err error) {
	for pause := time.Microsecond; ; pause = min(2*pause, time.Millisecond) {
		done, busy := c.Look()
		if !busy {
			return done, c.Err()
		}
		select {
		case <-ctx.Done():
			return false, context.Cause(ctx)
		case <-time.After(pause):
		}
	}
}

// Over tells whether the call has ended in MPI.
func (c *Call) Over() bool { return c.f.phase == C.MPICLUS_OVER }

// StopWaiting ends a call on requests whose wait was left or that only
// looked: the requests stay as they are.
func (c *Call) StopWaiting() { c.f.phase = C.MPICLUS_OVER }

// CompleteOne takes over what the wait for one request gave.
func (c *Call) CompleteOne(r *Request) {
	st := c.Status()
	if c.f.rc != C.MPI_SUCCESS {
		st.c.MPI_ERROR = c.f.rc
	}
	r.complete(st)
}

// Completed takes over what a wait for several gave: it calls each for the
// requests that are complete now, with their position, and gives how many
// were, -1 if none was active.
func (c *Call) Completed(list []*Request, each func(i int, st Status)) int {
	f := c.f
	take := func(i int, st *C.MPI_Status) {
		status := Status{*st}
		if r := list[i]; r != nil && r.Active() {
			r.complete(status)
			status = r.Status
		}
		each(i, status)
	}
	sts := unsafe.Slice(f.sts, max(len(list), 1))
	switch Family(f.waits) {
	case All:
		for i := range list {
			take(i, &sts[i])
		}
		return len(list)
	case Any:
		if f.nout == C.MPI_UNDEFINED {
			return -1
		}
		take(int(f.nout), &f.st[0])
		return 1
	default:
		if f.nout == C.MPI_UNDEFINED {
			return -1
		}
		indices := unsafe.Slice(f.indices, len(list))
		for k := range int(f.nout) {
			take(int(indices[k]), &sts[k])
		}
		return int(f.nout)
	}
}

// Handle gives the request's handle for calls that take it as it is.
func (r *Request) Handle() uint64 { return r.handle }

package mpi

// #include "engine.h"
import "C"

import (
	"context"
	"errors"
	"time"
	"unsafe"
)

// Until says of which of its requests a call awaits the end.
type Until int

// What a call can wait for.
const (
	One  Until = C.MPICLUS_WAIT_OWN
	All  Until = C.MPICLUS_WAIT_ALL
	Any  Until = C.MPICLUS_WAIT_ANY
	Some Until = C.MPICLUS_WAIT_SOME
	Peek Until = C.MPICLUS_TEST_STATUS // one, without ending it
)

// errNoMemory says that C has no room for a list of requests.
var errNoMemory = errors.New("no memory for so many requests")

// AwaitRequests prepares the call to wait for requests, and takes them in
// hand; entries that are nil or complete count as null requests. CompleteOne,
// Completed or StopWaiting ends that. The error is a *Taken, and then the call
// has none of them.
func (c *Call) AwaitRequests(until Until, list []*Request) error {
	c.turn()
	if until == One || until == Peek {
		return c.awaitOne(until, list[0])
	}
	for i, r := range list {
		if r == nil {
			continue
		}
		if taken := c.claim(r, i); taken != nil {
			c.letGoRequests()
			return taken
		}
	}
	return c.awaitMany(until, list)
}

func (c *Call) awaitOne(until Until, r *Request) error {
	if taken := c.claim(r, -1); taken != nil {
		return taken
	}
	c.test(until, r)
	if r.by != c { // it is not active
		null := nullRequest
		c.f.req[0] = *(*C.MPI_Request)(unsafe.Pointer(&null))
	}
	return nil
}

// test prepares the call to wait for a request.
func (c *Call) test(until Until, r *Request) {
	f := c.f
	f.phase, f.waits = C.MPICLUS_STARTED, C.int(until)
	f.st[0].MPI_SOURCE = C.MPI_UNDEFINED
	f.nreq = 1
	f.req[0] = *(*C.MPI_Request)(unsafe.Pointer(&r.handle))
	f.st[0].MPI_ERROR = 0
}

func (c *Call) awaitMany(until Until, list []*Request) error {
	f, n := c.f, len(list)
	if n == 0 || n > int(f.capacity) {
		if C.mpiclus_reserve(f, C.int(max(n, 1))) == 0 {
			c.letGoRequests()
			return errNoMemory
		}
	}
	f.phase, f.waits = C.MPICLUS_STARTED, C.int(until)
	f.st[0].MPI_SOURCE = C.MPI_UNDEFINED
	f.nmany, f.singly = C.int(n), 0
	many, sts := unsafe.Slice(f.many, max(n, 1)), unsafe.Slice(f.sts, max(n, 1))
	null := nullRequest
	for i, r := range list {
		handle := null
		if r != nil && r.by == c {
			handle = r.handle
			f.singly |= flagOf(r.persists && C.MPICLUS_OPEN_MPI == 0)
		}
		many[i] = *(*C.MPI_Request)(unsafe.Pointer(&handle))
		sts[i].MPI_ERROR, sts[i].MPI_SOURCE = 0, C.MPI_UNDEFINED
	}
	return nil
}

// Look tests the prepared requests once and reports whether what was waited for
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

// StopWaiting ends a call on requests whose wait was left or that only
// looked: the requests stay as they are.
func (c *Call) StopWaiting() {
	c.f.phase = C.MPICLUS_OVER
	c.letGoRequests()
}

// CompleteOne takes over what the wait for one request gave.
func (c *Call) CompleteOne(r *Request) {
	if r.by != c && r.State() != Orphan {
		return // it counted as a null request
	}
	st := c.Status()
	if c.f.rc != C.MPI_SUCCESS {
		st.c.MPI_ERROR = c.f.rc
	}
	r.complete(st, c.f.req[0])
}

// Completed takes over what a wait for several gave: it calls each for the
// requests that are complete now, with their position, and returns how many
// were, -1 if none was active.
func (c *Call) Completed(list []*Request, each func(i int, st Status)) int {
	f := c.f
	defer c.letGoRequests()
	c.s.requestsMu.Lock()
	defer c.s.requestsMu.Unlock()
	defer c.forgetFreed(list)
	many := unsafe.Slice(f.many, max(len(list), 1))
	take := func(i int, st *C.MPI_Status) {
		status := Status{*st}
		if r := list[i]; r != nil && r.by == c {
			r.completed(status, many[i])
			status = r.Status
		}
		each(i, status)
	}
	sts := unsafe.Slice(f.sts, max(len(list), 1))
	switch Until(f.waits) {
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

// forgetFreed completes the requests of a wait that failed which it did not tell
// of, and which the library has freed all the same: Open MPI frees each that has
// failed, whichever of them it tells of. requestsMu is held.
func (c *Call) forgetFreed(list []*Request) {
	if c.f.rc == C.MPI_SUCCESS {
		return
	}
	many := unsafe.Slice(c.f.many, max(len(list), 1))
	for i, r := range list {
		var left uint64
		*(*C.MPI_Request)(unsafe.Pointer(&left)) = many[i]
		if r != nil && r.by == c && left == nullRequest {
			st := NullStatus()
			st.c.MPI_ERROR = c.f.rc
			r.completed(st, many[i])
		}
	}
}

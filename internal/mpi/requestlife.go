package mpi

// #include "engine.h"
import "C"

import (
	"unsafe"

	"github.com/mpiclus/mpiclus-lua/internal/mpi/table"
)

// Detach makes the request of a START call, which is over. The memory that
// the call held goes with it.
func (c *Call) Detach() *Request { return c.detach(0) }

// DetachBoth makes the requests of a START call that has started two.
func (c *Call) DetachBoth() (first, second *Request) { return c.detach(0), c.detach(1) }

func (c *Call) detach(i int) *Request {
	r := &Request{Row: c.Row, Room: c.Room(), s: c.s}
	*(*C.MPI_Request)(unsafe.Pointer(&r.handle)) = c.f.req[i]
	r.held = append(r.one[:0], c.held...)
	r.fromNull = c.f.from_null != 0
	r.persists = c.plan.persists
	if r.receives = c.f.plan.receives != 0; r.persists {
		r.countLater(c)
	}
	r.what = c.traits()
	if c.Row == ownIrecv || c.Row == rowIdup {
		r.incoming = pointer(C.uintptr_t(c.S[table.SlotR]))
	}
	switch {
	case r.handle == nullRequest:
		r.state.Store(int32(Done))
	case r.persists:
		c.s.Own(freeRequest, r.handle)
	default:
		r.state.Store(int32(Active))
	}
	c.s.begun(r, uint64(c.f.on), uint64(c.f.world))
	if i == int(c.f.nreq)-1 || c.f.nreq == 0 {
		c.f.detached = 1
	}
	return r
}

// begun notes which communicator a new request is of, and keeps one that is
// at work, and with it the memory that MPI may touch, until it is complete. What
// is kept stays in its place, since it is of no stack. One of a world that was
// renewed since is lost.
func (s *Session) begun(r *Request, on, world uint64) {
	s.requestsMu.Lock()
	defer s.requestsMu.Unlock()
	r.world = world
	if r.on = s.countsOf(on); r.on != nil && r.persists {
		r.on.persistent++
	}
	if r.State() == Active {
		s.alive.Add(r)
		s.makeProgress()
	}
	if world != s.worlds {
		r.lose()
	}
}

// restarted keeps a persistent request that has been started.
func (s *Session) restarted(r *Request) {
	s.requestsMu.Lock()
	defer s.requestsMu.Unlock()
	r.cancelled = false
	if r.sends && !r.toNull {
		s.sent.Add(1)
		if r.on != nil {
			r.on.sent++
		}
	}
	s.alive.Add(r)
	s.makeProgress()
}

// ended lets go of what a request held.
func (r *Request) ended() {
	if r.persists && r.on != nil && r.handle != nullRequest {
		r.on.persistent--
	}
	r.handle = nullRequest
	r.held, r.one[0] = nil, nil
}

// complete notes that the operation is over, and that the library has left this
// handle: Open MPI frees a persistent request whose receive failed.
func (r *Request) complete(st Status, handle C.MPI_Request) {
	r.s.requestsMu.Lock()
	defer r.s.requestsMu.Unlock()
	r.completed(st, handle)
}

// completed is complete for who holds requestsMu.
func (r *Request) completed(st Status, handle C.MPI_Request) {
	var left uint64
	*(*C.MPI_Request)(unsafe.Pointer(&left)) = handle
	r.Status = st
	if r.fromNull {
		C.mpiclus_null_status(&r.Status.c)
	}
	r.by = nil
	s := r.s
	if r.receives && !r.Lost() && !r.fromNull && r.received() {
		s.countReceived(r)
	}
	s.alive.Remove(r)
	next := Done
	switch {
	case !r.persists:
		r.ended()
	case left == nullRequest:
		s.Disown(freeRequest, r.handle)
		r.ended()
	case r.State() == Orphan:
		next = Orphan
	default:
		next = Idle
	}
	r.Holder, r.started = nil, false
	r.state.Store(int32(next))
}

// freeRequest is the local call that frees a request.
const freeRequest = "own_request_free"

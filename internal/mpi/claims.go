package mpi

// #include "engine.h"
import "C"

import (
	"errors"
	"fmt"
	"unsafe"

	"github.com/mpiclus/mpiclus-lua/internal/mpi/table"
)

// Taken says why a call cannot have a request: another call has it in hand, it
// is in the list twice, or it was given up.
type Taken struct {
	Index int    // in the list
	Twice int    // the index that it has as well, -1 if that is not what is wrong
	Call  string // of the other call
	Where string // its line
	Lost  bool   // it was given up, so no call can have it any more
}

// ErrLost says what became of a request that was given up.
var ErrLost = errors.New("the request was given up when the world was renewed")

func (e *Taken) Error() string {
	if e.Lost {
		return ErrLost.Error()
	}
	if e.Twice >= 0 {
		return fmt.Sprintf("request %d of the list is request %d again: a request can be waited for once", e.Index+1, e.Twice+1)
	}
	return fmt.Sprintf("the request is in the hands of %s of another task (%s)", e.Call, e.Where)
}

// claim takes a request in hand, as entry index of the call's list. One that
// is not active is nobody's: it counts as a null request. Until it is claimed, a
// renewal may give it up at any time: that is an error.
func (c *Call) claim(r *Request, index int) *Taken {
	if r.State() == Claimed {
		e := r.taken(max(index, 0))
		if r.by == c {
			e.Twice = int(r.index)
		}
		return e
	}
	if !c.take(r, index, Active) && r.Lost() {
		return &Taken{Index: max(index, 0), Twice: -1, Lost: true}
	}
	return nil
}

// take claims a request that is in a state, and reports whether it still was.
func (c *Call) take(r *Request, index int, from State) bool {
	if !r.state.CompareAndSwap(int32(from), int32(Claimed)) {
		return false
	}
	r.by, r.index = c, int32(index)
	c.claims = append(c.claims, r)
	return true
}

func (r *Request) taken(index int) *Taken {
	e := &Taken{Index: index, Twice: -1, Call: r.by.Name()}
	if r.by.Caller != nil {
		e.Where = r.by.Caller.Where()
	}
	return e
}

// letGoRequests gives those back that are not complete.
func (c *Call) letGoRequests() {
	for i, r := range c.claims {
		c.claims[i] = nil
		if r.by != c {
			continue
		}
		r.by = nil
		r.state.CompareAndSwap(int32(Claimed), int32(Active))
	}
	c.claims = c.claims[:0]
}

// ByWhom tells which call has the request in hand, nil if none has.
func (r *Request) ByWhom() *Taken {
	if r.State() != Claimed {
		return nil
	}
	return r.taken(0)
}

// StartRequest prepares a call of Start for a persistent request; Started or
// NotStarted ends it. It is false when the request is not idle: then the call
// must not be made. One that was made before the world was renewed is refused when
// the call begins.
func (c *Call) StartRequest(r *Request) bool {
	if !c.take(r, -1, Idle) {
		return false
	}
	c.f.world = C.uint64_t(r.world)
	c.S[table.SlotX] = r.handle
	return true
}

// Started notes that the call has started a persistent request. Open MPI may
// have put another request into its place: when a message that was sent for it
// is not quite gone.
func (c *Call) Started(r *Request) {
	if started := c.S[table.SlotX]; started != r.handle {
		r.s.Disown(freeRequest, r.handle)
		r.s.Own(freeRequest, started)
		r.handle = started
	}
	c.letGoRequests()
	r.s.restarted(r)
}

// NotStarted notes that it has not.
func (c *Call) NotStarted(r *Request) {
	c.claims = c.claims[:0]
	r.by = nil
	r.state.CompareAndSwap(int32(Claimed), int32(Idle))
}

// TryCancel asks MPI to cancel a request that is active, whoever has it in hand,
// and reports whether it has: MPI may be in use, and then the request may come to its
// end before it is free, so the caller looks at it again. It must be called with the
// interpreter held, as all that ends a request is but a renewal. An error is that of
// a request that was given up meanwhile, or MPI's.
func (c *Call) TryCancel(r *Request) (done bool, err error) {
	r.s.requestsMu.Lock() // a renewal may be about to cancel it, too
	defer r.s.requestsMu.Unlock()
	if r.Lost() {
		return true, ErrLost
	}
	if r.cancelled { // Open MPI does not survive a second Cancel
		return true, nil
	}
	x := c.S[table.SlotX:]
	x[0], x[1], x[2], x[3] = r.handle, 0, 0, 0
	if r.State() == Claimed {
		f := r.by.f
		x[1], x[2], x[3] = uint64(uintptr(unsafe.Pointer(f))), uint64(uint32(r.index)), uint64(f.turn)
	}
	r.cancelled = c.Try()
	if c.f.outdated != 0 {
		return true, ErrLost
	}
	return r.cancelled, c.Err()
}

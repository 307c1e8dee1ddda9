package mpi

// #include "engine.h"
import "C"

import (
	"context"
	"runtime"
	"sync/atomic"
	"time"
	"unsafe"
)

// Release gives the call back. One whose wait was left is kept for good, with
// all memory that MPI may still touch.
func (c *Call) Release() {
	if c.Reset() {
		c.s.put(c)
	} else {
		c.s.keep(c)
	}
	c.s.Sweep()
}

// Reset makes the call ready for Prepare. It is false when the wait for the
// call was left: then it must be given to Release, and another be taken.
func (c *Call) Reset() bool {
	if c.Caller != nil || c.opErr != nil {
		c.Caller, c.opErr = nil, nil
	}
	c.Bytes = 0
	if c.As != "" {
		c.As = ""
	}
	if c.ctx != nil || c.Op != nil {
		c.ctx, c.Op = nil, nil
	}
	if c.f.phase == C.MPICLUS_STARTED {
		return false
	}
	c.letGoRequests()
	if c.f.half != 0 {
		c.pin() // what was started goes on
		c.held, c.pinned = nil, false
	}
	c.letGo()
	return true
}

func (s *Session) put(c *Call) {
	s.mu.Lock()
	s.free = append(s.free, c)
	s.mu.Unlock()
}

// keep holds an abandoned call.
func (s *Session) keep(c *Call) {
	s.mu.Lock()
	s.left = append(s.left, c)
	s.mu.Unlock()
}

// Quick tells whether the call may be tried while the interpreter is held: it
// does not sit in C. No call that is quick can call back into Lua, since ops of
// the script run inside of MPI in calls that sit there alone (op.go).
func (c *Call) Quick() bool { return !c.native }

// Try starts the call if MPI is free and tells whether it is over; its error
// is Err. It never waits.
func (c *Call) Try() bool {
	c.takeTurn()
	C.mpiclus_try(c.address, c.s.tests)
	return c.Over()
}

// takeTurn gives other goroutines a turn before every 256th visit to MPI.
// A goroutine that makes many short visits is mostly in C when Go's monitor
// looks. It cannot stop it there after its share of 10 ms, so it would give
// its processor to another thread instead and come back every 20 µs: thousands
// of interruptions a second for a program that sends small messages.
func (c *Call) takeTurn() {
	if c.visits++; c.visits == 0 {
		runtime.Gosched()
	}
}

// Repeat tries a call of the same line again, with new arguments, and reports
// whether it is over and no error came. It does what Prepare and Try do, in one
// visit to C. It is for a call that waits for its own request alone, and of whose
// results only the status is read.
func (c *Call) Repeat() bool {
	if !c.Quick() {
		c.Prepare(c.Row)
		return false
	}
	c.takeTurn()
	c.f.world = C.uint64_t(c.s.generation.Load())
	C.mpiclus_repeat(c.address, c.s.tests)
	return c.Over() && c.f.rc == C.MPI_SUCCESS
}

const (
	spinTime    = 20 * time.Microsecond
	quickTime   = 60 * time.Microsecond // before a wait is worth a record
	share       = 16                    // pauses are at most 1/16 of the time waited
	shareCrowd  = 4
	spinCrowded = 0
)

// Wait runs the call to its end, or until ctx is done: then the world is
// dirty if the call had started, and the error is ctx's cause. It must be
// called without the interpreter.
func (c *Call) Wait(ctx context.Context) error {
	c.ctx = ctx
	if c.native {
		if c.s.beforeNative != nil {
			c.s.beforeNative()
		}
		c.enter()
		defer c.exit()
		if C.mpiclus_run(c.address) == C.MPICLUS_DONE {
			return c.Err()
		}
	} else if !c.s.oversubscribed {
		if C.mpiclus_wait(c.address, C.int64_t(spinTime), C.int64_t(quickTime), share) == C.MPICLUS_DONE {
			return c.Err()
		}
	}
	if !c.native {
		c.enter()
		defer c.exit()
	}
	if ctx.Err() != nil {
		return c.abandon(ctx)
	}
	stop := context.AfterFunc(ctx, c.leave)
	spin, part := spinTime, share
	if c.s.oversubscribed {
		spin, part = spinCrowded, shareCrowd
	}
	r := C.mpiclus_wait(c.address, C.int64_t(spin), 0, C.int(part))
	if !stop() {
		c.awaitLeave()
	}
	if r == C.MPICLUS_LEFT {
		return c.abandon(ctx)
	}
	return c.Err()
}

// awaitLeave waits until leave, which has begun, has set the flag: it must not
// set that of whoever uses the frame next.
func (c *Call) awaitLeave() {
	for atomic.LoadInt32((*int32)(unsafe.Pointer(&c.f.cancel))) == 0 {
		runtime.Gosched()
	}
}

func (c *Call) abandon(ctx context.Context) error {
	if c.f.phase != C.MPICLUS_NEW {
		c.s.dirty.Store(true)
		if C.mpiclus_withdraw(c.f) != 0 {
			c.f.phase = C.MPICLUS_OVER
		} else {
			c.pin()
		}
	}
	return context.Cause(ctx)
}

// Abandon gives up a call that has started, as a wait that was left does, and
// gives it back.
func (c *Call) Abandon() {
	_ = c.abandon(context.Background())
	c.Release()
}

// Do is Try and, if need be, Wait, for callers that hold no interpreter.
func (c *Call) Do(ctx context.Context) error {
	if c.Quick() && c.Try() {
		return c.Err()
	}
	return c.Wait(ctx)
}

package mpi

/*
#include <stdlib.h>
#include "engine.h"
*/
import "C"

import (
	"context"
	"runtime"
	"sync/atomic"
	"time"
	"unsafe"

	"github.com/mpiclus/mpiclus-lua/internal/mpi/table"
)

// Caller is who runs a call, as far as the engine has to ask back.
type Caller interface {
	// Where gives the place in the script, "job.lua:14". It is called from
	// any goroutine while the call waits.
	Where() string
	// Task gives the label of the task that waits, likewise.
	Task() string
	// Callback runs fn with the interpreter held; it is called while the
	// call sits in the library, by its op.
	Callback(fn func())
}

// Call is one MPI call in preparation or at work. It belongs to who took it
// from NewCall until Release; S are its slots, laid out as package table says.
type Call struct {
	S      *[table.Slots]uint64
	Row    *table.Call
	Caller Caller // nil for the engine's own calls
	As     string // the name that records and errors tell, if it is not the line's
	Bytes  int    // for records
	Op     *Op    // of a reduction, if it is one of the script
	native bool   // sits in C and cannot leave

	s       *Session
	visits  uint8 // to MPI by Try and Repeat
	f       *C.mpiclus_frame
	address C.uintptr_t // of f
	held    []unsafe.Pointer
	pinner  runtime.Pinner
	pinned  bool
	plan    *plan
	claims  []*Request      // that are in the hands of this call
	leave   func()          // sets the cancel flag
	ctx     context.Context // of Wait, for the op
	opErr   error
	record
}

// NewCall takes a fresh call for a function of the table.
func (s *Session) NewCall(name string) *Call {
	s.mu.Lock()
	var c *Call
	if n := len(s.free); n > 0 {
		c, s.free = s.free[n-1], s.free[:n-1]
	} else {
		c = s.makeCall()
	}
	s.mu.Unlock()
	c.Prepare(table.ByName[name])
	return c
}

// Prepare makes the call, which is not at work, one of a line of the table.
func (c *Call) Prepare(row *table.Call) {
	f := c.f
	if c.Row != row {
		c.Row, c.plan = row, &plans[planOf(row)]
	}
	p := c.plan
	if len(row.Results) > 0 {
		clear(c.S[table.SlotR:]) // where handles are ints, C writes half of a slot
	}
	f.plan, f.barrier = p.frame, 0
	f.phase, f.waits = C.MPICLUS_NEW, C.MPICLUS_WAIT_OWN
	f.rc, f.nreq, f.flag, f.cancel, f.from_null, f.half, f.outdated, f.detached, f.on = 0, 0, 0, 0, 0, 0, 0, 0, 0
	f.world = C.uint64_t(c.s.generation.Load())
	c.turn()
	c.native = p.blocks
	if p.blocks && (c.s.cancellable || c.s.spins) {
		c.Leavable()
	}
}

// Leavable makes a collective one that can be left while it waits, as
// SetCancellable does for all. Every rank must do the same.
func (c *Call) Leavable() {
	if c.plan.otherwise != 0 || c.plan.barrier != 0 {
		c.native = false
		c.f.plan.other, c.f.barrier = c.plan.otherwise, c.plan.barrier
	}
}

// turn tells who looks at the frame from outside that it is at another call. That is
// TryCancel alone, and both hold the interpreter where a request of the script is in it.
func (c *Call) turn() { c.f.turn++ }

func (s *Session) makeCall() *Call {
	c := &Call{s: s, f: (*C.mpiclus_frame)(C.calloc(1, C.sizeof_mpiclus_frame))}
	c.S = (*[table.Slots]uint64)(unsafe.Pointer(&c.f.s))
	c.address = C.uintptr_t(uintptr(unsafe.Pointer(c.f)))
	c.leave = func() { atomic.StoreInt32((*int32)(unsafe.Pointer(&c.f.cancel)), 1) }
	all := append((*s.all.Load())[:len(*s.all.Load()):len(*s.all.Load())], c)
	c.f.owner = C.int32_t(len(all) - 1)
	s.all.Store(&all)
	return c
}

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

func (c *Call) letGo() {
	if c.f.nrooms > 0 {
		C.mpiclus_free_rooms(c.f)
	}
	clear(c.held)
	c.held = c.held[:0]
	if c.pinned {
		c.pinned = false
		c.pinner.Unpin()
	}
}

// Hold keeps the memory behind p alive until the call or the request that it
// starts is over. p is not of a stack, so it stays in its place.
func (c *Call) Hold(p unsafe.Pointer) uint64 {
	if p != nil {
		c.held = append(c.held, p)
	}
	return uint64(uintptr(p))
}

// pin does by the letter of cgo's rules what Hold does in fact, for memory
// that MPI keeps for good, after a wait was left. It is no part of each call,
// since it would take an eighth of a small Allreduce.
func (c *Call) pin() {
	c.pinned = true
	for _, p := range c.held {
		c.pinner.Pin(p)
	}
}

// flagOf gives a truth value as C takes it.
func flagOf(b bool) C.int {
	if b {
		return 1
	}
	return 0
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

// Repeat tries a call of the same line again, with new arguments, and tells
// whether it is over and no error came. It is Prepare and Try at the price of
// one visit to C, for a call that waits for its own request only, whose
// results but the status nobody reads.
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

// Begun tells whether the call has started in MPI.
func (c *Call) Begun() bool { return c.f.phase != C.MPICLUS_NEW }

// Abandon gives up a call that has started, as a wait that was left does, and
// gives it back.
func (c *Call) Abandon() {
	_ = c.abandon(context.Background())
	c.Release()
}

// FromNull says that the call receives from PROC_NULL: its status tells so.
func (c *Call) FromNull() { c.f.from_null = 1 }

// Do is Try and, if need be, Wait, for callers that hold no interpreter.
func (c *Call) Do(ctx context.Context) error {
	if c.Quick() && c.Try() {
		return c.Err()
	}
	return c.Wait(ctx)
}

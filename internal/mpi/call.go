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
	f.rc, f.nreq, f.flag, f.cancel, f.from_null, f.half, f.outdated, f.detached, f.on, f.nth = 0, 0, 0, 0, 0, 0, 0, 0, 0, 0
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

// Begun tells whether the call has started in MPI.
func (c *Call) Begun() bool { return c.f.phase != C.MPICLUS_NEW }

// FromNull says that the call receives from PROC_NULL: its status tells so.
func (c *Call) FromNull() { c.f.from_null = 1 }

// Over reports whether the call has ended in MPI.
func (c *Call) Over() bool { return c.f.phase == C.MPICLUS_OVER }

// record is the part of a Call that other goroutines read. state guards it:
// idle, running, or being read; only a reader is ever waited for, and it does
// a few hundred instructions.
type record struct {
	state  atomic.Int32
	number uint64
	since  time.Duration // of clock
}

const (
	idle int32 = iota
	running
	beingRead
)

func (c *Call) enter() {
	c.number, c.since = c.s.entered.Add(1), time.Since(clock)
	c.state.Store(running)
}

func (c *Call) exit() {
	for !c.state.CompareAndSwap(running, idle) {
		runtime.Gosched()
	}
}

// Name returns the name of the call for records and errors.
func (c *Call) Name() string {
	if c.As != "" {
		return c.As
	}
	return c.Row.Name
}

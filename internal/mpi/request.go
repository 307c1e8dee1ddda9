package mpi

import (
	"sync"
	"sync/atomic"
	"unsafe"

	"github.com/mpiclus/mpiclus-lua/internal/bag"
	"github.com/mpiclus/mpiclus-lua/internal/mpi/table"
)

// State tells where a request is in its life, and with that who may touch it.
type State int32

// The states. Only who holds the interpreter moves a request from one of the
// first three to another; an orphan belongs to the session's sweep.
const (
	Idle    State = iota // a persistent one that is not started
	Active               // its operation is at work in MPI
	Claimed              // a call has it in hand: it waits for it, tests it, starts it
	Done                 // nothing of it is left in MPI
	Orphan               // no script has it any more; the session completes it
	Lost                 // given up when the world was renewed
)

// Request is an operation that was started and is not complete. The session
// keeps it, and the memory that MPI may touch, until it is.
type Request struct {
	Row    *table.Call
	Status Status // of the last completion
	Room   Room   // of a receive
	// Holder is what the script has of the request, until the collector has
	// run: see Outlived.
	Holder any

	state    atomic.Int32
	index    int32          // in the list of the call that has claimed it, -1 for a single one
	by       *Call          // that call
	incoming unsafe.Pointer // what comes with it, in C memory: a value, communicators
	s        *Session
	world    uint64 // in which it was made
	handle   uint64
	persists bool // starts again and again
	started  bool // of an orphan: a persistent one that was at work
	settling bool // the renewal that goes on has given it up, and still tries to end it (settle)
	atWork   bool // it was started and not complete when a renewal gave it up
	fromNull bool // receives from PROC_NULL
	held     []unsafe.Pointer
	one      [1]unsafe.Pointer // room for held
	place    int               // in the session's list of those in its state, counted from 1

	sends, receives bool    // how it counts (tally.h)
	toNull          bool    // sends to PROC_NULL
	cancelled       bool    // somebody has asked for that
	on              *counts // where it counts, nil if its communicator is not counted on
	what            traits  // for who asks what is under way
}

// requests are all that MPI has something of, by who sees to them.
type requests struct {
	requestsMu sync.Mutex
	alive      bag.Bag[*Request] // Active, Claimed or Lost
	orphans    bag.Bag[*Request]
	freed      []freed
	taken      int    // orphans that a sweep has in hand
	worlds     uint64 // how many worlds there were so far: mpiclus_worlds, under requestsMu
	norphans   atomic.Int32
	// Messages that requests have sent and received: part of the tally.
	sent, received atomic.Uint64
	counted        map[uint64]*counts // the same by communicator, of the ids in tally.h
	lastCounted    *counts
}

var ownIrecv, rowIdup = table.ByName["own_irecv"], table.ByName["Comm_idup"]

// State gives the state of the request.
func (r *Request) State() State { return State(r.state.Load()) }

// Active tells whether the request is still to be completed.
func (r *Request) Active() bool {
	switch r.State() {
	case Active, Orphan:
		return true
	case Claimed:
		return !r.starting()
	}
	return false
}

// starting tells whether the call that has the request in hand starts it.
func (r *Request) starting() bool { return r.by != nil && r.by.Row == rowStart }

var rowStart = table.ByName["Start"]

// Persistent tells whether the request is started by Start.
func (r *Request) Persistent() bool { return r.persists }

// OfOldWorld reports whether the world was renewed since the request was made: what
// it would start has no other side.
func (r *Request) OfOldWorld() bool { return r.world != r.s.Generation() }

// Lost tells whether the request was given up when the world was renewed.
func (r *Request) Lost() bool { return r.State() == Lost }

// Place implements bag.Entry.
func (r *Request) Place() *int { return &r.place }

// Handle gives the request's handle for calls that take it as it is. Nobody
// else may have it in hand.
func (r *Request) Handle() uint64 { return r.handle }

// counts are the messages that requests of one communicator have sent and
// received. requestsMu guards them.
type counts struct {
	id, sent, received uint64
	persistent         int // requests that start again and again and are not freed
}

// freed is a communicator that the script has freed while requests, windows or files
// were of it.
type freed struct {
	comm   *Comm
	counts *counts // those that it had; nil if nothing was counted
}

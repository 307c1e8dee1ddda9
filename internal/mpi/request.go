package mpi

// #include "engine.h"
import "C"

import (
	"errors"
	"fmt"
	"slices"
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

// counts are the messages that requests of one communicator have sent and
// received. requestsMu guards them.
type counts struct {
	id, sent, received uint64
	persistent         int // requests that start again and again and are not freed
}

// HasRequests reports whether a request is of the communicator that does not survive
// its end: one that still needs a duplicate of it or, with Open MPI, any that MPI has
// not done with. Open MPI looks for the error handler of a request that failed in its
// communicator after it has freed the request, which may be the last that keeps a
// communicator that was freed.
func (s *Session) HasRequests(c *Comm) bool {
	s.requestsMu.Lock()
	defer s.requestsMu.Unlock()
	return s.hasRequests(c, s.counted[c.id])
}

// hasRequests is HasRequests with the counts that the communicator has, or had
// when it was freed. requestsMu is held.
func (s *requests) hasRequests(c *Comm, n *counts) bool {
	if c.id == 0 { // nothing is counted on it
		return false
	}
	const openMPI = C.MPICLUS_OPEN_MPI != 0
	ofComm := func(r *Request) bool {
		return (openMPI || r.Row == ownIrecv || r.Row == rowIdup) && r.on != nil && r.on.id>>C.MPICLUS_ID_BITS == c.id>>C.MPICLUS_ID_BITS
	}
	return s.taken > 0 || openMPI && n != nil && n.persistent > 0 ||
		slices.ContainsFunc(s.alive.All(), ofComm) || slices.ContainsFunc(s.orphans.All(), ofComm)
}

// countsOf returns the counts of a communicator. requestsMu is held.
func (s *requests) countsOf(id uint64) *counts {
	if id == 0 {
		return nil
	}
	if last := s.lastCounted; last != nil && last.id == id {
		return last
	}
	n := s.counted[id]
	if n == nil {
		n = &counts{id: id}
		if s.counted == nil {
			s.counted = map[uint64]*counts{}
		}
		s.counted[id] = n
	}
	s.lastCounted = n
	return n
}

// forgetCounts ends those of a communicator and its duplicates.
func (s *requests) forgetCounts(id uint64) {
	s.requestsMu.Lock()
	defer s.requestsMu.Unlock()
	for _, id := range []uint64{id, id | C.MPICLUS_ID_SHADOW, id | C.MPICLUS_ID_BULK} {
		delete(s.counted, id)
	}
	s.lastCounted = nil
}

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

// countLater notes how a persistent request counts each time it is started.
func (r *Request) countLater(c *Call) {
	for i := range c.Row.Args {
		switch c.Row.Args[i].Kind {
		case table.Dest:
			r.sends = true
			r.toNull = int32(c.S[table.SlotPeer]) == int32(Int("PROC_NULL"))
		case table.Source:
			r.receives = true
		}
	}
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

// Outlived calls f with the holder of each request that has one, which it has
// no more then. It is for the time after a collection: to have the collector
// watch each holder costs as much as a message, so only those that have lived
// through one are watched.
func (s *Session) Outlived(f func(r *Request, holder any)) {
	s.requestsMu.Lock()
	defer s.requestsMu.Unlock()
	for _, r := range s.alive.All() {
		if holder := r.Holder; holder != nil {
			r.Holder = nil
			f(r, holder)
		}
	}
}

// Alive gives the number of requests that are not complete.
func (s *Session) Alive() int {
	s.requestsMu.Lock()
	defer s.requestsMu.Unlock()
	n := len(s.orphans.All())
	for _, r := range s.alive.All() {
		if r.State() != Lost {
			n++
		}
	}
	return n
}

// Orphan takes over a request that no script can wait for any more: it is
// completed by and by. It may be called from any goroutine, also twice.
func (s *Session) Orphan(r *Request) {
	s.requestsMu.Lock()
	defer s.requestsMu.Unlock()
	state := r.State()
	if state == Lost || state == Orphan {
		return
	}
	r.started = state == Active
	r.state.Store(int32(Orphan))
	r.Holder = nil
	s.alive.Remove(r)
	s.orphans.Add(r)
	s.norphans.Store(int32(len(s.orphans.All())))
}

// takeOrphans gives some of the orphans, which the caller sees to alone.
func (s *Session) takeOrphans(most int) []*Request {
	s.requestsMu.Lock()
	defer s.requestsMu.Unlock()
	var list []*Request
	for len(list) < most && len(s.orphans.All()) > 0 {
		r := s.orphans.All()[0]
		s.orphans.Remove(r) // the last one takes its place: those behind get their turn
		list = append(list, r)
	}
	s.taken += len(list)
	s.norphans.Store(int32(len(s.orphans.All())))
	return list
}

// giveOrphan ends what takeOrphans began for one of them: it stays an orphan
// unless it is complete.
func (s *Session) giveOrphan(r *Request, complete bool) {
	s.requestsMu.Lock()
	defer s.requestsMu.Unlock()
	s.taken--
	if !complete {
		s.orphans.Add(r)
	}
	s.norphans.Store(int32(len(s.orphans.All())))
}

// freeRequest is the local call that frees a request.
const freeRequest = "own_request_free"

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

// countReceived counts the message that a request has got. requestsMu is held.
func (s *requests) countReceived(r *Request) {
	s.received.Add(1)
	if r.on != nil {
		r.on.received++
	}
}

// received tells whether a receive that is complete has got a message.
func (r *Request) received() bool {
	if r.Status.c.MPI_SOURCE == C.MPI_PROC_NULL {
		return false
	}
	if !r.cancelled {
		return true
	}
	var flag C.int
	C.MPI_Test_cancelled(&r.Status.c, &flag)
	return flag == 0
}

// Handle gives the request's handle for calls that take it as it is. Nobody
// else may have it in hand.
func (r *Request) Handle() uint64 { return r.handle }

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

package mpi

/*
#include "engine.h"
#include "traffic.h"
*/
import "C"

import (
	"sync/atomic"
	"time"
	"unsafe"
)

// Traffic is messages that come and go beside the calls of the script: the
// ground of mpilink. One goroutine, its owner, runs Wait and what is allowed
// between Wait and Release, while it holds the MPI lock. The memory of a
// transfer stays where it is, pinned by the caller, until the transfer is
// over.
type Traffic struct {
	y     *System
	t     *C.mpiclus_traffic
	tasks []func() // what to do when a transfer is over, by its index
	spin  time.Duration
	share int
}

// ShortMessage is the most bytes that a header may have: libraries pass a
// message of this size on without waiting for the receiver.
const ShortMessage = 4000

// How long the owner looks without a pause after each event, and which part
// of the time waited its pauses are after that.
const (
	trafficSpin  = 30 * time.Microsecond
	trafficShare = 16
	crowdedShare = 4
)

// NewTraffic makes the traffic of the system communicator. There can be one.
func (y *System) NewTraffic() *Traffic {
	t := &Traffic{
		y: y, t: C.mpiclus_traffic_new(C.uint64_t(y.handle), tagHeader),
		spin: trafficSpin, share: trafficShare,
	}
	if y.s.oversubscribed {
		t.spin, t.share = 0, crowdedShare
	}
	return t
}

// Tags gives the tags that payloads may have: first to last.
func (t *Traffic) Tags() (first, last int) { return tagPayload, t.y.s.maxTag }

// Wait returns, with the MPI lock held, when a header is here, a transfer is
// over or Wake was called. It calls what was to be done for transfers that are
// over, and gives the rank that a header is here from, -1 for none.
func (t *Traffic) Wait() (source int, err error) {
	C.mpiclus_traffic_wait(t.t, C.int64_t(t.spin), C.int(t.share))
	if t.t.rc != C.MPI_SUCCESS {
		return -1, mpiError("Testsome", int(t.t.rc))
	}
	if n := int(t.t.ndone); n > 0 {
		t.finish(unsafe.Slice(t.t.done, n))
	}
	return int(t.t.source), nil
}

// finish takes transfers that are over out of the list and runs what follows
// them, which may start others.
func (t *Traffic) finish(done []C.int) {
	reqs := unsafe.Slice(t.t.req, len(t.tasks))
	ready := make([]func(), len(done))
	over := make([]bool, len(t.tasks))
	for i, index := range done {
		ready[i] = t.tasks[index]
		over[index] = true
	}
	kept := 0
	for i := range t.tasks {
		if !over[i] {
			reqs[kept], t.tasks[kept] = reqs[i], t.tasks[i]
			kept++
		}
	}
	clear(t.tasks[kept:])
	t.tasks = t.tasks[:kept]
	t.t.n = C.int(kept)
	for _, f := range ready {
		f()
	}
}

// Release gives the MPI lock back. Its error is that of a Send or Header
// since the lock was taken.
func (t *Traffic) Release() error {
	code := C.mpiclus_recorded_error()
	t.y.s.unlock()
	if code != C.MPI_SUCCESS {
		return mpiError("Send", int(code))
	}
	return nil
}

// TryEnter takes the MPI lock if it is free, for one Send and Release. It may
// be called from any goroutine.
func (t *Traffic) TryEnter() bool { return C.mpiclus_enter() != 0 }

// Send sends a header that the receiver's library surely takes at once. The
// MPI lock is held.
func (t *Traffic) Send(b []byte, to int) { t.y.comm.Send(b, to, tagHeader) }

// Header takes the next header of a rank, nil when none is here.
func (t *Traffic) Header(from int) []byte {
	here, st := t.y.comm.Iprobe(from, tagHeader)
	if !here {
		return nil
	}
	b := make([]byte, st.Count[byte]())
	t.y.comm.RecvPrealloc(b, from, tagHeader)
	return b
}

// SendHeader sends a header without waiting for the receiver's library, and
// calls over when b may be changed. Only the owner calls it.
func (t *Traffic) SendHeader(b []byte, to int, over func()) error {
	return t.start(b, to, tagHeader, over, 0)
}

// SendPiece sends a piece of a payload. Only the owner calls it.
func (t *Traffic) SendPiece(b []byte, to, tag int, over func()) error {
	return t.start(b, to, tag, over, 0)
}

// ReceivePiece receives a piece of a payload: pieces of one sender and tag
// arrive in the order in which they were sent. Only the owner calls it.
func (t *Traffic) ReceivePiece(b []byte, from, tag int, over func()) error {
	return t.start(b, from, tag, over, 1)
}

func (t *Traffic) start(b []byte, peer, tag int, over func(), receive C.int) error {
	memory := uintptr(unsafe.Pointer(unsafe.SliceData(b)))
	rc := C.mpiclus_traffic_start(t.t, C.uintptr_t(memory), C.int(len(b)), C.int(peer), C.int(tag), receive)
	if rc != C.MPI_SUCCESS {
		return mpiError([]string{"Isend", "Irecv"}[receive], int(rc))
	}
	t.tasks = append(t.tasks, over)
	return nil
}

// Pending gives the number of transfers that are not over.
func (t *Traffic) Pending() int { return len(t.tasks) }

// Wake makes Wait return soon. It may be called from any goroutine.
func (t *Traffic) Wake() { t.rouse((*int32)(unsafe.Pointer(&t.t.wake))) }

// Alert tells that a message is expected: Wait looks for it without pauses
// for a while. It may be called from any goroutine.
func (t *Traffic) Alert() { t.rouse((*int32)(unsafe.Pointer(&t.t.alert))) }

func (t *Traffic) rouse(flag *int32) {
	atomic.StoreInt32(flag, 1)
	if atomic.LoadInt32((*int32)(unsafe.Pointer(&t.t.asleep))) != 0 {
		C.mpiclus_traffic_signal(t.t)
	}
}

// Free ends the traffic. Nobody uses it any more.
func (t *Traffic) Free() { C.mpiclus_traffic_free(t.t) }

package mpi

/*
#include "engine.h"
#include "traffic.h"
*/
import "C"

import (
	"runtime"
	"sync/atomic"
	"time"
	"unsafe"
)

// Traffic is messages that come and go beside the calls of the script: the
// ground of mpilink. One goroutine runs Wait, in a loop; it and any other that
// has the MPI lock by TryEnter may send until Release. The memory of a
// transfer stays where it is, pinned by the caller, until the transfer is
// over.
type Traffic struct {
	y     *System
	t     *C.mpiclus_traffic
	tasks []func() // what to do when a transfer is over, by its index
	spin  time.Duration
	share int
}

// ShortMessage is the most bytes that Send takes: libraries pass a message of
// this size on without waiting for the receiver.
const ShortMessage = 4000

// How long the owner looks without a pause after each event, and which part
// of the time waited its pauses are after that.
const (
	trafficSpin  = 20 * time.Microsecond
	spinSlice    = 10 * time.Microsecond
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

// Tags returns the tags that payloads may have: first to last.
func (t *Traffic) Tags() (first, last int) { return tagPayload, t.y.s.maxTag }

// Wait returns, with the MPI lock held, when a header is here, a transfer is
// over or Wake was called. It calls what was to be done for transfers that are
// over, and returns the rank that a header is here from, -1 for none.
//
// While it looks without pauses it lets other goroutines run now and then: one
// that is ready sits behind this one, on a processor that the runtime takes
// for busy while C runs.
func (t *Traffic) Wait() (source int, err error) {
	found := C.int(0)
	for spun := time.Duration(0); found == 0 && spun < t.spin; spun += spinSlice {
		if found = C.mpiclus_traffic_spin(t.t, C.int64_t(spinSlice)); found == 0 {
			runtime.Gosched()
		}
	}
	if found == 0 {
		C.mpiclus_traffic_wait(t.t, C.int64_t(t.spin), C.int(t.share))
	}
	t.y.s.entersAs()
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

// Release returns the MPI lock back. Its error is that of a Send or Header
// since the lock was taken.
func (t *Traffic) Release() error {
	code := C.mpiclus_system_error()
	t.y.s.unlock()
	if code != C.MPI_SUCCESS {
		return mpiError("Send", int(code))
	}
	return nil
}

// TryEnter takes the MPI lock if it is free, until Release. It may be called
// from any goroutine.
func (t *Traffic) TryEnter() bool { return t.y.s.enter(C.MPICLUS_LINK) }

// Send sends a header that the receiver's library surely takes at once. The
// MPI lock is held.
func (t *Traffic) Send(b []byte, to int) { t.y.comm.Send(b, to, tagHeader) }

// Header reports whether a header of a rank is here, and of how many bytes.
func (t *Traffic) Header(from int) (bytes int, here bool) {
	here, st := t.y.comm.Iprobe(from, tagHeader)
	if !here {
		return 0, false
	}
	return st.Count[byte](), true
}

// Receive takes a short header that is here.
func (t *Traffic) Receive(b []byte, from int) { t.y.comm.RecvPrealloc(b, from, tagHeader) }

// ReceiveHeader takes a header of any size that is here, and calls over when
// it has come.
func (t *Traffic) ReceiveHeader(b []byte, from int, over func()) error {
	return t.start(b, from, tagHeader, over, 1)
}

// SendHeader sends a header of any size without waiting for the receiver, and
// calls over when b may be changed.
func (t *Traffic) SendHeader(b []byte, to int, over func()) error {
	return t.start(b, to, tagHeader, over, 0)
}

// SendPiece sends a piece of a payload.
func (t *Traffic) SendPiece(b []byte, to, tag int, over func()) error {
	return t.start(b, to, tag, over, 0)
}

// ReceivePiece receives a piece of a payload: pieces of one sender and tag
// arrive in the order in which they were sent.
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

// Pending returns the number of transfers that are not over.
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

package mpi

// #include "engine.h"
import "C"

import (
	"context"
	"fmt"
	"os"
	"sync/atomic"
	"time"
	"unsafe"
)

// Finalize ends MPI. It waits for all ranks of the job. The session is of no
// use afterwards.
func (s *Session) Finalize() error {
	if s.finalized.Swap(true) {
		return nil
	}
	s.freeShared()
	s.settleLast()
	s.freeAll()
	if !s.lockWithin(finalizeWait) {
		return fmt.Errorf("MPI_Finalize: %w", s.busy())
	}
	// The lock is kept: whoever still waits to call MPI must not any more.
	if rc := C.MPI_Finalize(); rc != C.MPI_SUCCESS {
		return mpiError("Finalize", int(rc))
	}
	over.Store(true)
	return nil
}

// settleLast ends what requests and calls that were given up left in MPI, in the
// world of now; what a Renew has given up before stays. A C program completes all of
// its own before MPI_Finalize (MPI 3.1, section 8.7). Open MPI does not look; with
// MPICH 4.2 the memory of a message that is under way stops the process there (UCX:
// "Assertion `region->refcount == 0' failed"). It waits for all ranks, as
// MPI_Finalize does, unless a call sits in MPI, of which Finalize tells.
func (s *Session) settleLast() {
	if C.MPICLUS_OPEN_MPI != 0 || !s.lockWithin(finalizeWait) {
		return
	}
	s.unlock()
	if s.meetAll(context.Background()) != nil || !s.lockWithin(finalizeWait) {
		return
	}
	defer s.unlock()
	_, _, _ = s.settle() // what cannot be ended stays, and an error of MPI comes again in MPI_Finalize
}

// over says that MPI has come to its end in this process. A task may end the process
// while Finalize is at work.
var over atomic.Bool

// Exit ends the process, after Finalize as a C program ends: MPICH tells its
// launcher that a rank is done in a handler of atexit only (4.2), and the launcher
// kills all ranks when one is gone that did not. mpiclusExit is the last of these
// handlers.
func Exit(code int) {
	if over.Load() && C.MPICLUS_OPEN_MPI == 0 {
		C.mpiclus_exit(C.int(code))
	}
	os.Exit(code)
}

// mpiclusExit does at the end of C's exit what Go does at its own (counters of
// coverage, the race detector), and leaves the libraries' destructors out, beside
// which Go's threads would run.
//
//export mpiclusExit
func mpiclusExit(code C.int) { os.Exit(int(code)) }

// finalizeWait is how long a call that sits in MPI may take to end before MPI
// is given up: it may wait for a rank that never comes.
const finalizeWait = 2 * time.Second

// busy says which call sits in MPI.
func (s *Session) busy() error {
	for _, c := range s.Pending() {
		if c.Native {
			return fmt.Errorf("rank %d is still in %s at %s", s.info.Rank, c.Call, c.Where)
		}
	}
	return fmt.Errorf("rank %d is still in MPI", s.info.Rank)
}

// Abort ends every process of the job with an exit code, by way of the MPI
// library. It waits a moment for the launcher to pass on what this process has
// written, and for others to leave MPI, and does not wait for ever: it is for when
// nothing else helps.
func (s *Session) Abort(code int) {
	if C.MPICLUS_OPEN_MPI == 0 {
		time.Sleep(passOnTime)
	}
	s.lockWithin(abortWait)
	C.MPI_Abort(*(*C.MPI_Comm)(unsafe.Pointer(&worldHandle)), C.int(code))
}

// passOnTime is what a launcher gets to read output in: MPICH's ends without a look at
// what is there when it is told to end the job.
const passOnTime = 100 * time.Millisecond

// abortWait is how long Abort lets others leave MPI.
const abortWait = 20 * time.Millisecond

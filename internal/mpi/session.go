// Package mpi is the MPI engine of a process: everything of this software
// that calls the MPI library is here, and a process has one Session.
//
// A call is a Call: luampi takes one from the Session, names a line of the
// table, fills the slots of its frame, and runs it with Try (never waits) and
// Wait (waits without the interpreter, can be cancelled). One lock, the door,
// surrounds MPI; nobody waits for it while holding anything else.
package mpi

/*
#cgo pkg-config: ompi
#cgo CFLAGS: -O2 -Wall -Wno-unused-value -fno-strict-aliasing
#include <stdio.h>
#include "engine.h"
*/
import "C"

import (
	"math"
	"sync"
	"sync/atomic"
	"time"

	gompi "github.com/sbromberger/gompi"
)

// Config says what a session needs. The zero value takes what MPI gives.
type Config struct {
	// ThreadLevel is the least level that the process can live with:
	// "single", "funneled", "serialized" or "multiple"; "" for any.
	ThreadLevel string
	// Oversubscribed says that ranks outnumber cores: waits then give the
	// core away sooner. Also set by MPICLUS_OVERSUBSCRIBED=1 or by what the
	// launcher tells.
	Oversubscribed bool
}

// Info is what is known of the job and the library once MPI runs.
type Info struct {
	Rank, Size  int    // in the job
	Host        string // MPI's name of the machine
	Library     string // "Open MPI 4.1.4"
	LibraryText string // all that the library says of itself
	Version     string // of the standard, "3.1"
	ThreadLevel string // provided
}

// Session is MPI in this process from Init to Finalize. Its methods may be
// called from any goroutine.
type Session struct {
	info           Info
	mpi            gompi.MPI
	oversubscribed bool
	tests          C.int // tests of a call while the interpreter is held
	cancellable    bool
	spins          bool // a blocking collective would keep cores from the ranks that it waits for
	beforeNative   func()

	world, self, chunk *Comm
	generation         atomic.Uint64 // of the world that the script sees
	maxTag             int
	chunksMu           sync.Mutex
	chunks             map[string]*Comm // by list of ranks, of this generation
	dirty              atomic.Bool
	finalized          atomic.Bool

	mu      sync.Mutex
	all     atomic.Pointer[[]*Call] // every call ever made; entry i is owner i
	free    []*Call
	left    []*Call       // abandoned: their frames and buffers stay until Renew
	lost    []*Call       // not over then: for good
	entered atomic.Uint64 // records made
	passed  atomic.Uint32 // who has left MPI: tells Go's race detector of the door
	ownOps  [2]uint64     // of the library: what stands for the ops of scripts
	comms
	requests
	trash
	progress progress
}

// clock is the begin of all times of this package, which are told as what has passed since.
var clock = time.Now()

var current *Session

// Info gives what is known of the job.
func (s *Session) Info() Info { return s.info }

// MaxTag gives the greatest tag that a message can have.
func (s *Session) MaxTag() int { return s.maxTag }

// Dirty tells whether an MPI wait was left since the last Renew: messages and
// collectives on the script's communicators are then in an unknown state.
func (s *Session) Dirty() bool { return s.dirty.Load() }

// SetCancellable chooses whether collectives can be left while they wait, at
// some cost, and gives what was chosen before.
func (s *Session) SetCancellable(on bool) (before bool) {
	before, s.cancellable = s.cancellable, on
	return before
}

// BeforeNative has f called before each call that keeps the library until other
// ranks are in it: what those wait for must be on its way by then.
func (s *Session) BeforeNative(f func()) { s.beforeNative = f }

// lock enters MPI for calls that no frame stands for. It waits, so the
// interpreter must not be held.
func (s *Session) lock() { s.lockWithin(math.MaxInt64) }

// lockWithin is lock with a limit on the wait; it tells whether it is inside.
func (s *Session) lockWithin(limit time.Duration) bool {
	var waited time.Duration
	for pause := time.Microsecond; !s.enter(C.MPICLUS_SESSION); pause = min(2*pause, time.Millisecond) {
		if waited >= limit {
			return false
		}
		time.Sleep(pause)
		waited += pause
	}
	return true
}

// enter enters MPI if nobody is inside.
func (s *Session) enter(owner C.int32_t) bool {
	if C.mpiclus_door_enter(owner) == 0 {
		return false
	}
	s.entersAs()
	return true
}

// entersAs makes what others did inside of MPI seen here.
func (s *Session) entersAs() { s.passed.Load() }

func (s *Session) unlock() {
	s.passed.Add(1)
	C.mpiclus_door_leave()
}

// FlushC writes out what C code in this process has printed so far.
func (s *Session) FlushC() { C.fflush(nil) }

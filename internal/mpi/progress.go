package mpi

import (
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/mpiclus/mpiclus-lua/internal/mpi/table"
)

// progressEvery is how often a process that others may wait for looks after MPI
// while its script does something else; progressLooks is how often it then looks,
// since an access or a long message takes several steps. Where requests have been at
// work for progressLong, and no other was begun meanwhile, it looks less often:
// receives may be posted for the whole of a run. progressRest is how long it stays
// ready when nobody needs it.
const (
	progressEvery  = time.Millisecond
	progressLooks  = 16
	progressLong   = time.Second
	progressSeldom = 10 * time.Millisecond
	progressRest   = 100 * time.Millisecond
)

// progress is what a process does for others while its script is not in MPI: MPI
// libraries move messages only inside of calls.
type progress struct {
	users   atomic.Int32 // of Progress
	running atomic.Bool
	begun   atomic.Bool // a request, since the last look
}

// Progress has this process look after MPI, also while its script computes,
// until stop is called: accesses of other ranks to its windows then go on. It costs
// a few percent of a core. Requests that are at work, messages of a buffer among
// them, have it without being asked for (MPI 3.1, section 3.7.4: a receive ends also
// if the sender makes no further call).
func (s *Session) Progress() (stop func()) {
	s.progress.users.Add(1)
	s.makeProgress()
	return sync.OnceFunc(func() { s.progress.users.Add(-1) })
}

// makeProgress starts looking after MPI, if that does not go on.
func (s *Session) makeProgress() {
	if !s.progress.begun.Load() {
		s.progress.begun.Store(true)
	}
	if !s.progress.running.Load() && s.progress.running.CompareAndSwap(false, true) {
		go s.lookAfter()
	}
}

// othersMayWait reports whether a window, a buffer or a request is at work here.
func (s *Session) othersMayWait() bool {
	if s.progress.users.Load() > 0 || s.norphans.Load() > 0 {
		return true
	}
	s.requestsMu.Lock()
	defer s.requestsMu.Unlock()
	return slices.ContainsFunc(s.alive.All(), func(r *Request) bool { return r.State() != Lost })
}

// lookAfter runs as long as others may wait for what is at work here.
func (s *Session) lookAfter() {
	c := s.NewCall("Iprobe")
	defer c.Release()
	source, tag := Constant("ANY_SOURCE"), Constant("ANY_TAG")
	last := time.Now() // when a request was begun
	for rest := progressRest; ; rest -= progressEvery {
		every := progressEvery
		switch {
		case s.progress.begun.Swap(false):
			last = time.Now()
		case s.progress.users.Load() == 0 && time.Since(last) > progressLong:
			every = progressSeldom
		}
		time.Sleep(every)
		if s.finalized.Load() {
			return // nothing is begun any more
		}
		switch {
		case s.othersMayWait():
			rest = progressRest
		case rest > 0:
			continue
		default:
			s.progress.running.Store(false)
			if !s.othersMayWait() || !s.progress.running.CompareAndSwap(false, true) {
				return
			}
		}
		for range progressLooks {
			if !lookOnce(c, source, tag) {
				break // somebody is in MPI
			}
		}
		s.Sweep()
	}
}

// lookOnce looks for a message to the world of the job, to which nobody sends:
// what counts is that MPI does what is to be done. It is false when MPI is in
// use.
func lookOnce(c *Call, source, tag uint64) bool {
	c.Prepare(c.Row)
	c.S[table.SlotPeer], c.S[table.SlotTag] = source, tag
	c.S[table.SlotComm] = worldHandle
	return c.Quick() && c.Try()
}

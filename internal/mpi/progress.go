package mpi

import (
	"sync"
	"time"

	"github.com/mpiclus/mpiclus-lua/internal/mpi/table"
)

// progressEvery is how often a process whose windows others may wait for looks
// after MPI while its script does something else; progressLooks is how often
// it then looks, since an access takes several messages.
const (
	progressEvery = time.Millisecond
	progressLooks = 16
)

// progress is what is known of windows that need it.
type progress struct {
	mu      sync.Mutex
	users   int
	running bool
}

// Progress has this process look after MPI, also while its script computes,
// until stop is called: accesses of other ranks to its windows then go on. It
// costs a few percent of a core.
func (s *Session) Progress() (stop func()) {
	p := &s.progress
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.users++; !p.running {
		p.running = true
		go s.lookAfter()
	}
	return sync.OnceFunc(func() {
		p.mu.Lock()
		p.users--
		p.mu.Unlock()
	})
}

// lookAfter runs as long as somebody needs progress.
func (s *Session) lookAfter() {
	p := &s.progress
	c := s.NewCall("Iprobe")
	defer c.Release()
	for {
		time.Sleep(progressEvery)
		p.mu.Lock()
		if p.users == 0 || s.finalized.Load() {
			p.running = false
			p.mu.Unlock()
			return
		}
		p.mu.Unlock()
		for range progressLooks {
			if !s.lookOnce(c) {
				break // somebody is in MPI
			}
		}
	}
}

// lookOnce looks for a message to the world of the job, to which nobody sends:
// what counts is that MPI does what is to be done. It is false when MPI is in
// use.
func (s *Session) lookOnce(c *Call) bool {
	c.Prepare(c.Row)
	c.S[table.SlotPeer], c.S[table.SlotTag] = Constant("ANY_SOURCE"), Constant("ANY_TAG")
	c.S[table.SlotComm] = worldHandle
	return c.Quick() && c.Try()
}

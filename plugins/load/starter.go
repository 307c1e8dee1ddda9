package load

import (
	"os/exec"
	"runtime"
	"sync"

	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
)

// starter starts all processes from one thread. On Linux a process is told
// of the end of the thread that made it, not of the process: so that thread
// must live as long as plugins may.
type starter struct {
	once sync.Once
	work chan func()
	over chan struct{}
}

func newStarter() *starter { return &starter{work: make(chan func()), over: make(chan struct{})} }

func (s *starter) run() {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	for {
		select {
		case f := <-s.work:
			f()
		case <-s.over:
			return
		}
	}
}

// start is cmd.Start on the thread.
func (s *starter) start(cmd *exec.Cmd) (err error) {
	s.once.Do(func() { go s.run() })
	done := make(chan struct{})
	select {
	case s.work <- func() { err = cmd.Start(); close(done) }:
		<-done
		return err
	case <-s.over:
		return luaerr.New(luaerr.Plugin, "this process is ending")
	}
}

// close ends the thread's work; the plugins must have ended before.
func (s *starter) close() { close(s.over) }

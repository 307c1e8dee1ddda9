package host

import (
	"context"
	"os"
	"os/signal"
	"slices"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"github.com/mpiclus/mpiclus-lua/internal/interp"
	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
	"github.com/mpiclus/mpiclus-lua/internal/rpc"
)

// Times of an end by a signal.
const (
	sameSignal = 200 * time.Millisecond // in which a second signal is taken for the first one
	callLimit  = 2 * time.Second        // for a call of a library, which nothing stops; then the script is ended in it
	lastNote   = 200 * time.Millisecond // for words that nobody may read
)

// ending are the signals that end the script. What was ignored when this
// process started (nohup, or & in a script of the shell) stays ignored.
func ending() []os.Signal {
	return slices.DeleteFunc([]os.Signal{syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP}, signal.Ignored)
}

// watchSignals turns the signals that end a process into an interrupt of the
// script, and the second of them into the end of everything; SIGQUIT into a
// report of where the ranks are; SIGPIPE, of standard output or standard
// error, into an end without words. It lasts until stop is called.
func (h *Host) watchSignals() (stop func()) {
	w := &signals{h: h, end: make(chan os.Signal, 4), other: make(chan os.Signal, 4), done: make(chan struct{})}
	signal.Notify(w.end, ending()...)
	signal.Notify(w.other, syscall.SIGQUIT, syscall.SIGPIPE)
	go w.watch()
	go w.serveOthers()
	return func() {
		signal.Stop(w.end)
		signal.Stop(w.other)
		close(w.done)
	}
}

type signals struct {
	h          *Host
	end, other chan os.Signal
	done       chan struct{}
}

// watch waits for the first signal that ends the script, and for the second.
func (w *signals) watch() {
	h := w.h
	var why error
	select {
	case s := <-w.end:
		if !h.stop.running() {
			w.late(s)
			return
		}
		why = h.interruption(s)
		h.stop.begin(why)
	case <-w.done:
		return
	}
	go h.display.GiveUpStuck(w.done)
	// What comes at once is the same signal again: timeout(1) and some
	// terminals send it to the process and to its group.
	for once := time.After(sameSignal); once != nil; {
		select {
		case <-w.end:
		case <-once:
			once = nil
		case <-w.done:
			return
		}
	}
	// Chunks have told by now where they were; all else stops, too.
	go h.StopWorkers(luaerr.From(why))
	passed := h.interpreterPasses()
	limit := time.After(callLimit)
	for {
		select {
		case <-w.end:
			h.endNow("interrupted again: the workers are killed")
		case <-passed: // the script waits for something, or has stopped
			passed, limit = nil, nil
		case <-limit:
			if h.stop.running() && h.rank == nil {
				h.endNow("interrupted, but the script is in a call of a library that does not stop: it was ended there, and the workers were killed")
			}
			limit = nil
		case <-w.done:
			return
		}
	}
}

// interruption is the error of a script that a signal stops.
func (h *Host) interruption(s os.Signal) error {
	if h.rank != nil {
		return h.rank.Interruption(s)
	}
	return luaerr.New(luaerr.Interrupted, "interrupted (%v)", s)
}

// interpreterPasses returns a channel that is closed once the interpreter was
// let go: Lua code stops when it is interrupted, and who waits lets go, but a
// call of a library does not.
func (h *Host) interpreterPasses() <-chan struct{} {
	passed := make(chan struct{})
	h.interp.Start(context.Background(), "look", func(*interp.Task) { close(passed) })
	return passed
}

// late is a signal that comes when the script is over: what is left of its end
// is cut short.
func (w *signals) late(s os.Signal) {
	if w.h.rank == nil {
		w.h.endNow("interrupted (" + s.String() + ") while the script was ending: its workers are killed")
	}
	// A rank ends as the signal has it.
	w.h.removeFolders()
	signal.Reset(s)
	_ = syscall.Kill(os.Getpid(), s.(syscall.Signal))
}

// endNow ends the process at once, and all of its workers.
func (h *Host) endNow(why string) {
	told := make(chan struct{})
	go func() {
		defer close(told)
		h.say("%s", why)
	}()
	select {
	case <-told:
	case <-time.After(lastNote):
	}
	h.display.GiveUp()
	h.Kill()
	h.removeFolders()
	os.Exit(ExitInterrupted)
}

// serveOthers answers the signals that end nothing by themselves.
func (w *signals) serveOthers() {
	for {
		select {
		case s := <-w.other:
			switch {
			case s == syscall.SIGQUIT:
				go w.h.tellWhere()
			case readerGone(1) || readerGone(2): // else it is of another descriptor
				w.h.outputBroken()
			}
		case <-w.done:
			return
		}
	}
}

// readerGone reports whether a descriptor is a pipe or socket that nobody
// reads any more.
func readerGone(fd int32) bool {
	look := []unix.PollFd{{Fd: fd}}
	n, err := unix.Poll(look, 0)
	return err == nil && n > 0 && look[0].Revents&(unix.POLLERR|unix.POLLHUP) != 0
}

// outputBroken ends the script, because nobody reads what it writes.
func (h *Host) outputBroken() {
	if h.readerGone.CompareAndSwap(false, true) {
		e := luaerr.New(luaerr.Interrupted, "%w", errReaderGone)
		h.display.GiveUp()
		if h.stop.begin(e) {
			go h.StopWorkers(e)
		}
	}
}

// StopWorkers stops what the workers run, and leaves them usable. It does not
// wait.
func (h *Host) StopWorkers(why *luaerr.Error) {
	if h.node.Self() == rpc.Master {
		h.parallel.StopWorkers(why)
	}
}

// stopped stops the script of a process that was interrupted.
func (h *Host) stopped(why *luaerr.Error) {
	if h.node.Self() == rpc.Master { // a rank that serves is in its script still
		h.stop.begin(why)
	}
}

// removeFolders removes the files of jobs at an end that leaves no time.
func (h *Host) removeFolders() {
	if h.rank != nil && h.cfg.Ranks.Clean != nil {
		h.cfg.Ranks.Clean()
	}
	for _, m := range h.all() {
		m.mu.Lock()
		j := m.job
		m.mu.Unlock()
		if j != nil {
			j.RemoveFiles()
		}
	}
}

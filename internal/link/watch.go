package link

import (
	"fmt"
	"sync/atomic"
	"time"
)

// watch breaks a connection to a host that is gone while data for it waits;
// keepalive sees that only on an idle connection. TCP_USER_TIMEOUT is not used
// for it, since the kernel counts a living peer that does not read for so long
// (stopped, in a debugger, busy) as dead too: what matters here is whether the
// other host still answers at all.
//
// A timer runs only while something was sent lately or waits.
type watch struct {
	conn    guarded
	pause   time.Duration
	sending atomic.Int32 // calls of Send
	armed   atomic.Bool
	dead    atomic.Pointer[error]
}

// guarded is a connection to another host.
type guarded interface {
	Close() error
	unanswered() (waiting bool, silent time.Duration)
}

// watchPause is how long after a Send, and then how often, to look.
const watchPause = deadHost / 4

// begin and end enclose a Send. A nil watch does nothing.
func (w *watch) begin() {
	if w == nil {
		return
	}
	w.sending.Add(1) // before the look at armed: see look
	w.arm()
}

func (w *watch) end() {
	if w != nil {
		w.sending.Add(-1)
	}
}

func (w *watch) arm() {
	if w.armed.CompareAndSwap(false, true) {
		time.AfterFunc(w.pause, w.look)
	}
}

// look breaks the connection or arms the timer again while there is a reason.
// A closed connection has none.
func (w *watch) look() {
	w.armed.Store(false)
	sending := w.sending.Load() > 0 // after the store: a Send that found it armed is seen
	waiting, silent := w.conn.unanswered()
	switch {
	case waiting && silent >= deadHost:
		err := fmt.Errorf("the other host has been silent for %v", silent.Round(time.Second/10))
		w.dead.Store(&err)
		_ = w.conn.Close()
	case waiting || sending:
		w.arm()
	}
}

// verdict returns the reason when the watch broke the connection.
func (w *watch) verdict() error {
	if w == nil || w.dead.Load() == nil {
		return nil
	}
	return *w.dead.Load()
}

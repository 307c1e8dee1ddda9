package link

import (
	"sync"
	"testing"
	"time"
)

// farHost plays a connection whose other host behaves as told.
type farHost struct {
	mu      sync.Mutex
	waiting bool
	silent  time.Duration
	looks   int
	closed  chan struct{}
}

func (h *farHost) unanswered() (bool, time.Duration) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.looks++
	return h.waiting, h.silent
}

func (h *farHost) Close() error { close(h.closed); return nil }

func (h *farHost) set(waiting bool, silent time.Duration) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.waiting, h.silent = waiting, silent
}

func (h *farHost) looked() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.looks
}

func TestWatch(t *testing.T) {
	limit(t)
	h := &farHost{closed: make(chan struct{})}
	w := &watch{conn: h, pause: 5 * time.Millisecond}
	until := func(ok func() bool) { // or the test hangs
		for !ok() {
			time.Sleep(w.pause)
		}
	}
	looksOn := func() {
		n := h.looked()
		until(func() bool { return h.looked() > n+3 })
	}
	if time.Sleep(10 * w.pause); h.looked() != 0 {
		t.Error("an idle link is looked at")
	}
	h.set(false, time.Hour) // long silence, but nothing waits
	w.begin()
	looksOn() // while a Send takes long
	w.end()
	until(func() bool { return !w.armed.Load() })
	if time.Sleep(10 * w.pause); w.armed.Load() {
		t.Error("the watch goes on after the last Send")
	}
	h.set(true, deadHost-1) // data waits, the host answers
	w.begin()
	w.end()
	looksOn() // data that waits is watched after Send
	if w.verdict() != nil {
		t.Error("broken too early:", w.verdict())
	}
	h.set(true, deadHost)
	<-h.closed
	if w.verdict() == nil {
		t.Error("no reason is given")
	}
}

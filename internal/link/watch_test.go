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
	limit(t, 10*time.Second)
	h := &farHost{closed: make(chan struct{})}
	w := &watch{conn: h, pause: 5 * time.Millisecond}
	settle := func() int { time.Sleep(100 * time.Millisecond); return h.looked() }

	if settle() != 0 {
		t.Error("an idle link is looked at")
	}
	h.set(false, time.Hour) // long silence, but nothing waits
	w.begin()
	if settle() < 3 {
		t.Error("a Send that takes long is not watched")
	}
	w.end()
	n := settle()
	if settle() != n {
		t.Error("the watch goes on after the last Send")
	}
	h.set(true, deadHost-1) // data waits, the host answers
	w.begin()
	w.end()
	if settle() < n+3 {
		t.Error("data that waits is not watched after Send")
	}
	if w.verdict() != nil {
		t.Error("broken too early:", w.verdict())
	}
	h.set(true, deadHost)
	<-h.closed
	if w.verdict() == nil {
		t.Error("no reason is given")
	}
}

package interp

import "sync"

// lock is a mutual exclusion with a strict order: who asked first gets it
// first. A place in the line can be taken before anybody waits in it, which
// is how calls start in the order in which they arrived.
type lock struct {
	mu    sync.Mutex
	held  bool
	queue []chan struct{}
}

// turn is a place in the line; nil means that the lock is held already.
type turn chan struct{}

// enqueue takes the next place.
func (l *lock) enqueue() turn {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.held {
		l.held = true
		return nil
	}
	t := make(chan struct{}, 1)
	l.queue = append(l.queue, t)
	return t
}

// await returns when the lock is held by the owner of the place.
func (t turn) await() {
	if t != nil {
		<-t
	}
}

func (l *lock) acquire() {
	l.mu.Lock()
	if !l.held {
		l.held = true
		l.mu.Unlock()
		return
	}
	t := make(chan struct{}, 1)
	l.queue = append(l.queue, t)
	l.mu.Unlock()
	<-t
}

// release hands the lock to the first in the line.
func (l *lock) release() {
	l.mu.Lock()
	if len(l.queue) == 0 {
		l.held = false
		l.queue = nil
	} else {
		next := l.queue[0]
		l.queue = l.queue[1:]
		next <- struct{}{}
	}
	l.mu.Unlock()
}

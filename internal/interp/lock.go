package interp

import (
	"sync"
	"sync/atomic"
)

// lock is a mutual exclusion with a strict order: who asked first gets it
// first. A place in the line can be taken for work that starts when its turn
// comes, which is how calls start in the order in which they arrived.
//
// Who finds it free, and who finds nobody in line, pays for one atomic operation: a
// script that sends small messages lets go and takes it back for each.
type lock struct {
	state atomic.Int32
	mu    sync.Mutex // of the queue, and of all changes from and to lined
	queue []inLine
}

// The states of a lock. It is handed over without being free in between, so nobody
// passes those in line.
const (
	free  int32 = iota
	held        // and nobody is in line
	lined       // held, and somebody is in line
)

// inLine is a place in the line: of a goroutine that waits, or of work that gets a
// goroutine when it is its turn.
type inLine struct {
	wake chan struct{}
	run  func()
}

// start takes the next place for work; it runs holding the lock, and releases
// it.
func (l *lock) start(run func()) {
	if l.join(inLine{run: run}) {
		go run()
	}
}

func (l *lock) acquire() {
	if l.state.CompareAndSwap(free, held) {
		return
	}
	t := make(chan struct{}, 1)
	if !l.join(inLine{wake: t}) {
		<-t
	}
}

// join takes the last place in the line, or the lock if it is free: then the result is
// true.
func (l *lock) join(place inLine) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	for l.state.Load() != lined {
		if l.state.CompareAndSwap(free, held) {
			return true
		}
		l.state.CompareAndSwap(held, lined)
	}
	l.queue = append(l.queue, place)
	return false
}

// release hands the lock to the first in the line.
func (l *lock) release() {
	if l.state.CompareAndSwap(held, free) {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	next := l.queue[0]
	l.queue[0] = inLine{}
	if l.queue = l.queue[1:]; len(l.queue) == 0 {
		l.queue = nil
		l.state.Store(held)
	}
	if next.run != nil {
		go next.run()
		return
	}
	next.wake <- struct{}{}
}

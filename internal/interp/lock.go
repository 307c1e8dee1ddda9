package interp

import "sync"

// lock is a mutual exclusion with a strict order: who asked first gets it
// first. A place in the line can be taken for work that starts when its turn
// comes, which is how calls start in the order in which they arrived.
type lock struct {
	mu    sync.Mutex
	held  bool
	queue []inLine
}

// inLine is a place in the line: of a goroutine that waits, or of work that gets a
// goroutine when it is its turn.
type inLine struct {
	wake chan struct{}
	run  func()
}

// start takes the next place for work; it runs holding the lock, and releases
// it.
func (l *lock) start(run func()) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.held {
		l.held = true
		go run()
		return
	}
	l.queue = append(l.queue, inLine{run: run})
}

func (l *lock) acquire() {
	l.mu.Lock()
	if !l.held {
		l.held = true
		l.mu.Unlock()
		return
	}
	t := make(chan struct{}, 1)
	l.queue = append(l.queue, inLine{wake: t})
	l.mu.Unlock()
	<-t
}

// release hands the lock to the first in the line.
func (l *lock) release() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.queue) == 0 {
		l.held = false
		l.queue = nil
		return
	}
	next := l.queue[0]
	l.queue[0] = inLine{}
	l.queue = l.queue[1:]
	if next.run != nil {
		go next.run()
		return
	}
	next.wake <- struct{}{}
}

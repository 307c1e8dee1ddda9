package interp

import (
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
)

// TestLock: one at a time holds the lock, whether it waits for it or was given a place in
// the line, and none is forgotten.
func TestLock(t *testing.T) {
	for _, workers := range []int{2, 8} { // where two meet, it is free every other time
		testLock(t, workers, 100_000/workers)
	}
}

func testLock(t *testing.T, workers, rounds int) {
	var l lock
	var inside, ran atomic.Int32
	var all sync.WaitGroup
	turn := func() {
		if inside.Add(1) != 1 {
			t.Error("two hold the lock")
		}
		if ran.Add(1)%100 == 0 {
			runtime.Gosched()
		}
		inside.Add(-1)
		l.release()
	}
	for w := range workers {
		all.Add(1)
		go func() {
			defer all.Done()
			for i := range rounds {
				if (i+w)%100 == 0 {
					all.Add(1)
					l.start(func() { defer all.Done(); turn() })
				} else {
					l.acquire()
					turn()
				}
			}
		}()
	}
	all.Wait()
	if n := ran.Load(); int(n) != workers*rounds {
		t.Errorf("%d of %d turns", n, workers*rounds)
	}
	if l.state.Load() != free || len(l.queue) != 0 {
		t.Errorf("state %d, %d in line in the end", l.state.Load(), len(l.queue))
	}
}

// TestLockInOrder: who asked first gets it first, and nobody passes those in line.
func TestLockInOrder(t *testing.T) {
	var l lock
	var order []int
	done := make(chan struct{})
	l.acquire()
	for i := range 100 {
		l.start(func() {
			order = append(order, i)
			if i == 99 {
				close(done)
			}
			l.release()
		})
	}
	l.release()
	l.acquire() // comes after all of them
	if len(order) != 100 {
		t.Errorf("%d of 100 were before", len(order))
	}
	l.release()
	<-done
	for i, n := range order {
		if i != n {
			t.Fatalf("place %d was the turn of %d", i, n)
		}
	}
}

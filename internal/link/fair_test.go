package link

import (
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
)

// Small frames get through between large ones: each waits for the few frames
// that are before it, not for as long as others have more to send.
func TestLargeFramesDoNotStarveSmallOnes(t *testing.T) {
	for _, kind := range []string{"unix", "tls"} {
		t.Run(kind, func(t *testing.T) {
			limit(t)
			a, b := kinds[kind](t)
			go func() {
				for {
					if _, err := b.Receive(); err != nil {
						return
					}
				}
			}()
			large := &Frame{Blobs: [][]byte{make([]byte, 4<<20)}}
			var sent atomic.Int64 // large frames
			stop := make(chan struct{})
			var group sync.WaitGroup
			for range 3 {
				group.Go(func() {
					for {
						select {
						case <-stop:
							return
						default:
							_ = a.Send(large)
							sent.Add(1)
						}
					}
				})
			}
			var before []int64 // each small frame: what went out while it waited
			for range 10 {
				begin := sent.Load()
				for sent.Load() == begin { // the others are at it
					runtime.Gosched()
				}
				begin = sent.Load()
				if err := a.Send(&Frame{}); err != nil {
					t.Fatal(err)
				}
				before = append(before, sent.Load()-begin)
			}
			close(stop)
			group.Wait()
			slices.Sort(before)
			t.Logf("before a small frame went %v large ones", before)
			if median := before[len(before)/2]; median > 10 {
				t.Errorf("a small frame waits for %d large ones of three senders", median)
			}
		})
	}
}

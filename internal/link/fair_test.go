package link

import (
	"slices"
	"sync"
	"testing"
	"time"
)

// Small frames get through between large ones: each waits for about the one
// frame that is being written, not for as long as others have more to send.
func TestLargeFramesDoNotStarveSmallOnes(t *testing.T) {
	for _, kind := range []string{"unix", "tls"} {
		t.Run(kind, func(t *testing.T) {
			limit(t, 30*time.Second)
			a, b := kinds[kind](t)
			go func() {
				for {
					if _, err := b.Receive(); err != nil {
						return
					}
				}
			}()
			large := &Frame{Blobs: [][]byte{make([]byte, 4<<20)}}
			start := time.Now()
			for range 5 {
				if err := a.Send(large); err != nil {
					t.Fatal(err)
				}
			}
			one := time.Since(start) / 5

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
						}
					}
				})
			}
			var waits []time.Duration
			for range 10 {
				time.Sleep(one / 3)
				start := time.Now()
				if err := a.Send(&Frame{}); err != nil {
					t.Fatal(err)
				}
				waits = append(waits, time.Since(start))
			}
			close(stop)
			group.Wait()
			slices.Sort(waits)
			t.Logf("a large frame takes %v, a small one beside three senders of such waits %v", one, waits)
			if median := waits[len(waits)/2]; median > 10*one+50*time.Millisecond {
				t.Errorf("a small frame waits %v, a large one takes %v", median, one)
			}
		})
	}
}

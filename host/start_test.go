package host

import (
	"testing"
	"time"

	"github.com/mpiclus/mpiclus-lua/internal/interp"
	"github.com/mpiclus/mpiclus-lua/internal/job"
)

// TestLostWhileAsked learns of the loss of workers while others ask who is
// left.
func TestLostWhileAsked(t *testing.T) {
	h, err := New(Config{Modules: func(*interp.Interp) {}})
	if err != nil {
		t.Fatal(err)
	}
	defer h.Close()
	m := h.NewManager(MPIOnWorkers, Options{NP: 1})
	m.job, m.workers = job.New(job.Config{}), []*job.Worker{job.NewRank(1, 2, "here", nil, m.display)}
	const times = 100000
	done := make(chan struct{}, 2)
	for _, f := range []func(){
		func() { m.lostWorker(m.workers[0], nil) },
		func() { m.remaining() },
	} {
		go func() {
			for range times {
				f()
			}
			done <- struct{}{}
		}()
	}
	for range 2 {
		select {
		case <-done:
		case <-time.After(time.Minute):
			t.Fatal("who learns of a loss and who asks for the remaining workers wait for each other")
		}
	}
}

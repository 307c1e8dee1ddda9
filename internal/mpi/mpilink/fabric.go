// Package mpilink carries frames between the ranks of an MPI job as MPI
// messages, on a communicator of its own and without any socket.
//
// A frame is one short message, its header, and for what does not fit there a
// payload under a tag of its own, received where it belongs without a copy
// (header.go). Payloads of many frames go over at the same time, in pieces,
// and headers between them; frames of one sender arrive in the order in which
// they were sent.
//
// One goroutine of the Fabric does all of it, beside what the script does in
// MPI: it takes the MPI lock for moments, at once when something is to be
// sent, often while there is traffic, and every 2.5 ms when there is none.
package mpilink

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"time"

	"github.com/mpiclus/mpiclus-lua/internal/link"
	"github.com/mpiclus/mpiclus-lua/internal/mpi"
)

// New makes the links between all ranks of the job. Every rank makes its own;
// they need not do it at the same time. Close ends it.
func New(system *mpi.System) *Fabric {
	f := &Fabric{traffic: system.NewTraffic(), rank: system.Rank(), stopped: make(chan struct{})}
	first, last := f.traffic.Tags()
	for rank := range system.Size() {
		f.peers = append(f.peers, newPeer(f, rank, first, last))
	}
	// One for the script, one for the messages.
	if runtime.GOMAXPROCS(0) < 2 {
		runtime.GOMAXPROCS(2)
	}
	go f.run()
	return f
}

// Links returns the link to each rank; nil for this one.
func (f *Fabric) Links() []link.Link {
	links := make([]link.Link, len(f.peers))
	for rank, p := range f.peers {
		if rank != f.rank {
			links[rank] = p
		}
	}
	return links
}

// HandOver waits until the frames that were sent are in MPI's hands, as far as
// their receivers take them. A call that keeps MPI until other ranks are in it
// comes after it: those may have to be told first.
func (f *Fabric) HandOver() {
	for _, p := range f.peers {
		p.handOver()
	}
}

// run moves frames until the fabric is closed or MPI fails.
func (f *Fabric) run() {
	defer close(f.stopped)
	for {
		source, err := f.traffic.Wait()
		if err == nil {
			f.step(source)
		}
		err = errors.Join(err, f.broken)
		if err = errors.Join(err, f.traffic.Release()); err != nil {
			f.fail(err)
			return
		}
		if f.over() {
			return
		}
		if f.delivered {
			f.delivered = false
			// Who waits for the frame runs now, on this processor, instead of
			// when the runtime finds that this goroutine sits in C.
			runtime.Gosched()
		}
	}
}

// step handles headers from a rank, if any, and a turn of each peer that has
// something to send. The MPI lock is held.
func (f *Fabric) step(source int) {
	if source >= 0 {
		p := f.peers[source]
		for range burst {
			n, here := f.traffic.Header(source)
			if !here {
				break
			}
			p.announced(n)
		}
	}
	f.mu.Lock()
	due := f.due
	f.due = nil
	f.mu.Unlock()
	for _, p := range due {
		if p.send() {
			f.queue(p)
		}
	}
}

// fail ends all links with an error.
func (f *Fabric) fail(err error) {
	f.mu.Lock()
	first := f.failure == nil
	if first {
		f.failure = err
	}
	f.mu.Unlock()
	if !first {
		return
	}
	for _, p := range f.peers {
		p.fail(err)
	}
	f.traffic.Wake()
}

// over reports whether the loop has nothing left to do: MPI failed, or all
// links are ended at both ends and all of their frames have gone over.
func (f *Fabric) over() bool {
	f.mu.Lock()
	closing, stop := f.closing, f.failure != nil || f.abandon
	f.mu.Unlock()
	if stop || !closing {
		return stop
	}
	for _, p := range f.peers {
		if !p.ended() {
			return false
		}
	}
	return f.traffic.Pending() == 0
}

// Close ends all links, and returns when the other ranks have ended theirs
// and everything that was sent before has arrived: MPI can be finalised then.
// When ctx ends first, what is under way is left behind, and the error says
// which ranks were waited for.
func (f *Fabric) Close(ctx context.Context) error {
	for _, p := range f.peers {
		p.Close()
	}
	f.mu.Lock()
	f.closing = true
	f.mu.Unlock()
	f.traffic.Wake()
	select {
	case <-f.stopped:
		f.mu.Lock()
		defer f.mu.Unlock()
		if f.failure == nil {
			f.traffic.Free()
		}
		return f.failure
	case <-ctx.Done():
	}
	var late []int
	for rank, p := range f.peers {
		if !p.ended() {
			late = append(late, rank)
		}
	}
	f.mu.Lock()
	f.abandon = true
	f.mu.Unlock()
	f.traffic.Wake()
	select {
	case <-f.stopped:
	case <-time.After(time.Second): // somebody sits in MPI for good
	}
	err := fmt.Errorf("ranks %v have not ended their links: %w", late, context.Cause(ctx))
	f.fail(err)
	return err
}

package mpilink

import (
	"fmt"
	"io"
	"sync"

	"github.com/mpiclus/mpiclus-lua/internal/link"
)

// Flow control. Each frame costs what it needs of the receiver's memory until
// it is taken from the link. A sender announces frames while it has no more
// than the window outstanding; the receiver tells what it has taken with each
// of its own frames, or by itself.
const (
	window    = 8 << 20
	tellAfter = window / 4
	frameCost = 1024
	// calm is the cost outstanding up to which a peer's library surely takes
	// a short message without a wait.
	calm = 16 * frameCost
	// queueLimit bounds the frames that are copied and not announced yet.
	queueLimit = 16 << 20
)

// peer is the link to another rank. The loop of the fabric calls header and
// send; the rest may be called by anybody.
type peer struct {
	f    *Fabric
	rank int

	isDue bool // under Fabric.mu

	mu      sync.Mutex
	changed sync.Cond // inbox, queue and the end of the link
	queue   []*outgoing
	queued  int // bytes of frames in the queue that nobody waits for
	sent    uint64
	acked   uint64
	nextTag uint32
	tags    [2]uint32

	inbox []*link.Frame
	taken uint64 // cost of frames that were taken, as the sender counts it
	told  uint64 // of these, what the sender was told

	closed  bool // by our owner
	endSent bool
	endCame bool
	failure error

	arriving []*incoming // in order; only the loop uses it
}

func newPeer(f *Fabric, rank, firstTag, lastTag int) *peer {
	p := &peer{f: f, rank: rank, nextTag: uint32(firstTag), tags: [2]uint32{uint32(firstTag), uint32(lastTag)}}
	p.changed.L = &p.mu
	return p
}

// String names the link for logs and messages.
func (p *peer) String() string { return fmt.Sprintf("mpi rank %d", p.rank) }

// Receive returns the next frame.
func (p *peer) Receive() (*link.Frame, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for {
		switch {
		case p.closed:
			return nil, link.ErrClosed
		case len(p.inbox) > 0:
			f := p.inbox[0]
			p.inbox[0] = nil
			p.inbox = p.inbox[1:]
			p.take(costOf(f))
			return f, nil
		case p.failure != nil:
			return nil, p.failure
		case p.endCame:
			return nil, io.EOF
		}
		p.changed.Wait()
	}
}

// take counts a frame that the receiver's memory is free of. p.mu is held.
func (p *peer) take(cost uint64) {
	p.taken += cost
	if p.taken-p.told >= tellAfter {
		p.f.queue(p)
	}
}

func costOf(f *link.Frame) uint64 {
	cost := uint64(frameCost + len(f.Head))
	for _, b := range f.Blobs {
		cost += uint64(len(b))
	}
	return cost
}

// Close ends the link. Frames that were sent before still go out.
func (p *peer) Close() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return nil
	}
	p.closed = true
	for _, f := range p.inbox {
		p.take(costOf(f))
	}
	p.inbox = nil
	end := header{what: isEnd}
	p.queue = append(p.queue, &outgoing{header: end.append(nil), last: true})
	p.f.queue(p)
	p.changed.Broadcast()
	return nil
}

// fail ends the link with an error.
func (p *peer) fail(err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.failure == nil {
		p.failure = fmt.Errorf("%w: %w", io.ErrUnexpectedEOF, err)
	}
	for _, o := range p.queue {
		o.finish(p.failure)
	}
	p.queue = nil
	p.changed.Broadcast()
}

// ended reports whether both ends have said that nothing more will come.
func (p *peer) ended() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.endSent && p.endCame && len(p.queue) == 0
}

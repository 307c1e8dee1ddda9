package mpilink

import (
	"fmt"
	"sync"

	"github.com/mpiclus/mpiclus-lua/internal/link"
	"github.com/mpiclus/mpiclus-lua/internal/mpi"
)

// Fabric is the links of this process to the other ranks of its job.
type Fabric struct {
	traffic *mpi.Traffic
	rank    int
	peers   []*peer

	mu      sync.Mutex
	due     []*peer // have something to send; each once
	failure error
	closing bool
	abandon bool

	delivered bool  // since the loop last let others run; the loop's own
	broken    error // what ends the loop; under the MPI lock
	stopped   chan struct{}
}

// burst is how many headers of one peer are handled before it is another's
// turn.
const burst = 16

// queue notes that a peer has something to send, and wakes the loop.
func (f *Fabric) queue(p *peer) {
	f.mu.Lock()
	known := p.isDue
	if !known {
		p.isDue = true
		f.due = append(f.due, p)
	}
	f.mu.Unlock()
	if !known {
		f.traffic.Wake()
	}
}

// stop notes an error, if it is one, that ends the loop. The MPI lock is held.
func (f *Fabric) stop(err error) {
	if err != nil && f.broken == nil {
		f.broken = err
		f.traffic.Wake()
	}
}

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

func costOf(f *link.Frame) uint64 {
	cost := uint64(frameCost + len(f.Head))
	for _, b := range f.Blobs {
		cost += uint64(len(b))
	}
	return cost
}

// take counts a frame that the receiver's memory is free of. p.mu is held.
func (p *peer) take(cost uint64) {
	p.taken += cost
	if p.taken-p.told >= tellAfter {
		p.f.queue(p)
	}
}

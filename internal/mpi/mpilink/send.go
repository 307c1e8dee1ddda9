package mpilink

import (
	"bytes"
	"fmt"
	"io"
	"runtime"

	"github.com/mpiclus/mpiclus-lua/internal/link"
	"github.com/mpiclus/mpiclus-lua/internal/mpi"
)

// outgoing is a frame on its way out.
type outgoing struct {
	header  []byte // the message, complete but for the credit
	payload payload
	tag     int
	cost    uint64
	copied  int           // bytes that count against queueLimit
	last    bool          // the end of the link
	over    chan struct{} // closed when the sender's memory is free; nil if nobody waits
	err     error         // set before over is closed
	done    bool
	pinner  runtime.Pinner
}

func (o *outgoing) finish(err error) {
	if o.over != nil && !o.done {
		o.done, o.err = true, err
		close(o.over)
	}
}

// Send sends a frame. A frame without large blobs is copied; else Send returns
// when all of it has gone over.
func (p *peer) Send(f *link.Frame) error {
	if err := check(f); err != nil {
		return err
	}
	p.mu.Lock()
	o := p.prepare(f)
	if err := p.admit(o); err != nil {
		p.mu.Unlock()
		o.payload.pinner.Unpin()
		return err
	}
	now, err := p.sendNow(o)
	if !now {
		kept := bytes.Clone(o.header) // it may be a long line
		giveBuffer(o.header)
		o.header = kept
		p.queue = append(p.queue, o)
		p.queued += o.copied
	}
	p.mu.Unlock()
	if now {
		p.f.traffic.Alert()
	} else {
		p.f.queue(p)
	}
	if err != nil {
		return err
	}
	if o.over == nil {
		return nil
	}
	<-o.over
	return o.err
}

// handOver waits until the loop has given MPI all frames that the window allows.
func (p *peer) handOver() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for len(p.queue) > 0 && p.sent-p.acked <= window && p.failure == nil {
		p.changed.Wait()
	}
}

// prepare makes what goes out for a frame. p.mu is held.
func (p *peer) prepare(f *link.Frame) *outgoing {
	h, large := describe(f, p.takeTag())
	o := &outgoing{tag: int(h.tag), cost: costOf(f)}
	if h.inline() {
		o.header = takeBuffer(headerSize + int(h.meta))
		h.appendMeta(h.append(o.header[:0]), f)
	} else {
		o.header = h.append(takeBuffer(headerSize)[:0])
		o.payload.add(h.appendMeta(make([]byte, 0, h.meta), f))
	}
	if len(large) == 0 {
		o.copied = int(h.meta)
		return o
	}
	o.payload.add(large...)
	o.over = make(chan struct{})
	return o
}

// takeTag returns the tag of the next payload: no two that are under way have
// the same. p.mu is held.
func (p *peer) takeTag() int {
	tag := p.nextTag
	if p.nextTag++; p.nextTag > p.tags[1] {
		p.nextTag = p.tags[0]
	}
	return int(tag)
}

// admit waits until the queue has room, and says why the frame cannot be
// sent. p.mu is held.
func (p *peer) admit(o *outgoing) error {
	for {
		switch {
		case p.closed:
			return link.ErrClosed
		case p.failure != nil:
			return p.failure
		case p.endCame:
			return fmt.Errorf("%w: rank %d has ended the link", io.ErrUnexpectedEOF, p.rank)
		case o.copied == 0 || p.queued == 0 || p.queued+o.copied <= queueLimit:
			return nil
		}
		p.changed.Wait()
	}
}

// sendNow returns a frame to MPI at once, if nothing is before it, the window is
// open and MPI is free. p.mu is held.
func (p *peer) sendNow(o *outgoing) (done bool, err error) {
	if len(p.queue) > 0 || p.sent-p.acked > window || !p.f.traffic.TryEnter() {
		return false, nil
	}
	p.launch(o)
	return true, p.f.traffic.Release()
}

// announce counts a frame whose header goes out now. p.mu is held.
func (p *peer) announce(o *outgoing) {
	p.sent += o.cost
	p.told = p.taken
	setCredit(o.header, p.told)
}

// send hands frames to MPI as far as the window allows, and reports whether
// there are more than one turn may take. Only the loop calls it, with the MPI
// lock held.
func (p *peer) send() (more bool) {
	p.f.mu.Lock()
	p.isDue = false
	p.f.mu.Unlock()
	p.mu.Lock()
	defer p.mu.Unlock()
	for turn := 0; len(p.queue) > 0 && (p.sent-p.acked <= window || p.queue[0].last); turn++ {
		if turn == burst {
			return true
		}
		o := p.queue[0]
		p.queue[0] = nil
		p.queue = p.queue[1:]
		p.queued -= o.copied
		p.endSent = p.endSent || o.last
		p.launch(o)
		p.changed.Broadcast()
	}
	if p.taken-p.told >= tellAfter && !p.endSent {
		credit := header{what: isCredit}
		p.launch(&outgoing{header: credit.append(nil)})
	}
	return false
}

// launch gives one frame to MPI. p.mu and the MPI lock are held.
func (p *peer) launch(o *outgoing) {
	ready := p.sent-p.acked <= calm && len(o.header) <= mpi.ShortMessage
	p.announce(o)
	t := p.f.traffic
	if ready {
		t.Send(o.header, p.rank)
		giveBuffer(o.header)
	} else {
		o.pinner.Pin(&o.header[0])
		p.f.stop(t.SendHeader(o.header, p.rank, func() {
			o.pinner.Unpin()
			giveBuffer(o.header)
		}))
	}
	if o.payload.empty() {
		return
	}
	o.payload.pump(func(piece []byte, over func()) {
		p.f.stop(t.SendPiece(piece, p.rank, o.tag, over))
	}, func() { o.finish(nil) })
}

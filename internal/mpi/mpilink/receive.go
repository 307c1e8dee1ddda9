package mpilink

import (
	"fmt"
	"io"
	"runtime"

	"github.com/mpiclus/mpiclus-lua/internal/link"
	"github.com/mpiclus/mpiclus-lua/internal/mpi"
)

// incoming is what a header message has announced, or will when it is here.
type incoming struct {
	header  header
	frame   *link.Frame
	payload payload
	whole   bool
}

// announced takes a header message of n bytes from the peer. Only the loop
// calls it, with the MPI lock held.
func (p *peer) announced(n int) {
	in := &incoming{}
	p.arriving = append(p.arriving, in)
	if n < headerSize || n > maxHeader {
		p.f.stop(&link.ProtocolError{What: fmt.Sprintf("a message of %d bytes from rank %d is no header", n, p.rank)})
		return
	}
	b := takeBuffer(n)
	take := func() {
		if err := p.header(in, b); err != nil {
			p.f.stop(fmt.Errorf("from rank %d: %w", p.rank, err))
		}
		giveBuffer(b)
	}
	if n <= mpi.ShortMessage {
		p.f.traffic.Receive(b, p.rank)
		take()
		return
	}
	var pinner runtime.Pinner
	pinner.Pin(&b[0])
	p.f.stop(p.f.traffic.ReceiveHeader(b, p.rank, func() {
		pinner.Unpin()
		take()
	}))
}

// header handles a header message that is here.
func (p *peer) header(in *incoming, b []byte) error {
	h, rest, err := parseHeader(b)
	if err != nil {
		return err
	}
	in.header = h
	p.mu.Lock()
	p.acked = max(p.acked, h.credit)
	more := len(p.queue) > 0
	p.mu.Unlock()
	if more {
		p.f.queue(p)
	}
	if h.what != isFrame {
		in.whole = true
		p.deliver()
		return nil
	}
	if h.inline() {
		return p.blobs(in, rest)
	}
	meta := link.Fresh(int(h.meta))
	in.payload.add(meta)
	p.pump(in, func() {
		if err := p.blobs(in, meta); err != nil {
			p.f.stop(fmt.Errorf("from rank %d: %w", p.rank, err))
		}
	})
	return nil
}

// blobs makes the frame, whose metadata are here, and begins to receive its
// large blobs.
func (p *peer) blobs(in *incoming, meta []byte) error {
	if uint64(len(meta)) != in.header.meta {
		return &link.ProtocolError{What: "a header that is cut short"}
	}
	var large [][]byte
	var err error
	if in.frame, large, err = restore(&in.header, meta); err != nil {
		return err
	}
	in.payload.add(large...)
	p.pump(in, func() {
		in.whole = true
		p.deliver()
	})
	return nil
}

func (p *peer) pump(in *incoming, done func()) {
	in.payload.pump(func(piece []byte, over func()) {
		p.f.stop(p.f.traffic.ReceivePiece(piece, p.rank, int(in.header.tag), over))
	}, done)
}

// deliver passes on the frames that are complete, in order.
func (p *peer) deliver() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for len(p.arriving) > 0 && p.arriving[0].whole {
		in := p.arriving[0]
		p.arriving[0] = nil
		p.arriving = p.arriving[1:]
		switch {
		case in.header.what == isCredit:
		case in.header.what == isEnd:
			p.end()
		case p.closed:
			p.take(costOf(in.frame))
		default:
			p.inbox = append(p.inbox, in.frame)
			p.f.delivered = true
		}
	}
	p.changed.Broadcast()
}

// end handles the peer's word that it has closed the link: what it has not
// been sent yet has no reader. p.mu is held.
func (p *peer) end() {
	p.endCame = true
	gone := fmt.Errorf("%w: rank %d has ended the link", io.ErrUnexpectedEOF, p.rank)
	kept := p.queue[:0]
	for _, o := range p.queue {
		if o.last {
			kept = append(kept, o)
			continue
		}
		p.queued -= o.copied
		o.payload.pinner.Unpin()
		o.finish(gone)
	}
	p.queue = kept
}

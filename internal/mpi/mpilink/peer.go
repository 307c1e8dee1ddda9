package mpilink

import (
	"fmt"
	"io"

	"github.com/mpiclus/mpiclus-lua/internal/link"
)

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

package rpc

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/mpiclus/mpiclus-lua/internal/interp"
	"github.com/mpiclus/mpiclus-lua/internal/link"
	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
	"github.com/mpiclus/mpiclus-lua/internal/value"
)

// outbox is the line of frames for one process: they go out in the order in
// which their places were taken. Whoever finds nobody at work sends; there is
// no goroutine while nothing is to be sent.
type outbox struct {
	mu    sync.Mutex
	queue []*outgoing
	busy  bool // somebody sends, and will see what is queued
}

// outgoing is a frame with a place in the line.
type outgoing struct {
	node   *Node
	peer   *peer
	frame  *link.Frame
	first  bool        // nobody was before it: the owner of the place sends
	done   chan error  // what came of it, when the owner of the place waits
	failed func(error) // called instead, when nobody waits; may be nil
}

// enqueue takes the next place in the line for another process. It waits for
// nothing. Unless the place is the first, the frame may go out at once.
func (n *Node) enqueue(to Pid, f *link.Frame) *outgoing {
	n.mu.Lock()
	p := n.peer(to)
	n.mu.Unlock()
	o := &outgoing{node: n, peer: p, frame: f}
	b := &p.outbox
	b.mu.Lock()
	defer b.mu.Unlock()
	if !b.busy {
		b.busy, o.first = true, true
		return o
	}
	o.done = make(chan error, 1)
	b.queue = append(b.queue, o)
	return o
}

// finish returns when the frame is sent. It is called exactly once, soon
// after enqueue. When ctx ends first a frame that waits in the line is taken
// out of it.
func (o *outgoing) finish(ctx context.Context) error {
	interp.MustNotHold()
	b := &o.peer.outbox
	if o.first {
		err := o.transmit(ctx)
		b.next(o.node)
		return err
	}
	select {
	case err := <-o.done:
		return err
	case <-ctx.Done():
	}
	if b.remove(o) {
		return Ended(ctx)
	}
	return <-o.done
}

// post sends a frame without a wait. Its memory stays as it is from now on.
// failed, if not nil, is called when it could not be sent.
func (n *Node) post(to Pid, f *link.Frame, failed func(error)) {
	if to == n.Self() {
		_ = n.toSelf(f) // an error is the sender's: this is the sender
		return
	}
	n.mu.Lock()
	p := n.peer(to)
	n.mu.Unlock()
	b := &p.outbox
	b.mu.Lock()
	b.queue = append(b.queue, &outgoing{node: n, peer: p, frame: f, failed: failed})
	busy := b.busy
	b.busy = true
	b.mu.Unlock()
	if !busy {
		n.Background(b.drain)
	}
}

// drain sends what is queued until nothing is.
func (b *outbox) drain() {
	for {
		b.mu.Lock()
		if len(b.queue) == 0 {
			b.busy, b.queue = false, nil
			b.mu.Unlock()
			return
		}
		o := b.queue[0]
		b.queue[0] = nil
		b.queue = b.queue[1:]
		b.mu.Unlock()
		o.settle(o.transmit(o.node.ctx))
	}
}

// next has what is queued sent, after a frame that its owner sent.
func (b *outbox) next(n *Node) {
	b.mu.Lock()
	b.busy = len(b.queue) > 0
	busy := b.busy
	b.mu.Unlock()
	if busy {
		n.Background(b.drain)
	}
}

func (b *outbox) remove(o *outgoing) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	i := slices.Index(b.queue, o)
	if i >= 0 {
		b.queue = slices.Delete(b.queue, i, i+1)
	}
	return i >= 0
}

func (o *outgoing) settle(err error) {
	switch {
	case o.done != nil:
		o.done <- err
	case err != nil && o.failed != nil:
		o.failed(err)
	}
}

// transmit sends the frame on the way to its process, which is made when this
// is its first use.
func (o *outgoing) transmit(ctx context.Context) error {
	l, err := o.node.route(ctx, o.peer)
	if err != nil {
		return err
	}
	if err := l.Send(o.frame); err != nil {
		var tooLarge *link.ProtocolError
		if errors.As(err, &tooLarge) {
			return luaerr.New(luaerr.Argument, "a message for pid %d cannot be sent: %w", o.peer.pid, err)
		}
		return o.node.whyUnsent(ctx, o.peer, err)
	}
	return nil
}

// whyUnsent returns the reason for a frame that could not be sent: the end of
// its process, which whoever reads from the link is about to find out.
func (n *Node) whyUnsent(ctx context.Context, p *peer, cause error) error {
	timer := time.NewTimer(2 * goneWait)
	defer timer.Stop()
	select {
	case <-p.gone:
		n.mu.Lock()
		defer n.mu.Unlock()
		return p.lost
	case <-timer.C:
	case <-ctx.Done():
	case <-n.ctx.Done():
	}
	return luaerr.New(luaerr.Lost, "cannot send to pid %d: %w", p.pid, cause)
}

// send brings a frame to the process with the pid, or to this one, and
// returns when that is done.
func (n *Node) send(ctx context.Context, to Pid, f *link.Frame) error {
	if to == n.Self() {
		return n.toSelf(f)
	}
	return n.enqueue(to, f).finish(ctx)
}

// postKind posts a frame that says nothing but its kind and id.
func (n *Node) postKind(to Pid, kind byte, id uint64) {
	n.post(to, &link.Frame{Kind: kind, ID: id, Head: address(to, n.Self(), 0)}, nil)
}

// postFailure replies with an error in plain form, in the name of from.
func (n *Node) postFailure(from, to Pid, id uint64, e *luaerr.Error) {
	n.post(to, &link.Frame{Kind: kindFailed, ID: id, Head: encodeFailure(from, to, e)}, func(err error) {
		n.cfg.Log.Debug("an error could not be sent", "to", to, "reason", err)
	})
}

// toSelf handles a frame of this process to itself at once; arrays in it are
// copied.
func (n *Node) toSelf(f *link.Frame) error {
	own := *f
	own.Blobs = (&value.Message{Blobs: append([][]byte(nil), f.Blobs...)}).Detach().Blobs
	return n.dispatch(n.Self(), &own)
}

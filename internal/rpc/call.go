package rpc

import (
	"context"
	"errors"

	"github.com/mpiclus/mpiclus-lua/internal/link"
	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
)

// Call is a request that was made. Its methods are for one goroutine at a
// time, except Cancel, Interrupt and Fail.
type Call struct {
	node     *Node
	to       Pid
	id       uint64
	reply    chan result // nil where OnReply is called
	onReply  func(*Reply, error)
	onUnread func(*Reply)
	sent     travellers // in the request: they live until it is answered
	place    *outgoing  // in the line of frames, until Sent
	err      error      // of a request of this process to itself
}

// Call sends a request and waits for the reply, and for the sources of the
// functions in it. The error is a *luaerr.Error: of kind Lost when the process
// was lost, Interrupted or the context's cause when ctx ended first. Then the
// request is cancelled in the other process. An error that the service raised
// is no error here: it is in the reply.
func (n *Node) Call(ctx context.Context, pid Pid, req Request) (*Reply, error) {
	return n.Start(ctx, pid, req).Await(ctx)
}

// CallAll makes the same request to several processes at a time and waits for
// all replies. Both results are in the order of pids: a reply, or why there is
// none.
func (n *Node) CallAll(ctx context.Context, pids []Pid, req Request) ([]*Reply, []error) {
	calls := make([]*Call, len(pids))
	replies := make([]*Reply, len(pids))
	errs := make([]error, len(pids))
	for i, pid := range pids {
		calls[i] = n.Start(ctx, pid, req)
		errs[i] = calls[i].Sent(ctx)
	}
	for i, c := range calls {
		if errs[i] == nil {
			replies[i], errs[i] = c.Await(ctx)
		}
	}
	return replies, errs
}

// Start makes a request and waits for nothing, so that whoever holds the
// interpreter makes requests in the order of the script. Sent or Await must
// follow soon, since the request may hold up those behind it; with Background
// neither need be called. ctx does not cancel the request; all that is read of it
// are the sections inside which the request is made (see Enter).
func (n *Node) Start(ctx context.Context, pid Pid, req Request) *Call {
	c := &Call{node: n, to: pid, onReply: req.OnReply, onUnread: req.OnUnread}
	if req.Message != nil {
		c.sent = req.Message.Travellers
	}
	if req.OnReply == nil {
		c.reply = make(chan result, 1)
	}
	n.mu.Lock()
	n.nextID++
	c.id = n.nextID
	n.calls.Set(c.id, c)
	n.mu.Unlock()
	f := n.requestFrame(ctx, kindCall, pid, &req)
	f.ID = c.id
	switch {
	case req.Background:
		n.post(pid, f, func(err error) { c.Fail(err) })
	case pid == n.Self():
		c.err = n.toSelf(f)
	default:
		c.place = n.enqueue(pid, f)
	}
	return c
}

// Tell makes a request that has no reply, not even an error, and returns when
// it is sent; with Background at once.
func (n *Node) Tell(ctx context.Context, pid Pid, req Request) error {
	f := n.requestFrame(ctx, kindTell, pid, &req)
	if req.Background {
		n.post(pid, f, nil)
		return nil
	}
	return n.send(ctx, pid, f)
}

func (n *Node) requestFrame(ctx context.Context, kind byte, pid Pid, req *Request) *link.Frame {
	return &link.Frame{Kind: kind, Head: encodeRequest(n.Self(), pid, req, sections(ctx)), Blobs: blobs(req.Message)}
}

// Sent returns when the request is sent: the memory that its message refers to
// may change again. After an error there will be no reply.
func (c *Call) Sent(ctx context.Context) error {
	err := c.err
	if c.place != nil {
		err = c.place.finish(ctx)
	}
	c.place, c.err = nil, nil
	if err != nil && c.node.drop(c.id) == nil {
		return nil // the process was lost meanwhile, and the reply says so
	}
	return err
}

// Await waits for the reply, after Sent if that was not called. Its results are
// those of Node.Call. When ctx ends before the reply is here, it cancels the call.
func (c *Call) Await(ctx context.Context) (*Reply, error) {
	if err := c.Sent(ctx); err != nil {
		return nil, err
	}
	select {
	case r := <-c.reply:
		return c.read(ctx, r)
	case <-ctx.Done():
	}
	select {
	case r := <-c.reply: // it was here
		return c.read(ctx, r)
	default:
		c.Cancel(context.Cause(ctx))
		return nil, Ended(ctx)
	}
}

// read returns a reply once the sources that it needs are here.
func (c *Call) read(ctx context.Context, r result) (*Reply, error) {
	if r.err != nil {
		return nil, r.err
	}
	if err := c.node.FetchSources(ctx, c.to, r.reply.Message); err != nil {
		c.node.discard(r.reply, c.onUnread)
		return nil, err
	}
	return r.reply, nil
}

// Cancel asks the other process to stop serving the request, and gives the
// call up: a reply that is here already, or comes all the same, is discarded.
func (c *Call) Cancel(cause error) {
	c.abandon()
	c.Interrupt(cause)
}

// Interrupt asks the other process to stop serving the request. The reply,
// most often an error of kind Interrupted, still comes.
func (c *Call) Interrupt(cause error) {
	reason := ""
	if cause != nil && !errors.Is(cause, context.Canceled) {
		reason = luaerr.From(cause).Message
	}
	// The process may be lost: then the reply is the error of that.
	c.node.post(c.to, &link.Frame{Kind: kindCancel, ID: c.id, Head: encodeCancel(c.node.Self(), c.to, reason)}, nil)
}

// Fail makes the reply an error of this process, unless the reply is here.
func (c *Call) Fail(err error) {
	if c.node.drop(c.id) != nil {
		c.settle(result{err: err})
	}
}

func (c *Call) settle(r result) {
	if c.onReply != nil {
		c.onReply(r.reply, r.err)
		return
	}
	c.reply <- r
}

// abandon makes sure that a reply, early or late, is discarded.
func (c *Call) abandon() {
	n := c.node
	n.mu.Lock()
	waits := n.calls.All[c.id] != nil
	if waits && c.onUnread != nil {
		c.onReply = func(reply *Reply, _ error) { n.discard(reply, c.onUnread) }
	} else {
		n.calls.Delete(c.id)
	}
	n.mu.Unlock()
	if waits {
		return
	}
	select {
	case r := <-c.reply:
		n.discard(r.reply, c.onUnread)
	default: // OnReply or Await got it
	}
}

// discard handles a reply that nobody will look at.
func (n *Node) discard(reply *Reply, unread func(*Reply)) {
	switch {
	case reply == nil:
	case unread != nil && !reply.Raised:
		unread(reply)
	default:
		n.acknowledge(reply)
	}
}

func (n *Node) acknowledge(reply *Reply) {
	if reply.ack {
		reply.ack = false
		n.postKind(reply.From, kindAck, reply.id)
	}
}

// answered settles a call; false when it does not wait, or was not made to the
// process that replies.
func (n *Node) answered(from Pid, id uint64, r result) bool {
	n.mu.Lock()
	c := n.calls.All[id]
	if c == nil || c.to != from {
		n.mu.Unlock()
		return false
	}
	n.calls.Delete(id)
	c.sent = nil
	if c.onReply == nil {
		c.reply <- r // with the lock held, so that abandon finds it in one place or the other
		n.mu.Unlock()
		return true
	}
	n.mu.Unlock()
	c.onReply(r.reply, r.err)
	return true
}

// drop takes a call out of those that wait; nil when it does not.
func (n *Node) drop(id uint64) *Call {
	n.mu.Lock()
	defer n.mu.Unlock()
	c := n.calls.All[id]
	n.calls.Delete(id)
	return c
}

// takeCalls takes some of the calls out of those that wait. n.mu is held.
func (n *Node) takeCalls(which func(*Call) bool) (taken []*Call) {
	for id, c := range n.calls.All {
		if which(c) {
			taken = append(taken, c)
			n.calls.Delete(id)
		}
	}
	return taken
}

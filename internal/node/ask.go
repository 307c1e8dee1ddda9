package node

import (
	"context"
	"errors"

	"github.com/mpiclus/mpiclus-lua/internal/link"
	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
	"github.com/mpiclus/mpiclus-lua/internal/value"
)

// Ask is a request to be made.
type Ask struct {
	Service string
	Meta    []byte
	Message *value.Message
	origin  []byte    // see origin.go
	future  *progress // that Answer settles, of a spawn
	// NoReply makes it one-way: nothing comes back, not even an error.
	NoReply bool
	// Answer, if set, is given the answer instead of Await. It is called once
	// the request is on its way, on the goroutine that reads the link, so it
	// returns at once; not when Begin fails or after Cancel.
	Answer func(*Reply, error)
	// Unread, if set, is given an answer that nobody will look at, since the
	// request was cancelled: to undo what it did. It returns at once.
	Unread func(*Reply)
}

// Reply is the answer to a request.
type Reply struct {
	Meta    []byte
	Message *value.Message
	// Raised tells that Message holds the Lua error that the request raised.
	Raised bool

	text  string      // the error as people read it, where it was raised
	from  Pid         // who gave it
	id    uint64      // of the request
	whole *wholeReply // what it is a part of
	ack   bool        // it holds references: the sender is to be told when they are ours
}

// Text is the error that the reply raises, as people read it, where it was
// raised.
func (r *Reply) Text() string { return r.text }

// pending is a request of ours that waits for its answer.
type pending struct {
	to     Pid
	reply  chan result
	answer func(*Reply, error)
	unread func(*Reply)
	future *progress
	// sent are the references in the request: they live until it is answered.
	sent []value.Traveller
}

func (p *pending) settle(r result) {
	if p.answer != nil {
		p.answer(r.reply, r.err)
		return
	}
	p.reply <- r
}

type result struct {
	reply *Reply
	err   error
}

// Call makes a request and waits for the answer. The error is a
// *luaerr.Error: kind Lost when the process died, Interrupted or the context's
// cause when ctx ended first; then the request is cancelled at the other end.
func (n *Node) Call(ctx context.Context, pid Pid, ask Ask) (*Reply, error) {
	ask.NoReply = false
	c, err := n.Begin(ctx, pid, ask)
	if err != nil {
		return nil, err
	}
	return c.Await(ctx)
}

// Begun is a request that is on its way.
type Begun struct {
	node  *Node
	to    Pid
	id    uint64
	wait  *pending
	place *outgoing // in the line of frames; nil when the frame is dispatched
	err   error     // of a dispatch
}

// Begin makes a request and returns when it is sent: memory that its message
// refers to may be changed again. Await gives the answer.
func (n *Node) Begin(ctx context.Context, pid Pid, ask Ask) (*Begun, error) {
	ask.origin = origin(ctx)
	b := n.prepare(pid, &ask)
	if err := b.Go(ctx); err != nil {
		return nil, err
	}
	return b, nil
}

// Prepare takes the request's place in the line of those that go to the
// process, and waits for nothing: who holds the interpreter calls it, so that
// requests go out in the order in which the script made them. Go must follow
// soon. A request to this process itself starts at once.
func (n *Node) Prepare(pid Pid, ask Ask) *Begun {
	ask.origin = n.originHere()
	return n.prepare(pid, &ask)
}

func (n *Node) prepare(pid Pid, ask *Ask) *Begun {
	b, f := n.register(pid, ask)
	if pid == n.Self() {
		b.err = n.toSelf(f)
	} else {
		b.place = n.enqueue(pid, f)
	}
	return b
}

// register makes the frame of a request and notes who waits for its answer.
func (n *Node) register(pid Pid, ask *Ask) (*Begun, *link.Frame) {
	b := &Begun{node: n, to: pid}
	n.mu.Lock()
	n.nextID++
	b.id = n.nextID
	kind := kindTell
	if !ask.NoReply {
		kind = kindCall
		b.wait = &pending{to: pid, answer: ask.Answer, unread: ask.Unread, future: ask.future}
		if ask.Message != nil {
			b.wait.sent = ask.Message.Travellers
		}
		if ask.Answer == nil {
			b.wait.reply = make(chan result, 1)
		}
		n.pending.set(b.id, b.wait)
	}
	n.mu.Unlock()
	return b, &link.Frame{Kind: kind, ID: b.id, Head: encodeAsk(n.Self(), pid, ask), Blobs: blobs(ask.Message)}
}

// Go returns when a prepared request is sent.
func (b *Begun) Go(ctx context.Context) error {
	err := b.err
	if b.place != nil {
		err = b.place.finish(ctx)
	}
	if err != nil && b.wait != nil && b.node.drop(b.id) == nil {
		return nil // the process was lost meanwhile, and the answer told so
	}
	return err
}

// Post makes a request whose message refers to no memory that may change, and
// does not wait until it is sent. It needs Ask.Answer, which is told the
// answer or why there will be none.
func (n *Node) Post(pid Pid, ask Ask) *Begun {
	b, f := n.register(pid, &ask)
	n.post(pid, f, func(err error) {
		if p := n.drop(b.id); p != nil {
			p.settle(result{err: err})
		}
	})
	return b
}

// cast is Post for a request whose answer nobody wants.
func (n *Node) cast(pid Pid, ask Ask) {
	ask.NoReply = true
	_, f := n.register(pid, &ask)
	n.post(pid, f, nil)
}

// Tell makes a request whose answer nobody wants.
func (n *Node) Tell(ctx context.Context, pid Pid, ask Ask) error {
	ask.NoReply = true
	_, err := n.Begin(ctx, pid, ask)
	return err
}

// Await waits for the answer. When ctx ends first it cancels the request: the
// answer is lost then. It is called once.
func (b *Begun) Await(ctx context.Context) (*Reply, error) {
	select {
	case r := <-b.wait.reply:
		return r.reply, r.err
	case <-ctx.Done():
		b.Cancel(context.Cause(ctx))
		return nil, ended(ctx)
	}
}

// Cancel asks the other process to stop the request, and forgets it here. An
// answer that is here already, or comes all the same, is let go of.
func (b *Begun) Cancel(cause error) {
	b.abandon()
	b.Interrupt(cause)
}

func (b *Begun) abandon() {
	n := b.node
	n.mu.Lock()
	p := n.pending.all[b.id]
	if p != nil && p.unread != nil {
		p.answer = func(reply *Reply, _ error) { n.letGo(reply, p.unread) }
	} else {
		n.pending.delete(b.id)
	}
	n.mu.Unlock()
	if p != nil || b.wait == nil {
		return
	}
	select {
	case r := <-b.wait.reply:
		n.letGo(r.reply, b.wait.unread)
	default: // Answer or Await got it
	}
}

// letGo handles an answer that nobody will look at.
func (n *Node) letGo(reply *Reply, unread func(*Reply)) {
	switch {
	case reply == nil:
	case unread != nil && !reply.Raised:
		unread(reply)
	default:
		n.acknowledge(reply)
	}
}

// Interrupt asks the other process to stop the request; the answer, most
// often an error of kind Interrupted, still comes.
func (b *Begun) Interrupt(cause error) {
	reason := ""
	if cause != nil && !errors.Is(cause, context.Canceled) {
		reason = luaerr.From(cause).Message
	}
	// The other end may be gone: then the answer is the error of that.
	b.node.post(b.to, &link.Frame{Kind: kindCancel, ID: b.id, Head: encodeCancel(b.node.Self(), b.to, reason)}, nil)
}

func ended(ctx context.Context) error {
	cause := context.Cause(ctx)
	if e := luaerr.From(cause); e.Kind != luaerr.Script {
		return e
	}
	return luaerr.New(luaerr.Interrupted, "interrupted: %w", cause)
}

// answered gives a request its answer; false when nobody waits for it, or it
// was not made to the process that answers.
func (n *Node) answered(from Pid, id uint64, r result) bool {
	n.mu.Lock()
	p := n.pending.all[id]
	if p != nil && p.to != from {
		n.mu.Unlock()
		return false
	}
	n.pending.delete(id)
	if p != nil && p.answer == nil {
		p.reply <- r // with the lock held, so that abandon finds it in one place or the other
	}
	n.mu.Unlock()
	if p != nil && p.answer != nil {
		p.answer(r.reply, r.err)
	}
	return p != nil
}

func (n *Node) drop(id uint64) *pending {
	n.mu.Lock()
	defer n.mu.Unlock()
	p := n.pending.all[id]
	n.pending.delete(id)
	return p
}

// failWaiting ends everything between this node and a lost process: our
// requests fail, its requests are cancelled.
func (n *Node) failWaiting(pid Pid, why *luaerr.Error) {
	n.mu.Lock()
	var ours []*pending
	for id, p := range n.pending.all {
		if p.to == pid {
			ours = append(ours, p)
			n.pending.delete(id)
		}
	}
	var theirs []*Request
	for key, r := range n.serving.all {
		if key.from == pid {
			theirs = append(theirs, r)
		}
	}
	for key := range n.unacked.all {
		if key.from == pid {
			n.unacked.delete(key)
		}
	}
	n.mu.Unlock()
	for _, p := range ours {
		p.settle(result{err: why})
	}
	for _, r := range theirs {
		r.cancel(why)
	}
}

package node

import (
	"context"
	"errors"
	"fmt"

	"github.com/mpiclus/mpiclus-lua/internal/link"
	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
	"github.com/mpiclus/mpiclus-lua/internal/value"
)

// Service is something that a process does when asked.
type Service struct {
	Name string
	// Inline services answer at once, on the goroutine that reads the link:
	// they wait for nothing. The others start in the order of the requests of
	// each process, when the sources that their message needs are here.
	Inline bool
	// Always means that a process offers it even when it is retired.
	Always bool
	// Start begins to serve and returns soon; the answer goes out once, at any
	// later time, from any goroutine: with r.Reply, which waits until it is
	// sent, or with r.Post or r.Fail, which do not.
	Start func(r *Request)
}

// Request is a request that another process (or this one) made.
type Request struct {
	From    Pid
	Service string
	Meta    []byte         // the service's own parameters
	Message *value.Message // values, or nil
	Context context.Context

	node   *Node
	id     uint64
	cancel context.CancelCauseFunc
	holds  []*Begun // what is to be confirmed before the answer: see reference.go
	flaw   error    // why its message cannot be read
}

type requestKey struct {
	from Pid
	id   uint64
}

// Ask is a request to be made.
type Ask struct {
	Service string
	Meta    []byte
	Message *value.Message
	origin  []byte // see origin.go
	// NoReply makes it one-way: nothing comes back, not even an error.
	NoReply bool
	// Answer, if set, is given the answer instead of Await. It is called once
	// the request is on its way, on the goroutine that reads the link, so it
	// returns at once; not when Begin fails or after Cancel.
	Answer func(*Reply, error)
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

// pending is a request of ours that waits for its answer.
type pending struct {
	to     Pid
	reply  chan result
	answer func(*Reply, error)
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
		b.wait = &pending{to: pid, answer: ask.Answer}
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

// Cancel asks the other process to stop the request, and forgets it here.
func (b *Begun) Cancel(cause error) {
	b.node.drop(b.id)
	b.Interrupt(cause)
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

// Reply answers the request and returns when the answer is sent. Later calls
// for the same request do nothing. The caller holds no interpreter.
func (r *Request) Reply(reply Reply) {
	r.confirm()
	if f := r.answer(&reply); f != nil {
		r.unsent(r.node.send(context.Background(), r.From, f))
	}
}

// Post is Reply without the wait, for a message that refers to no memory that
// may change, from any goroutine.
func (r *Request) Post(reply Reply) {
	if f := r.answer(&reply); f != nil {
		r.node.post(r.From, f, r.unsent)
	}
}

// Fail answers the request with an error that is not a Lua value. It does not
// wait.
func (r *Request) Fail(err error) {
	if r.finish() && r.id != 0 {
		head := encodeFailure(r.node.Self(), r.From, r.node.Blame(err))
		r.node.post(r.From, &link.Frame{Kind: kindFailed, ID: r.id, Head: head}, r.unsent)
	}
}

// answer takes the request out of those being served and makes the frame of
// its answer; nil when it was answered before or nobody waits.
func (r *Request) answer(reply *Reply) *link.Frame {
	if !r.finish() || r.id == 0 {
		return nil
	}
	kind := kindReply
	if reply.Raised {
		kind = kindRaised
	}
	if reply.Message != nil && len(reply.Message.Travellers) > 0 {
		reply.ack = true
		r.node.keepUntilAck(r.From, r.id, reply.Message.Travellers)
	}
	return &link.Frame{Kind: kind, ID: r.id, Head: encodeReply(r.node.Self(), r.From, reply), Blobs: blobs(reply.Message)}
}

func (r *Request) unsent(err error) {
	if err != nil {
		r.node.cfg.Log.Debug("an answer could not be sent", "to", r.From, "service", r.Service, "reason", err)
	}
}

// OneWay tells that nobody waits for the answer: errors are to be printed.
func (r *Request) OneWay() bool { return r.id == 0 }

// finish takes the request out of those being served; false when it was out.
func (r *Request) finish() bool {
	r.node.mu.Lock()
	defer r.node.mu.Unlock()
	if r.id != 0 {
		key := requestKey{r.From, r.id}
		if r.node.serving.all[key] != r {
			return false
		}
		r.node.serving.delete(key)
		if r.node.retired.Load() && len(r.node.serving.all) <= 1 {
			close(r.node.quiet)
			r.node.quiet = make(chan struct{})
		}
	}
	return true
}

func (n *Node) String() string { return fmt.Sprintf("node %d", n.Self()) }

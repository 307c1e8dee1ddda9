package node

import (
	"context"
	"errors"
	"fmt"

	"github.com/mpiclus/mpiclus-lua/internal/interp"
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
	// Start begins to serve and returns soon; the answer goes out with
	// r.Reply, once, at any later time, from any goroutine.
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
}

// pending is a request of ours that waits for its answer.
type pending struct {
	to     Pid
	reply  chan result
	answer func(*Reply, error)
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
	node *Node
	to   Pid
	id   uint64
	wait *pending
}

// Begin makes a request and returns when it is sent: memory that its message
// refers to may be changed again. Await gives the answer.
func (n *Node) Begin(ctx context.Context, pid Pid, ask Ask) (*Begun, error) {
	b := &Begun{node: n, to: pid}
	n.mu.Lock()
	n.nextID++
	b.id = n.nextID
	if !ask.NoReply {
		b.wait = &pending{to: pid, answer: ask.Answer}
		if ask.Answer == nil {
			b.wait.reply = make(chan result, 1)
		}
		n.pending[b.id] = b.wait
	}
	n.mu.Unlock()
	kind := kindCall
	if ask.NoReply {
		kind = kindTell
	}
	err := n.send(ctx, kind, b.id, pid, encodeAsk(n.Self(), pid, &ask), blobs(ask.Message))
	if err != nil {
		if !ask.NoReply && n.drop(b.id) == nil {
			return b, nil // the process was lost meanwhile, and the answer told so
		}
		return nil, err
	}
	return b, nil
}

// Tell makes a request whose answer nobody wants.
func (n *Node) Tell(ctx context.Context, pid Pid, ask Ask) error {
	ask.NoReply = true
	_, err := n.Begin(ctx, pid, ask)
	return err
}

// Await waits for the answer. It may be called again after ctx ended: the
// request goes on unless it was cancelled with Cancel.
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
	_ = b.node.send(context.Background(), kindCancel, b.id, b.to, encodeCancel(b.node.Self(), b.to, reason), nil)
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
	p := n.pending[id]
	delete(n.pending, id)
	return p
}

// failWaiting ends everything between this node and a lost process: our
// requests fail, its requests are cancelled.
func (n *Node) failWaiting(pid Pid, why *luaerr.Error) {
	n.mu.Lock()
	var ours []*pending
	for id, p := range n.pending {
		if p.to == pid {
			ours = append(ours, p)
			delete(n.pending, id)
		}
	}
	var theirs []*Request
	for key, r := range n.serving {
		if key.from == pid {
			theirs = append(theirs, r)
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

// send brings a frame to the process with the pid, or to this one.
func (n *Node) send(ctx context.Context, kind byte, id uint64, to Pid, head []byte, blobs [][]byte) error {
	interp.MustNotHold()
	f := &link.Frame{Kind: kind, ID: id, Head: head, Blobs: blobs}
	if to == n.Self() {
		own := &link.Frame{Kind: kind, ID: id, Head: head, Blobs: (&value.Message{Blobs: blobs}).Detach().Blobs}
		return n.dispatch(to, own)
	}
	l, err := n.route(ctx, to)
	if err != nil {
		return err
	}
	if err := l.Send(f); err != nil {
		return luaerr.New(luaerr.Lost, "cannot send to pid %d: %w", to, err)
	}
	return nil
}

// Reply answers the request. Later calls for the same request do nothing.
func (r *Request) Reply(reply Reply) {
	kind := kindReply
	if reply.Raised {
		kind = kindRaised
	}
	r.answer(kind, encodeReply(r.node.Self(), r.From, &reply), blobs(reply.Message))
}

// Fail answers the request with an error that is not a Lua value.
func (r *Request) Fail(err error) {
	r.answer(kindFailed, encodeFailure(r.node.Self(), r.From, luaerr.From(err)), nil)
}

func (r *Request) answer(kind byte, head []byte, blobs [][]byte) {
	if !r.finish() || r.id == 0 {
		return
	}
	err := r.node.send(context.Background(), kind, r.id, r.From, head, blobs)
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
		if r.node.serving[key] != r {
			return false
		}
		delete(r.node.serving, key)
	}
	return true
}

func (n *Node) String() string { return fmt.Sprintf("node %d", n.Self()) }

package rpc

import (
	"context"
	"sync/atomic"

	"github.com/mpiclus/mpiclus-lua/internal/link"
	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
	"github.com/mpiclus/mpiclus-lua/internal/value"
)

// Service is something that a process does when another one, or itself, asks.
type Service struct {
	Name string
	// Inline services are served at once, on the goroutine that reads the link:
	// they wait for nothing. The others start in the order of the requests of
	// each process, when the sources that their message needs are here.
	Inline bool
	// Always means that a retired process serves it as well.
	Always bool
	// Values means that it calls no function that came with the request, and
	// hands out nothing that is not the cluster's: see Config.ValuesOnly.
	Values bool
	// Serve begins to serve a request and returns soon. The reply is sent once,
	// at any later time, from any goroutine.
	Serve func(r *Incoming)
}

// Incoming is a request to this process. One of Reply, Post and Fail sends the
// reply; after the first of them the others do nothing.
type Incoming struct {
	From    Pid
	Service string
	Data    []byte         // parameters, as the service reads them
	Message *value.Message // Lua values, or nil
	// Err is why functions in Message cannot be decoded: their sources could
	// not be had.
	Err error
	// Context ends when the caller cancels the request or is lost, and when
	// End is called. The sections inside which the request was made are in it.
	Context context.Context

	node    *Node
	id      uint64 // 0 when there is no reply
	cancel  context.CancelCauseFunc
	after   []*Call
	replied atomic.Bool
}

// After makes the reply wait until calls of this process are answered. The
// caller keeps what travels in its request for as long: who takes over a
// traveller from a request makes it known in a call, and has the reply wait for
// that. It is called before the reply, and not at the same time.
func (r *Incoming) After(calls ...*Call) { r.after = append(r.after, calls...) }

// Reply sends the reply and returns when it is sent: the memory that its
// message refers to may change again. The caller holds no interpreter.
func (r *Incoming) Reply(reply Reply) {
	if r.claim() {
		r.send(&reply)
	}
}

// Post is Reply without a wait, from any goroutine, for a message whose memory
// does not change any more.
func (r *Incoming) Post(reply Reply) {
	if !r.claim() {
		return
	}
	if len(r.after) > 0 {
		r.node.Background(func() { r.send(&reply) })
	} else if f := r.replyFrame(&reply); f != nil {
		r.node.post(r.From, f, r.noteUnsent)
	}
}

// Fail replies with an error that is not a Lua value. It does not wait.
func (r *Incoming) Fail(err error) {
	if r.claim() && r.finish() {
		r.node.postFailure(r.node.Self(), r.From, r.id, r.node.Blame(err))
	}
}

// claim reports whether nobody has replied yet.
func (r *Incoming) claim() bool { return !r.replied.Swap(true) }

func (r *Incoming) send(reply *Reply) {
	r.node.awaitAll(r.From, r.after)
	if f := r.replyFrame(reply); f != nil {
		r.noteUnsent(r.node.send(context.Background(), r.From, f))
	}
}

// End ends the request's context, when it has been served.
func (r *Incoming) End() { r.cancel(context.Canceled) }

// Reclaim ends the keeping of what travelled in the reply to another call of
// the same process, and returns it.
func (r *Incoming) Reclaim(callNumber uint64) []value.Traveller {
	return r.node.acknowledged(callID{r.From, callNumber})
}

// replyFrame makes the frame of a reply; nil when there is to be none.
func (r *Incoming) replyFrame(reply *Reply) *link.Frame {
	if !r.finish() {
		return nil
	}
	kind := kindReply
	if reply.Raised {
		kind = kindRaised
	}
	if reply.Message != nil && len(reply.Message.Travellers) > 0 {
		reply.ack = true
		r.node.keep(callID{r.From, r.id}, reply.Message.Travellers)
	}
	return &link.Frame{Kind: kind, ID: r.id, Head: encodeReply(r.node.Self(), r.From, reply), Blobs: blobs(reply.Message)}
}

func (r *Incoming) noteUnsent(err error) {
	if err != nil {
		r.node.cfg.Log.Debug("a reply could not be sent", "to", r.From, "service", r.Service, "reason", err)
	}
}

// finish takes the request out of those being served. It reports whether the
// caller waits for a reply.
func (r *Incoming) finish() bool {
	n, key := r.node, callID{r.From, r.id}
	n.mu.Lock()
	defer n.mu.Unlock()
	if r.id == 0 || n.serving.All[key] != r {
		return false
	}
	n.serving.Delete(key)
	if n.retired.Load() && len(n.serving.All) <= 1 {
		close(n.quiet)
		n.quiet = make(chan struct{})
	}
	return true
}

// cancelServing stops a request that its caller has cancelled.
func (n *Node) cancelServing(key callID, reason string) {
	n.mu.Lock()
	r := n.serving.All[key]
	n.mu.Unlock()
	if r == nil {
		return
	}
	if reason == "" {
		reason = "interrupted"
	}
	r.cancel(luaerr.New(luaerr.Interrupted, "%s", reason))
}

// Busy is the number of requests that are being served.
func (n *Node) Busy() int {
	n.mu.Lock()
	defer n.mu.Unlock()
	return len(n.serving.All)
}

// Interrupt stops what others asked this process to do: their requests are
// cancelled with that error. The process goes on.
func (n *Node) Interrupt(why *luaerr.Error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, r := range n.serving.All {
		r.cancel(why)
	}
}

// Retire makes the node refuse requests, but for services that are marked
// Always.
func (n *Node) Retire() {
	n.retired.Store(true)
	for _, layer := range n.layers {
		if layer.Retired != nil {
			layer.Retired(n.Retired())
		}
	}
}

// Retired is the error for what a retired process does not do any more; nil
// while the node has not retired.
func (n *Node) Retired() error {
	if !n.retired.Load() {
		return nil
	}
	return luaerr.New(luaerr.Lost, "pid %d takes no more calls: it was removed with cluster.rmprocs", n.Self())
}

// AwaitIdle returns when a retired node serves one request at most: that in
// whose name it is called.
func (n *Node) AwaitIdle(ctx context.Context) error {
	for {
		n.mu.Lock()
		if len(n.serving.All) <= 1 {
			n.mu.Unlock()
			return nil
		}
		quiet := n.quiet
		n.mu.Unlock()
		select {
		case <-quiet:
		case <-ctx.Done():
			return Ended(ctx)
		}
	}
}

package node

import (
	"context"
	"fmt"

	"github.com/mpiclus/mpiclus-lua/internal/link"
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
	// Data services call no function that came with the request, and hand out
	// nothing that is not the cluster's: see Config.ValuesOnly.
	Data bool
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

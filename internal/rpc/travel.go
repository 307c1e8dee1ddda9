package rpc

import "github.com/mpiclus/mpiclus-lua/internal/value"

// Some values of a message must not die while it is on its way: a reference to
// an object, for one, which the object's owner counts. Message.Travellers are
// those values. The caller keeps what travels in a request until the reply is
// here, and the process that replies keeps what travels in the reply until the
// caller acknowledges it. Each side first makes known, with calls, what it has
// taken over; Incoming.After and Node.Acknowledge wait for those calls.

// Acknowledge tells the process that replied that it need not keep what
// travels in the reply, once calls about that are answered. It does not wait.
func (n *Node) Acknowledge(reply *Reply, after ...*Call) {
	if reply.ack {
		n.Background(func() {
			n.awaitAll(reply.From, after)
			n.acknowledge(reply)
		})
	}
}

// Discard is Acknowledge for a reply that nobody reads. It does not wait.
func (n *Node) Discard(reply *Reply) {
	if reply != nil {
		n.acknowledge(reply)
	}
}

// keep holds what travels in a reply until the caller acknowledges it.
func (n *Node) keep(key callID, sent []value.Traveller) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if p := n.peer(key.from); p.lost == nil {
		n.kept.Set(key, sent)
	}
}

// acknowledged ends the keeping, and returns what was kept.
func (n *Node) acknowledged(key callID) []value.Traveller {
	n.mu.Lock()
	defer n.mu.Unlock()
	sent := n.kept.All[key]
	n.kept.Delete(key)
	return sent
}

// awaitAll returns when calls are answered. Those to the process that is
// replied to, or acknowledged, are on the same way before that word, and need
// no wait.
func (n *Node) awaitAll(to Pid, calls []*Call) {
	for _, c := range calls {
		if c.to != to {
			_, _ = c.Await(n.ctx) // a process that is lost keeps nothing
		}
	}
}

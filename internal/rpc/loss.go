package rpc

import (
	"encoding/binary"

	"github.com/mpiclus/mpiclus-lua/internal/link"
	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
)

// Forget makes a process lost, for the reason given: its links are closed, and
// what waits for it fails. Only the first call for a process does anything.
func (n *Node) Forget(pid Pid, why *luaerr.Error) {
	n.mu.Lock()
	p := n.peer(pid)
	if p.lost != nil {
		n.mu.Unlock()
		return
	}
	p.lose(why)
	links := p.all
	p.link, p.all = nil, nil // the record stays, and what a link holds in memory is much
	n.mu.Unlock()
	for _, l := range links {
		l.Close()
	}
	if n.Self() == Master {
		n.announceLoss(pid, why) // who hears of the loss no longer counts it among the members
	}
	n.failCalls(pid, why)
	for _, layer := range n.layers {
		if layer.Gone != nil {
			layer.Gone(pid, why)
		}
	}
}

// failCalls ends all between this node and a lost process: our calls fail, its
// requests are cancelled, and nothing is kept for it.
func (n *Node) failCalls(pid Pid, why *luaerr.Error) {
	n.mu.Lock()
	ours := n.takeCalls(func(c *Call) bool { return c.to == pid })
	for key, r := range n.serving.All {
		if key.from == pid {
			r.cancel(why)
		}
	}
	for key := range n.kept.All {
		if key.from == pid {
			n.kept.Delete(key)
		}
	}
	n.mu.Unlock()
	for _, c := range ours {
		c.settle(result{err: why})
	}
}

// announceLoss tells all processes that one is lost.
func (n *Node) announceLoss(pid Pid, why *luaerr.Error) {
	n.Part(pid)
	n.mu.Lock()
	to := n.linked()
	n.mu.Unlock()
	for _, other := range to {
		what := binary.LittleEndian.AppendUint32(nil, uint32(pid))
		what = append(what, encodeFailure(0, 0, why)[addressBytes:]...)
		n.post(other, &link.Frame{Kind: kindGone, Head: append(address(other, n.Self(), len(what)), what...)}, nil)
	}
}

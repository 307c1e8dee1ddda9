package rpc

import (
	"fmt"

	"github.com/mpiclus/mpiclus-lua/internal/link"
	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
)

// Attach takes over a link to a process: the node reads from it until it
// breaks, and then the process is lost. A node may have several links to a
// process, when both ends connect at the same time; it sends on the first.
func (n *Node) Attach(pid Pid, l link.Link) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.closed {
		return fmt.Errorf("pid %d is closed", n.Self())
	}
	p := n.peer(pid)
	if p.lost != nil {
		return p.lost
	}
	if p.link == nil {
		p.link = l
		close(p.ready)
	}
	p.all = append(p.all, l)
	n.readers.Add(1)
	go n.read(pid, l)
	return nil
}

func (n *Node) read(pid Pid, l link.Link) {
	defer n.readers.Done()
	for {
		f, err := l.Receive()
		if err == nil {
			err = n.dispatch(pid, f)
		}
		if err != nil {
			l.Close()
			n.broken(pid, err)
			return
		}
	}
}

// broken handles the end of a link: unless the node itself is closing, the
// process at the other end is lost.
func (n *Node) broken(pid Pid, cause error) {
	n.mu.Lock()
	over := n.closed || n.peer(pid).lost != nil
	n.mu.Unlock()
	if over {
		return
	}
	var why *luaerr.Error
	if n.cfg.Lost != nil {
		why = n.cfg.Lost(pid, cause)
	}
	if why == nil && pid != Master && n.Self() != Master {
		n.awaitGone(pid) // the master knows more
	}
	if why == nil {
		why = luaerr.New(luaerr.Lost, "the connection to pid %d broke: %w", pid, cause)
		why.Pid = int(pid)
	}
	n.Forget(pid, why)
}

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

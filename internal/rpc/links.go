package rpc

import (
	"fmt"
	"time"

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

// awaitGone returns when it is known why a process is lost, or after goneWait.
func (n *Node) awaitGone(pid Pid) {
	n.mu.Lock()
	gone := n.peer(pid).gone
	n.mu.Unlock()
	timer := time.NewTimer(goneWait)
	defer timer.Stop()
	select {
	case <-gone:
	case <-timer.C:
	case <-n.ctx.Done():
	}
}

package node

import (
	"context"

	"github.com/mpiclus/mpiclus-lua/internal/link"
	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
)

// peer is another process as this one sees it. Node.mu guards it.
type peer struct {
	pid     Pid
	link    link.Link     // where frames for it go, once ready is closed
	all     []link.Link   // every link that is read: both ends may dial at once
	ready   chan struct{} // closed when link or lost is set
	dialing bool
	relayed bool // no direct way: frames go through the master
	lost    *luaerr.Error
	inbox   inbox
}

// peer gives the record of a process, a fresh one if need be.
func (n *Node) peer(pid Pid) *peer {
	p := n.peers[pid]
	if p == nil {
		p = &peer{pid: pid, ready: make(chan struct{})}
		n.peers[pid] = p
	}
	return p
}

func (p *peer) lose(why *luaerr.Error) {
	p.lost = why
	if p.link == nil {
		close(p.ready)
	}
}

// route gives the link on which frames for pid go, connecting first when
// this is the first use. Without a direct way it is the link to the master.
func (n *Node) route(ctx context.Context, pid Pid) (link.Link, error) {
	n.mu.Lock()
	p := n.peer(pid)
	if p.lost != nil {
		n.mu.Unlock()
		return nil, p.lost
	}
	if p.link != nil {
		l := p.link
		n.mu.Unlock()
		return l, nil
	}
	if !p.dialing {
		p.dialing = true
		go n.connect(pid)
	}
	n.mu.Unlock()
	select {
	case <-p.ready:
		return n.route(ctx, pid)
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}

// connect makes the direct link to a process, or settles for the way through
// the master, with one warning.
func (n *Node) connect(pid Pid) {
	var l link.Link
	var err error
	if n.cfg.Connect != nil {
		l, err = n.cfg.Connect(context.Background(), pid)
	}
	if l != nil {
		if n.Attach(pid, l) != nil {
			l.Close()
		}
		return
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	p := n.peer(pid)
	if p.link != nil || p.lost != nil {
		return
	}
	if refused := refusal(err); refused != nil {
		p.lose(refused)
		return
	}
	master := n.peer(Master)
	if pid == Master || n.Self() == Master || master.link == nil {
		p.lose(unknown(pid, err))
		return
	}
	if err != nil {
		n.cfg.Log.Warn("no direct connection: messages go through the master", "to", pid, "reason", err)
	}
	p.relayed = true
	p.link = master.link
	close(p.ready)
}

// refusal tells an error that is final, such as a topology that forbids the
// link, from one that leaves the way through the master.
func refusal(err error) *luaerr.Error {
	if err == nil {
		return nil
	}
	if e := luaerr.From(err); e.Kind == luaerr.Argument || e.Kind == luaerr.Lost {
		return e
	}
	return nil
}

func unknown(pid Pid, cause error) *luaerr.Error {
	if cause != nil {
		return luaerr.New(luaerr.Lost, "pid %d cannot be reached: %w", pid, cause)
	}
	return luaerr.New(luaerr.Argument, "there is no process with pid %d", pid)
}

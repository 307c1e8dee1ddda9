package rpc

import (
	"context"

	"github.com/mpiclus/mpiclus-lua/internal/link"
	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
)

// route returns the link on which frames for a process go, connecting first
// when this is the first use. Without a direct way it is the link to the
// master. Once there is one it stays the same, so that frames keep their order.
func (n *Node) route(ctx context.Context, p *peer) (link.Link, error) {
	n.mu.Lock()
	for p.link == nil {
		if err := n.noRoute(p); err != nil {
			n.mu.Unlock()
			return nil, err
		}
		try := p.dialling
		if try == nil {
			try = &dialling{over: make(chan struct{})}
			p.dialling = try
			n.working.Add(1)
			go func() {
				defer n.working.Done()
				n.connect(p.pid, try)
			}()
		}
		n.mu.Unlock()
		select {
		case <-p.ready:
		case <-try.over:
			if try.refused != nil {
				return nil, try.refused
			}
		case <-ctx.Done():
			return nil, Ended(ctx)
		case <-n.ctx.Done():
			return nil, errClosed
		}
		n.mu.Lock()
	}
	defer n.mu.Unlock()
	if p.lost != nil {
		return nil, p.lost
	}
	return p.link, nil
}

// noRoute returns why a process without a link cannot be connected to; nil when
// it can. The master never dials: processes join it. n.mu is held.
func (n *Node) noRoute(p *peer) error {
	switch {
	case p.lost != nil:
		return p.lost
	case n.closed:
		return errClosed
	case p.pid == Master || n.Self() == Master:
		return unknown(p.pid, nil)
	}
	return nil
}

// connect makes the direct link to a process, or settles for the way through
// the master, with one warning.
func (n *Node) connect(pid Pid, try *dialling) {
	defer close(try.over)
	var l link.Link
	var err error
	if n.cfg.Connect != nil {
		l, err = n.cfg.Connect(n.ctx, pid)
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
	p.dialling = nil
	if try.refused = refusal(err); try.refused != nil {
		return
	}
	if n.peer(Master).link == nil {
		try.refused = unknown(pid, err)
		return
	}
	if err != nil {
		n.cfg.Log.Warn("no direct connection: messages go through the master", "from", n.Self(), "to", pid, "reason", err)
	}
	n.throughMaster(p)
}

// throughMaster settles for the way through the master. n.mu is held.
func (n *Node) throughMaster(p *peer) {
	p.link = n.peer(Master).link
	close(p.ready)
}

// reachedThroughMaster notes that a process sends its frames through the
// master: answers go the same way, and nothing is dialled for them.
func (n *Node) reachedThroughMaster(from Pid) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if p := n.peer(from); p.link == nil && p.lost == nil && p.dialling == nil {
		n.throughMaster(p)
	}
}

// refusal returns an error that is final, such as that of a topology that
// forbids the link; nil for one that leaves the way through the master.
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

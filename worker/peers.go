package worker

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"sync"

	"github.com/mpiclus/mpiclus-lua/internal/link"
	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
	"github.com/mpiclus/mpiclus-lua/internal/protocol"
	"github.com/mpiclus/mpiclus-lua/internal/rpc"
)

// Peers makes links to other workers, when they are first used: one asks the
// master, which has the other listen, and then dials. Close ends the listening.
type Peers struct {
	Version string // of this software
	Folder  string // where sockets go; "": where there is a place
	Log     *slog.Logger

	node      *rpc.Node
	mu        sync.Mutex
	listeners map[bool]*link.Listener // whether for other hosts as well
	closed    bool
	accepting sync.WaitGroup
}

// Layer makes the node one that others can reach.
func (p *Peers) Layer(n *rpc.Node) rpc.Layer {
	p.node = n
	return rpc.Layer{Services: []rpc.Service{{Name: protocol.ServiceListen, Inline: true, Serve: p.serveListen}}}
}

// Connect makes the link to a worker.
func (p *Peers) Connect(ctx context.Context, pid rpc.Pid) (link.Link, error) {
	host, _ := os.Hostname()
	reply, err := p.node.Call(ctx, rpc.Master, rpc.Request{
		Service: protocol.ServiceConnect, Data: protocol.Encode(protocol.Connect{Pid: pid, Host: host}),
	})
	if err != nil {
		return nil, err
	}
	join, err := link.ParseJoin(string(reply.Data))
	if err != nil {
		return nil, err
	}
	dialling, cancel := context.WithTimeout(ctx, dialTimeout)
	defer cancel()
	l, err := link.Dial(dialling, join, link.Hello{
		Version: p.Version, Role: protocol.RolePeer, Pid: int(p.node.Self()),
	})
	if err != nil {
		return nil, fmt.Errorf("pid %d cannot be reached directly: %w", pid, err)
	}
	return l, nil
}

// serveListen opens this worker for others and tells how to reach it.
func (p *Peers) serveListen(r *rpc.Incoming) {
	go func() {
		var c protocol.Connect
		err := protocol.Decode(r.Data, &c)
		if err == nil && r.From != rpc.Master {
			err = luaerr.New(luaerr.Argument, "only the master may introduce a process")
		}
		var l *link.Listener
		if err == nil {
			l, err = p.listen(c.Host)
		}
		if err != nil {
			r.Fail(err)
			return
		}
		r.Post(rpc.Reply{Data: []byte(l.Invite(int(c.From), dialTimeout).String())})
	}()
}

// listen gives where this worker can be called by one on a host, listening when
// it is the first that asks. Only who is invited gets in.
func (p *Peers) listen(host string) (*link.Listener, error) {
	own, _ := os.Hostname()
	beyond := host != own
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return nil, luaerr.New(luaerr.Lost, "pid %d is ending", p.node.Self())
	}
	if l := p.listeners[beyond]; l != nil {
		return l, nil
	}
	l, err := link.Listen(link.ListenConfig{
		Version: p.Version, Job: p.Folder, Dir: p.Folder, TCP: beyond, InvitedOnly: true, Log: p.Log,
	})
	if err != nil {
		return nil, err
	}
	if p.listeners == nil {
		p.listeners = map[bool]*link.Listener{}
	}
	p.listeners[beyond] = l
	p.accepting.Go(func() { p.accept(l) })
	return l, nil
}

// accept takes links from other workers until the listener closes.
func (p *Peers) accept(from *link.Listener) {
	for {
		l, hello, err := from.Accept()
		if err != nil {
			return
		}
		pid := rpc.Pid(hello.Pid) // that of its invitation
		if hello.Role != protocol.RolePeer || pid <= rpc.Master || pid == p.node.Self() || p.node.Attach(pid, l) != nil {
			l.Close()
		}
	}
}

// Close ends listening; links stay.
func (p *Peers) Close() {
	p.mu.Lock()
	p.closed = true
	for _, l := range p.listeners {
		l.Close()
	}
	p.mu.Unlock()
	p.accepting.Wait()
}

package worker

import (
	"context"
	"fmt"
	"os"
	"sync"

	"github.com/mpiclus/mpiclus-lua/internal/link"
	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
	"github.com/mpiclus/mpiclus-lua/internal/node"
	"github.com/mpiclus/mpiclus-lua/internal/protocol"
)

// Services that make links between workers.
const (
	ServiceConnect = "connect" // worker → master: Connect; answer: how to reach that worker
	ServiceListen  = "listen"  // master → worker: Connect as it came; the same answer
)

// Connect are the parameters of ServiceConnect.
type Connect struct {
	Pid  node.Pid // to talk to
	Host string   // of the one that asks
}

// Decode reads the parameters of a service of this package.
func Decode(meta []byte, v any) error { return protocol.Decode(meta, v) }

// peers makes links to other workers, when they are first used: one asks the
// master, which has the other listen, and then dials.
type peers struct {
	worker *Worker

	mu        sync.Mutex
	listeners map[bool]*link.Listener // whether for other hosts as well
	closed    bool
	accepting sync.WaitGroup
}

// connect makes the link to a worker.
func (p *peers) connect(ctx context.Context, pid node.Pid) (link.Link, error) {
	host, _ := os.Hostname()
	reply, err := p.worker.node.Call(ctx, node.Master, node.Ask{
		Service: ServiceConnect, Meta: protocol.Encode(Connect{Pid: pid, Host: host}),
	})
	if err != nil {
		return nil, err
	}
	join, err := link.ParseJoin(string(reply.Meta))
	if err != nil {
		return nil, err
	}
	dialling, cancel := context.WithTimeout(ctx, dialTimeout)
	defer cancel()
	l, err := link.Dial(dialling, join, link.Hello{
		Version: p.worker.cfg.Version, Role: protocol.RolePeer, Data: protocol.Encode(p.worker.node.Self()),
	})
	if err != nil {
		return nil, fmt.Errorf("pid %d cannot be reached directly: %w", pid, err)
	}
	return l, nil
}

// serveListen opens this worker for others and tells how to reach it.
func (p *peers) serveListen(r *node.Request) {
	go func() {
		var c Connect
		err := protocol.Decode(r.Meta, &c)
		var join link.Join
		if err == nil {
			join, err = p.listen(c.Host)
		}
		if err != nil {
			r.Fail(err)
			return
		}
		r.Post(node.Reply{Meta: []byte(join.String())})
	}()
}

// listen gives the way to this worker for one on a host, listening when it is
// the first that asks. Each worker has a secret of its own.
func (p *peers) listen(host string) (link.Join, error) {
	own, _ := os.Hostname()
	beyond := host != own
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return link.Join{}, luaerr.New(luaerr.Lost, "pid %d is ending", p.worker.node.Self())
	}
	if l := p.listeners[beyond]; l != nil {
		return l.Join(), nil
	}
	l, err := link.Listen(link.ListenConfig{
		Version: p.worker.cfg.Version, Job: p.worker.settings.Folder, Dir: p.worker.settings.Folder, TCP: beyond, Log: p.worker.cfg.Log,
	})
	if err != nil {
		return link.Join{}, err
	}
	if p.listeners == nil {
		p.listeners = map[bool]*link.Listener{}
	}
	p.listeners[beyond] = l
	p.accepting.Go(func() { p.accept(l) })
	return l.Join(), nil
}

// accept takes links from other workers until the listener closes.
func (p *peers) accept(from *link.Listener) {
	for {
		l, hello, err := from.Accept()
		if err != nil {
			return
		}
		var pid node.Pid
		if hello.Role != protocol.RolePeer || protocol.Decode(hello.Data, &pid) != nil || p.worker.node.Attach(pid, l) != nil {
			l.Close()
		}
	}
}

func (p *peers) close() {
	p.mu.Lock()
	p.closed = true
	for _, l := range p.listeners {
		l.Close()
	}
	p.mu.Unlock()
	p.accepting.Wait()
}

// Package rpc lets the processes of a cluster call each other's services.
//
// A Node is one process: it has a pid, links to other nodes, and a table of
// services, which is complete when New returns. Master and workers differ only
// in what their tables hold.
//
//	n := rpc.New(rpc.Config{
//		Self: 2,
//		Layers: func(n *rpc.Node) []rpc.Layer {
//			return []rpc.Layer{{Services: []rpc.Service{{
//				Name: "double", Inline: true,
//				Serve: func(r *rpc.Incoming) { r.Post(rpc.Reply{Data: append(r.Data, r.Data...)}) },
//			}}}}
//		},
//	})
//	err := n.Attach(rpc.Master, l) // a link to the master
//
// and elsewhere
//
//	reply, err := n.Call(ctx, 2, rpc.Request{Service: "double", Data: []byte("ab")})
//
// Callers have three verbs. Call sends a request and waits for the
// reply (CallAll does so with several processes at a time). Start sends a
// request and returns the Call, whose reply is awaited later or given to a
// function. Tell sends a request that has no reply. Those who are called have one
// verb: the Serve of an entry in the table of services.
//
// A request is a service's name, bytes that the service knows how to read, and
// perhaps a message of Lua values, which this package carries and does not
// read. It travels as one frame on the link to its process, or through the
// master where the two have no link of their own; the reply comes back the same
// way. Requests of one process start in the order in which they were made.
//
// Whoever waits here must not hold the interpreter: use interp.Wait.
package rpc

import (
	"context"
	"fmt"
	"log/slog"

	"github.com/mpiclus/mpiclus-lua/internal/value"
)

// New makes a node with the services of this package and those of its layers.
// A service that is there twice is a mistake of the program: New panics.
func New(cfg Config) *Node {
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	if cfg.Codec == nil {
		cfg.Codec = &value.Codec{Self: cfg.Self, Chunks: value.NewChunks(), Names: value.NewNames()}
	}
	n := &Node{
		cfg: cfg, services: map[string]*Service{}, peers: map[Pid]*peer{},
		members: []Pid{cfg.Self}, membersChange: make(chan struct{}), quiet: make(chan struct{}),
	}
	n.ctx, n.end = context.WithCancel(context.Background())
	n.self.Store(cfg.Self)
	n.layers = []Layer{n.sources()}
	if cfg.Layers != nil {
		n.layers = append(n.layers, cfg.Layers(n)...)
	}
	for _, layer := range n.layers {
		for _, s := range layer.Services {
			if n.services[s.Name] != nil {
				panic("rpc: there are two services of the name " + s.Name)
			}
			n.services[s.Name] = &s
		}
	}
	return n
}

// Become gives the node and its codec another pid, for a process that learns
// its pid late. It is an error once there was a link. The caller holds the
// interpreter, since encoders read the codec's pid.
func (n *Node) Become(self Pid) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, p := range n.peers {
		if p.link != nil || p.lost != nil {
			return fmt.Errorf("pid %d has links: it cannot become pid %d", n.Self(), self)
		}
	}
	n.self.Store(self)
	n.cfg.Codec.Self = self
	n.renewMembers([]Pid{self})
	return nil
}

// Close breaks all links and fails what waits. When it returns, no goroutine
// of the node runs any more.
func (n *Node) Close() {
	n.mu.Lock()
	n.closed = true
	for _, p := range n.peers {
		for _, l := range p.all {
			l.Close()
		}
	}
	waiting := n.takeCalls(func(*Call) bool { return true })
	n.mu.Unlock()
	n.end()
	for _, c := range waiting {
		c.settle(result{err: errClosed})
	}
	n.readers.Wait()
	n.working.Wait()
}

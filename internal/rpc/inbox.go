package rpc

import (
	"context"
	"fmt"
	"sync"

	"github.com/mpiclus/mpiclus-lua/internal/link"
	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
)

// arrive serves a request that has come, in its turn.
func (n *Node) arrive(from Pid, f *link.Frame, rest []byte) error {
	r, err := n.decodeRequest(from, f, rest)
	if err != nil {
		return err
	}
	n.mu.Lock()
	if r.id != 0 {
		n.serving.Set(callID{from, r.id}, r)
	}
	p := n.peer(from)
	n.mu.Unlock()
	s := n.services[r.Service]
	switch {
	case n.retired.Load() && (s == nil || !s.Always):
		r.Fail(n.Retired())
	case s == nil:
		r.Fail(luaerr.New(luaerr.Argument, "pid %d offers no service '%s'", n.Self(), r.Service))
	case !s.Values && n.distrusts(from):
		r.Fail(luaerr.New(luaerr.Argument, "pid %d runs nothing for a worker, and takes values only ('%s' was asked for): let the master call the worker, or run without --untrusted-workers", n.Self(), r.Service))
	case s.Inline:
		s.Serve(r)
	default:
		p.inbox.add(n, s, r)
	}
	return nil
}

// decodeRequest reads what follows the address in the frame of a request.
func (n *Node) decodeRequest(from Pid, f *link.Frame, rest []byte) (*Incoming, error) {
	var parts [3][]byte // service, sections, data
	for i := range parts {
		var err error
		if parts[i], rest, err = cutPart(rest); err != nil {
			return nil, err
		}
	}
	m, err := n.cutMessage(from, rest, f.Blobs)
	if err != nil {
		return nil, err
	}
	if f.Kind == kindCall && f.ID == 0 {
		return nil, fmt.Errorf("a request without a number")
	}
	r := &Incoming{From: from, Service: string(parts[0]), Data: parts[2], Message: m, node: n}
	if f.Kind == kindCall {
		r.id = f.ID
	}
	ctx := context.Background()
	if len(parts[1]) > 0 {
		ctx = context.WithValue(ctx, sectionKey{}, parts[1])
	}
	r.Context, r.cancel = context.WithCancelCause(ctx)
	return r, nil
}

// inbox starts the requests of one process in the order in which they were
// made. A request whose message needs a source that is not here yet holds up
// those behind it, and nobody else.
type inbox struct {
	mu      sync.Mutex
	waiting []arrival
	busy    bool
}

type arrival struct {
	service *Service
	request *Incoming
}

// add starts a request at once when nothing is before it and nothing is
// missing; else a goroutine works off the line. Serve may lead to further
// requests of the same process, this one, which wait until it has returned.
func (b *inbox) add(n *Node, s *Service, r *Incoming) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.busy || r.Message != nil && len(n.cfg.Codec.Missing(r.Message)) > 0 {
		b.waiting = append(b.waiting, arrival{s, r})
	} else {
		b.busy = true
		b.mu.Unlock()
		s.Serve(r)
		b.mu.Lock()
		b.busy = false
	}
	if !b.busy && len(b.waiting) > 0 {
		b.busy = true
		go b.work(n)
	}
}

func (b *inbox) work(n *Node) {
	for {
		b.mu.Lock()
		if len(b.waiting) == 0 {
			b.busy, b.waiting = false, nil
			b.mu.Unlock()
			return
		}
		next := b.waiting[0]
		b.waiting = b.waiting[1:]
		b.mu.Unlock()
		r := next.request
		r.Err = n.FetchSources(r.Context, r.From, r.Message)
		next.service.Serve(r)
	}
}

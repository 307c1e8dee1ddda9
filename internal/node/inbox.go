package node

import (
	"context"
	"sync"

	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
	"github.com/mpiclus/mpiclus-lua/internal/value"
)

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
	request *Request
}

// add starts a request at once when nothing is before it and nothing is
// missing; else a goroutine works off the line. Start may lead to further
// requests of the same process, this one, which wait until it has returned.
func (b *inbox) add(n *Node, s *Service, r *Request) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.busy || r.Message != nil && len(n.Codec().Missing(r.Message)) > 0 {
		b.waiting = append(b.waiting, arrival{s, r})
	} else {
		b.busy = true
		b.mu.Unlock()
		s.Start(r)
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
		if err := n.FetchSources(next.request.Context, next.request.From, next.request.Message); err != nil {
			next.request.flaw = err
		}
		next.service.Start(next.request)
	}
}

const serviceSource = "source"

// FetchSources gets the sources of functions that a message holds and that
// this process lacks, from the process that surely has them or else from the
// sender. It waits, so the caller holds no interpreter.
func (n *Node) FetchSources(ctx context.Context, from Pid, m *value.Message) error {
	if m == nil {
		return nil
	}
	for _, ref := range n.Codec().Missing(m) {
		reply, err := n.Call(ctx, ref.Home, Ask{Service: serviceSource, Meta: ref.Hash[:]})
		if err != nil && ref.Home != from && ctx.Err() == nil {
			reply, err = n.Call(ctx, from, Ask{Service: serviceSource, Meta: ref.Hash[:]})
		}
		if err != nil {
			return luaerr.New(luaerr.Lost, "the source of a function cannot be had from pid %d: %w", ref.Home, err)
		}
		name, source, err := cutPart(reply.Meta)
		if err != nil {
			return err
		}
		if err := n.Codec().Chunks.AddAs(ref.Hash, string(name), string(source)); err != nil {
			return err
		}
	}
	return nil
}

// startSource gives the name and the text of a chunk of source.
func (n *Node) startSource(r *Request) {
	var hash [16]byte
	copy(hash[:], r.Meta)
	name, source, ok := n.Codec().Chunks.Source(hash)
	if !ok {
		r.Fail(luaerr.New(luaerr.Argument, "pid %d has no source %x", n.Self(), hash))
		return
	}
	r.Post(Reply{Meta: append(appendPart(nil, []byte(name)), source...)})
}

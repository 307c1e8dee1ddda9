package rpc

import "sync"

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

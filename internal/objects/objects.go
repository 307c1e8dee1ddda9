// Package objects holds what lives in one process and is used by many: futures,
// which get the result of a call, and channels, which are queues of values.
//
// An object lives in the process that owns it, in its Store. Every process that
// uses it has a Reference, and the owner counts those: an object without
// references is freed. A reference travels in messages. Its sender keeps it
// until the receiver has its own counted, so that the last reference is never
// the one on its way (docs/adr/0005).
//
//	ref, call := store.Spawn(2, m)        // m holds a function and its arguments
//	err := call.Sent(ctx)
//	reply, err := ref.Fetch(ctx)          // the result, for eval.Evaluator.Values
//
// The store is a layer on an rpc.Node: what it says to other processes are
// requests.
package objects

import (
	"github.com/mpiclus/mpiclus-lua/internal/eval"
	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
	"github.com/mpiclus/mpiclus-lua/internal/rpc"
)

// New makes the store of a process; its Layer belongs to the evaluator's node.
func New(e *eval.Evaluator) *Store {
	s := &Store{eval: e, node: e.Node, seen: map[rpc.Pid]uint64{}, lost: map[rpc.Pid]*luaerr.Error{}}
	s.releases.confirmed.L = &s.releases.mu
	return s
}

// Layer is the store's part of the node.
func (s *Store) Layer() rpc.Layer {
	return rpc.Layer{Gone: s.forget, Retired: s.retire, Services: []rpc.Service{
		{Name: serviceSpawn, Serve: s.serveSpawn},
		{Name: serviceFetch, Values: true, Inline: true, Always: true, Serve: func(r *rpc.Incoming) { s.serveFetch(r, false) }},
		{Name: serviceAwait, Values: true, Inline: true, Always: true, Serve: func(r *rpc.Incoming) { s.serveFetch(r, true) }},
		{Name: serviceIsReady, Values: true, Always: true, Serve: s.serveIsReady}, // in line: behind a take that was asked for before
		{Name: serviceHold, Values: true, Inline: true, Always: true, Serve: s.serveHold},
		{Name: serviceRelease, Values: true, Inline: true, Always: true, Serve: s.serveRelease},
		{Name: serviceChannel, Values: true, Serve: s.serveChannel},
		{Name: servicePut, Values: true, Serve: s.servePut},
		{Name: serviceTake, Values: true, Serve: s.serveTake},
		{Name: serviceReturn, Values: true, Always: true, Serve: s.serveReturn},
		{Name: serviceClose, Values: true, Serve: s.serveClose},
		{Name: serviceIsOpen, Values: true, Serve: s.serveIsOpen},
	}}
}

// forget handles the loss of a process: its references count no more, and what
// only it could have made will never be.
func (s *Store) forget(pid rpc.Pid, why *luaerr.Error) {
	s.mu.Lock()
	s.lost[pid] = why
	var lost []*waiter
	var unclaimed []*object
	for id, o := range s.objects.All {
		delete(o.holders, pid)
		if !o.known && id.Maker == pid {
			lost = append(lost, o.waiting...)
			o.waiting = nil
		}
		if u := s.dropIfFree(o); u != nil {
			unclaimed = append(unclaimed, u)
		}
	}
	s.mu.Unlock()
	for _, w := range lost {
		w.fail(why)
	}
	for _, u := range unclaimed {
		s.reportUnclaimed(u)
	}
}

// retire fails all requests that wait at channels here, and for values whose
// call will not be taken any more.
func (s *Store) retire(why error) {
	s.mu.Lock()
	var waiters []*waiter
	var putters []*putter
	for _, o := range s.objects.All {
		if o.channel != nil || !o.known {
			waiters = append(waiters, o.waiting...)
			o.waiting = nil
		}
		if o.channel != nil {
			putters = append(putters, o.channel.putters...)
			o.channel.putters = nil
		}
	}
	s.mu.Unlock()
	for _, w := range waiters {
		w.fail(why)
	}
	for _, p := range putters {
		p.stop()
		p.request.Fail(why)
	}
}

// Count returns what lives in this process, futures and channels, and how many
// references to objects of any process it has.
func (s *Store) Count() (futures, channels, references int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, o := range s.objects.All {
		switch {
		case o.channel != nil:
			channels++
		case o.known:
			futures++
		}
	}
	return futures, channels, int(s.references.Load())
}

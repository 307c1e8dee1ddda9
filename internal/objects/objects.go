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
	"context"
	"sync"
	"sync/atomic"

	"github.com/mpiclus/mpiclus-lua/internal/eval"
	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
	"github.com/mpiclus/mpiclus-lua/internal/rpc"
)

// Services of objects. The parameters begin with the ID of the object, but for
// serviceRelease.
const (
	serviceSpawn   = "spawn"   // call a function, and keep the result in a future; reply: a note
	serviceFetch   = "fetch"   // reply: the result of a future, the first item of a channel, which stays
	serviceAwait   = "await"   // reply when there is one: a note
	serviceIsReady = "isready" // reply: whether there is one
	serviceHold    = "hold"    // count one more reference of who asks
	serviceRelease = "release" // IDs: count one less each

	serviceChannel = "channel" // make a channel; parameter: its capacity
	servicePut     = "put"     // reply when there was room for the message; parameters: the references in it
	serviceTake    = "take"    // reply: the first item, which is gone then, and its number
	serviceReturn  = "return"  // an item that nobody has read; parameters: the number of the call of take, the item's number; no reply
	serviceClose   = "close"   // reply at once
	serviceIsOpen  = "isopen"  // reply: whether it is open
)

// Store has the objects that live in a process, and its references to those
// that live anywhere.
type Store struct {
	eval       *eval.Evaluator
	node       *rpc.Node
	references atomic.Int64 // that this process has
	seq        atomic.Uint64

	mu      sync.Mutex
	seen    map[rpc.Pid]uint64 // by maker: the last object that was made here for it; they come in order
	objects rpc.Table[ID, *object]
	lost    map[rpc.Pid]*luaerr.Error     // makers that are lost: what they had not made here by then will never be
	spawned rpc.Table[*progress, rpc.Pid] // calls that were made here and are not over: where they run

	releases releases
}

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

// context is that of the task that holds the interpreter; what the store starts
// in its name is inside the same sections.
func (s *Store) context() context.Context {
	if t := s.eval.Interp.Current(); t != nil {
		return t.Context()
	}
	return context.Background()
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

func flag(yes bool) []byte {
	if yes {
		return []byte{1}
	}
	return []byte{0}
}

// isYes reads what flag made.
func isYes(data []byte) bool { return len(data) == 1 && data[0] == 1 }

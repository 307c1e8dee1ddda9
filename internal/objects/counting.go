package objects

import (
	"context"
	"fmt"
	"runtime"
	"sync"
	"time"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
	"github.com/mpiclus/mpiclus-lua/internal/rpc"
)

// newReference makes a reference that is counted already. When it is garbage
// it is released.
func (s *Store) newReference(id ID, kind string) *Reference {
	r := &Reference{ID: id, Kind: kind, store: s, state: &progress{}}
	s.references.Add(1)
	runtime.AddCleanup(r, func(state *progress) {
		s.references.Add(-1)
		if !state.void.Load() {
			s.release(id)
		}
	}, r.state)
	return r
}

// Hold makes a reference from what Travel returned in some process. It is
// called from decoders (value.Codec.Register), by who holds the interpreter.
func (s *Store) Hold(L *lua.LState, kind string, data []byte) (*Reference, error) {
	id, rest, err := readID(data)
	if err != nil || len(rest) > 0 || !id.valid() {
		return nil, fmt.Errorf("a %s that cannot be read", kind)
	}
	ref, call := s.hold(id, kind)
	if call != nil {
		s.eval.Depend(L, call)
	}
	return ref, nil
}

// hold makes a reference and has its owner count it. The owner has done so when
// call, unless nil, is answered.
func (s *Store) hold(id ID, kind string) (ref *Reference, call *rpc.Call) {
	if id.Owner == s.node.Self() {
		s.adjust(id, id.Owner, 1)
	} else {
		call = s.node.Start(context.Background(), id.Owner, rpc.Request{Service: serviceHold, Data: id.append(nil), Background: true})
	}
	return s.newReference(id, kind), call
}

// serveHold counts a reference of the process that asks.
func (s *Store) serveHold(r *rpc.Incoming) {
	id, err := s.idOf(r)
	if err != nil {
		r.Fail(err)
		return
	}
	if !s.adjust(id, r.From, 1) {
		r.Fail(errGone)
		return
	}
	r.Post(rpc.Reply{})
}

// releases are references of this process that are garbage. They are gathered
// for releaseDelay, and then told to their owners together.
type releases struct {
	mu          sync.Mutex
	ids         []ID
	unconfirmed int       // requests about them that are not answered
	confirmed   sync.Cond // signalled when there are none
}

const releaseDelay = 2 * time.Millisecond

// release notes that a reference is garbage.
func (s *Store) release(id ID) {
	if id.Owner == s.node.Self() {
		s.adjust(id, id.Owner, -1)
		return
	}
	s.releases.mu.Lock()
	defer s.releases.mu.Unlock()
	s.releases.ids = append(s.releases.ids, id)
	if len(s.releases.ids) == 1 {
		time.AfterFunc(releaseDelay, s.flush)
	}
}

// flush tells the owners which references were released.
func (s *Store) flush() {
	q := &s.releases
	q.mu.Lock()
	lists := map[rpc.Pid][]byte{}
	for _, id := range q.ids {
		lists[id.Owner] = id.append(lists[id.Owner])
	}
	q.ids = nil
	q.unconfirmed += len(lists)
	q.mu.Unlock()
	for owner, list := range lists {
		s.node.Start(context.Background(), owner, rpc.Request{
			Service: serviceRelease, Data: list, Background: true,
			OnReply: func(*rpc.Reply, error) {
				q.mu.Lock()
				defer q.mu.Unlock()
				if q.unconfirmed--; q.unconfirmed == 0 {
					q.confirmed.Broadcast()
				}
			},
		})
	}
}

// Flush returns when the owners know of all references that were released, or
// ctx ends.
func (s *Store) Flush(ctx context.Context) error {
	s.flush()
	q := &s.releases
	defer context.AfterFunc(ctx, func() {
		q.mu.Lock()
		defer q.mu.Unlock()
		q.confirmed.Broadcast()
	})()
	q.mu.Lock()
	defer q.mu.Unlock()
	for q.unconfirmed > 0 {
		if ctx.Err() != nil {
			return rpc.Ended(ctx)
		}
		q.confirmed.Wait()
	}
	return nil
}

// serveRelease counts references of the process that asks no more.
func (s *Store) serveRelease(r *rpc.Incoming) {
	for b := r.Data; len(b) > 0; {
		id, rest, err := readID(b)
		if err != nil || id.Owner != s.node.Self() {
			r.Fail(luaerr.New(luaerr.Argument, "the list of released values cannot be read"))
			return
		}
		s.adjust(id, r.From, -1)
		b = rest
	}
	r.Post(rpc.Reply{})
}

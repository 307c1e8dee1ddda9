package objects

import (
	"sync"
	"sync/atomic"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/rpc"
	"github.com/mpiclus/mpiclus-lua/internal/value"
)

// Kinds of references, as they travel.
const (
	KindFuture  = "future"
	KindChannel = "channel"
)

// Reference is this process's way to an object. Its methods may be called by
// anyone; those that take a context wait, so their callers hold no interpreter.
type Reference struct {
	ID   ID
	Kind string
	// Cache is the caller's: what it decoded. Only who holds the interpreter
	// may touch it.
	Cache []lua.LValue

	store *Store
	state *progress
}

// progress is what this process knows of a future whose call it made. It
// outlives the reference, since the reply to the call arrives here.
type progress struct {
	done   chan struct{} // closed when the call is over; nil: the call was not made here
	value  *value.Message
	raised bool
	err    error // the call did not come about
	mu     sync.Mutex
	then   []func()    // what WhenDone got
	void   atomic.Bool // the owner does not know the object: there is nothing to release
}

// Travel implements value.Traveller.
func (r *Reference) Travel() (kind string, data []byte, err error) {
	return r.Kind, r.ID.append(nil), nil
}

// Equal reports whether two references are to the same object.
func (r *Reference) Equal(other *Reference) bool { return r.ID == other.ID }

// Void marks a reference to an object that its owner does not know, because the
// request to make it was not sent: there is nothing to release.
func (r *Reference) Void() {
	r.state.void.Store(true)
	r.store.forgetSpawned(r.state)
}

func (s *Store) forgetSpawned(state *progress) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.spawned.Delete(state)
}

// request makes a request about the object.
func (r *Reference) request(service string) rpc.Request {
	return rpc.Request{Service: service, Data: r.ID.append(nil)}
}

package node

import (
	"context"
	"encoding/binary"
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
	"github.com/mpiclus/mpiclus-lua/internal/value"
)

// ValueID names a future or channel. It lives in the process Owner; the
// process Maker asked for it.
type ValueID struct {
	Owner, Maker Pid
	Seq          uint64
}

const idBytes = 16

func (id ValueID) append(b []byte) []byte {
	b = binary.LittleEndian.AppendUint32(b, uint32(id.Owner))
	b = binary.LittleEndian.AppendUint32(b, uint32(id.Maker))
	return binary.LittleEndian.AppendUint64(b, id.Seq)
}

func readID(b []byte) (id ValueID, rest []byte, err error) {
	if len(b) < idBytes {
		return id, nil, fmt.Errorf("the name of a value is cut short")
	}
	return ValueID{
		Owner: Pid(binary.LittleEndian.Uint32(b)), Maker: Pid(binary.LittleEndian.Uint32(b[4:])),
		Seq: binary.LittleEndian.Uint64(b[8:]),
	}, b[idBytes:], nil
}

// valid tells whether there can be processes with such pids.
func (id ValueID) valid() bool { return id.Owner >= Master && id.Maker >= Master }

func (id ValueID) String() string { return fmt.Sprintf("%d:%d:%d", id.Owner, id.Maker, id.Seq) }

// Reference kinds, as they travel.
const (
	KindFuture  = "future"
	KindChannel = "channel"
)

// Reference is this process's share in a value that lives in some process.
// The owner counts references; one that is garbage gives its share back. It
// travels: while a message that holds it is on its way the sender keeps it,
// so the last reference is never the one that is in between.
type Reference struct {
	ID   ValueID
	Kind string
	// Cache is the caller's: what it decoded. Only who holds the interpreter
	// may touch it.
	Cache []lua.LValue

	node  *Node
	state *progress
}

// progress is what the maker of a future knows about it. It outlives the
// reference: the answer to the call arrives here.
type progress struct {
	done   chan struct{} // closed when the call is over; nil: not known here
	value  *value.Message
	raised bool
	err    error // the call did not come about
	mu     sync.Mutex
	then   []func()    // what WhenDone got
	never  atomic.Bool // the owner does not know the value: no share to give back
}

// Travel implements value.Traveller.
func (r *Reference) Travel() (kind string, data []byte, err error) {
	return r.Kind, r.ID.append(nil), nil
}

// Equal tells whether two references are to the same value.
func (r *Reference) Equal(other *Reference) bool { return r.ID == other.ID }

func (n *Node) newReference(id ValueID, kind string) *Reference {
	r := &Reference{ID: id, Kind: kind, node: n, state: &progress{}}
	n.values.references.Add(1)
	runtime.AddCleanup(r, func(state *progress) {
		n.values.references.Add(-1)
		if !state.never.Load() {
			n.values.giveBack(id)
		}
	}, r.state)
	return r
}

// Hold makes a reference from what Travel gave in some process. It is called
// from decoders, by who holds the interpreter.
func (n *Node) Hold(L *lua.LState, kind string, data []byte) (*Reference, error) {
	id, rest, err := readID(data)
	if err != nil || len(rest) > 0 || !id.valid() {
		return nil, fmt.Errorf("a %s that cannot be read", kind)
	}
	ref, b := n.hold(id, kind)
	if b != nil {
		n.holding[L] = append(n.holding[L], b)
	}
	return ref, nil
}

// hold makes a reference and counts it. The owner has confirmed it when what
// hold gives, unless nil, is answered.
func (n *Node) hold(id ValueID, kind string) (ref *Reference, b *Begun) {
	if id.Owner == n.Self() {
		n.values.adjust(id, id.Owner, 1)
	} else {
		b = n.Post(id.Owner, Ask{Service: serviceHold, Meta: id.append(nil)})
	}
	return n.newReference(id, kind), b
}

// decode is Codec.Decode, and gives the references that were met and are to
// be confirmed by their owners.
func (n *Node) decode(L *lua.LState, m *value.Message) (vs []lua.LValue, holds []*Begun, err error) {
	outer := n.holding[L]
	delete(n.holding, L)
	vs, err = n.Codec().Decode(L, m)
	holds = n.holding[L]
	if delete(n.holding, L); outer != nil {
		n.holding[L] = outer
	}
	return vs, holds, err
}

// confirm returns when the owners know of the references in the request, so
// that the sender may forget its own. What is said to the sender itself
// arrives there before the answer.
func (r *Request) confirm() {
	r.node.awaitHolds(r.From, r.holds)
	r.holds = nil
}

func (n *Node) awaitHolds(from Pid, holds []*Begun) {
	for _, b := range holds {
		if b.to != from {
			_, _ = b.Await(n.ctx) // an owner that is lost counts nothing
		}
	}
}

// keepUntilAck keeps references that were sent in an answer.
func (n *Node) keepUntilAck(to Pid, id uint64, refs []value.Traveller) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if p := n.peer(to); p.lost == nil {
		n.unacked.set(requestKey{to, id}, refs)
	}
}

// acknowledged ends the keeping, and gives what was kept.
func (n *Node) acknowledged(key requestKey) []value.Traveller {
	n.mu.Lock()
	defer n.mu.Unlock()
	refs := n.unacked.all[key]
	n.unacked.delete(key)
	return refs
}

// acknowledge tells the sender of an answer that it need not keep the
// references in it any more. It is called when they are confirmed.
func (n *Node) acknowledge(r *Reply) {
	if r.ack {
		r.ack = false
		n.postKind(r.from, kindAck, r.id)
	}
}

// releaseDelay is how long shares are gathered before they are given back.
const releaseDelay = 2 * time.Millisecond

// giveBack notes that a reference is garbage.
func (s *store) giveBack(id ValueID) {
	if id.Owner == s.node.Self() {
		s.adjust(id, id.Owner, -1)
		return
	}
	s.dropping.Lock()
	defer s.dropping.Unlock()
	s.dropped = append(s.dropped, id)
	if len(s.dropped) == 1 {
		time.AfterFunc(releaseDelay, s.flush)
	}
}

// flush tells the owners of values which shares are given back.
func (s *store) flush() {
	s.dropping.Lock()
	lists := map[Pid][]byte{}
	for _, id := range s.dropped {
		lists[id.Owner] = id.append(lists[id.Owner])
	}
	s.dropped = nil
	s.unconfirmed += len(lists)
	s.dropping.Unlock()
	for owner, list := range lists {
		s.node.Post(owner, Ask{Service: serviceRelease, Meta: list, Answer: func(*Reply, error) {
			s.dropping.Lock()
			defer s.dropping.Unlock()
			if s.unconfirmed--; s.unconfirmed == 0 {
				s.confirmed.Broadcast()
			}
		}})
	}
}

// Flush returns when the owners know of all shares that are given back, or
// ctx ends.
func (n *Node) Flush(ctx context.Context) error {
	s := &n.values
	s.flush()
	defer context.AfterFunc(ctx, func() {
		s.dropping.Lock()
		defer s.dropping.Unlock()
		s.confirmed.Broadcast()
	})()
	s.dropping.Lock()
	defer s.dropping.Unlock()
	for s.unconfirmed > 0 {
		if ctx.Err() != nil {
			return ended(ctx)
		}
		s.confirmed.Wait()
	}
	return nil
}

// startHold counts a share of the process that asks.
func (n *Node) startHold(r *Request) {
	id, _, err := readID(r.Meta)
	if err != nil || id.Owner != n.Self() {
		r.Fail(luaerr.New(luaerr.Argument, "pid %d does not own the value %v", n.Self(), id))
		return
	}
	if !n.values.adjust(id, r.From, 1) {
		r.Fail(errGone)
		return
	}
	r.Post(Reply{})
}

// startRelease takes shares back.
func (n *Node) startRelease(r *Request) {
	for b := r.Meta; len(b) > 0; {
		id, rest, err := readID(b)
		if err != nil || id.Owner != n.Self() {
			n.cfg.Log.Debug("a wrong release", "from", r.From, "value", id)
			return
		}
		n.values.adjust(id, r.From, -1)
		b = rest
	}
	r.Post(Reply{})
}

package node

import (
	"context"
	"sync"
	"sync/atomic"

	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
)

// store holds the futures and channels that live in this process.
type store struct {
	node       *Node
	references atomic.Int64 // that this process has
	seq        atomic.Uint64

	mu     sync.Mutex
	seen   map[Pid]uint64 // by maker: the last value that was made here for it; they come in order
	values table[ValueID, *stored]
	lost   map[Pid]*luaerr.Error // makers that are gone: what they had not made here by then will never be

	dropping    sync.Mutex
	dropped     []ValueID // shares that are to be given back
	unconfirmed int       // messages about such shares that are on their way
	confirmed   sync.Cond // signalled when there are none
}

// stored is a value. One that is not known yet was heard of before it was
// made, since messages from several processes may overtake each other.
type stored struct {
	id      ValueID
	holders map[Pid]int // shares; below zero when given back before counted
	waiting []*waiter   // for the result of a future, for the first item of a channel
	known   bool
	running bool     // a future whose call is not over
	result  *Reply   // of a future
	claimed bool     // somebody was told the result
	channel *channel // of a channel
}

// waiter is a request that waits for something to happen to a value.
type waiter struct {
	request *Request
	take    bool        // of a channel: the item goes to it alone
	look    bool        // wants to know that there is something, not what
	stop    func() bool // ends the watch for its cancellation
}

func (s *store) open(n *Node) {
	s.node, s.seen, s.lost = n, map[Pid]uint64{}, map[Pid]*luaerr.Error{}
	s.confirmed.L = &s.dropping
}

// Count tells what lives in this process: futures and channels, and how many
// references to values of any process it has.
func (n *Node) Count() (futures, channels, references int) {
	s := &n.values
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, v := range s.values.all {
		switch {
		case v.channel != nil:
			channels++
		case v.known:
			futures++
		}
	}
	return futures, channels, int(s.references.Load())
}

func (s *store) nextID(owner Pid) ValueID {
	return ValueID{Owner: owner, Maker: s.node.Self(), Seq: s.seq.Add(1)}
}

// get gives the record of a value, a fresh one if need be. s.mu is held.
func (s *store) get(id ValueID) *stored {
	v := s.values.all[id]
	if v == nil {
		v = &stored{id: id, holders: map[Pid]int{}}
		s.values.set(id, v)
	}
	return v
}

// gone tells whether a value was here and is not any more. s.mu is held.
func (s *store) gone(id ValueID) bool {
	return s.values.all[id] == nil && id.Seq <= s.seen[id.Maker]
}

// idOf reads the name of a value of this process that a request is about.
func (s *store) idOf(r *Request) (ValueID, error) {
	id, _, err := readID(r.Meta)
	if err == nil && id.Owner != s.node.Self() {
		err = luaerr.New(luaerr.Argument, "pid %d does not own the value %v", s.node.Self(), id)
	}
	return id, err
}

// never tells why a value that is not known here will never be, nil when it
// may come. s.mu is held.
func (s *store) never(id ValueID) error {
	v := s.values.all[id]
	switch lost := s.lost[id.Maker]; {
	case v != nil && v.known:
		return nil
	case s.gone(id):
		return errGone
	case lost != nil:
		return lost
	case s.node.retired.Load():
		return s.node.errRetired()
	}
	return nil
}

// adjust changes the number of shares that a process has in a value, and
// reports whether there is such a value.
func (s *store) adjust(id ValueID, pid Pid, by int) bool {
	s.mu.Lock()
	if s.gone(id) {
		s.mu.Unlock()
		return false
	}
	v := s.get(id)
	if v.holders[pid] += by; v.holders[pid] == 0 {
		delete(v.holders, pid)
	}
	unclaimed := s.dropIfFree(v)
	s.mu.Unlock()
	s.node.reportUnclaimed(unclaimed)
	return true
}

// dropIfFree forgets a value that nobody has a share in. It gives it back when
// it is a call that failed and nobody was told. s.mu is held.
func (s *store) dropIfFree(v *stored) (unclaimed *stored) {
	if len(v.holders) > 0 || v.running || len(v.waiting) > 0 {
		return nil
	}
	s.values.delete(v.id)
	if v.failedUnheard() {
		return v
	}
	return nil
}

func (v *stored) failedUnheard() bool { return v.result != nil && v.result.Raised && !v.claimed }

// forget handles the loss of a process: its shares are void, and what only it
// could have made will never be.
func (s *store) forget(pid Pid, why *luaerr.Error) {
	s.mu.Lock()
	s.lost[pid] = why
	var lost []*waiter
	var unclaimed []*stored
	for id, v := range s.values.all {
		delete(v.holders, pid)
		if !v.known && id.Maker == pid {
			lost = append(lost, v.waiting...)
			v.waiting = nil
		}
		if u := s.dropIfFree(v); u != nil {
			unclaimed = append(unclaimed, u)
		}
	}
	s.mu.Unlock()
	for _, w := range lost {
		w.fail(why)
	}
	for _, u := range unclaimed {
		s.node.reportUnclaimed(u)
	}
}

// wait puts a request in the line of a value. s.mu is held.
func (s *store) wait(v *stored, w *waiter) {
	v.waiting = append(v.waiting, w)
	w.stop = context.AfterFunc(w.request.Context, func() {
		s.mu.Lock()
		found := v.remove(w)
		unclaimed := s.dropIfFree(v)
		s.mu.Unlock()
		if found {
			w.request.Fail(ended(w.request.Context))
		}
		s.node.reportUnclaimed(unclaimed)
	})
}

func (v *stored) remove(w *waiter) bool {
	for i, other := range v.waiting {
		if other == w {
			v.waiting = append(v.waiting[:i:i], v.waiting[i+1:]...)
			return true
		}
	}
	return false
}

func (w *waiter) fail(err error) {
	w.stop()
	w.request.Fail(err)
}

// unclaimed lists the futures whose error nobody was told, each of them once.
func (s *store) unclaimed() (list []*stored) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, v := range s.values.all {
		if v.failedUnheard() {
			v.claimed = true
			list = append(list, v)
		}
	}
	return list
}

// retire fails all requests that wait at channels here, and for values whose
// call will not be taken any more.
func (s *store) retire(why error) {
	s.mu.Lock()
	var waiters []*waiter
	var putters []*putter
	for _, v := range s.values.all {
		if v.channel != nil || !v.known {
			waiters = append(waiters, v.waiting...)
			v.waiting = nil
		}
		if v.channel != nil {
			putters = append(putters, v.channel.putters...)
			v.channel.putters = nil
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

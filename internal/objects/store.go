package objects

import (
	"context"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/mpiclus/mpiclus-lua/internal/eval"
	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
	"github.com/mpiclus/mpiclus-lua/internal/rpc"
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

// context is that of the task that holds the interpreter; what the store starts
// in its name is inside the same sections.
func (s *Store) context() context.Context {
	if t := s.eval.Interp.Current(); t != nil {
		return t.Context()
	}
	return context.Background()
}

// object is a future or a channel of this process. Store.mu guards it. One that
// is not known yet was heard of before it was made, since messages of several
// processes may overtake each other.
type object struct {
	id      ID
	holders map[rpc.Pid]int // references; below zero when released before they were counted
	waiting []*waiter       // for the result of a future, for the first item of a channel
	known   bool
	running bool       // a future whose call is not over
	result  *rpc.Reply // of a future
	claimed bool       // somebody was told the result
	channel *channel   // of a channel
}

// waiter is a request that waits for something to happen to an object.
type waiter struct {
	request *rpc.Incoming
	take    bool        // of a channel: the item goes to it alone
	look    bool        // wants to know that there is something, not what
	stop    func() bool // ends the watch for its cancellation
}

func (s *Store) nextID(owner rpc.Pid) ID {
	return ID{Owner: owner, Maker: s.node.Self(), Seq: s.seq.Add(1)}
}

// get returns the record of an object, a fresh one if need be. s.mu is held.
func (s *Store) get(id ID) *object {
	o := s.objects.All[id]
	if o == nil {
		o = &object{id: id, holders: map[rpc.Pid]int{}}
		s.objects.Set(id, o)
	}
	return o
}

// gone reports whether an object was here and was freed. s.mu is held.
func (s *Store) gone(id ID) bool {
	return s.objects.All[id] == nil && id.Seq <= s.seen[id.Maker]
}

// idOf reads the ID of an object of this process that a request is about.
func (s *Store) idOf(r *rpc.Incoming) (ID, error) {
	id, _, err := readID(r.Data)
	if err == nil && id.Owner != s.node.Self() {
		err = luaerr.New(luaerr.Argument, "pid %d does not own the value %v", s.node.Self(), id)
	}
	return id, err
}

// never returns why an object that is not known here will never be; nil when it
// may come. s.mu is held.
func (s *Store) never(id ID) error {
	o := s.objects.All[id]
	switch lost := s.lost[id.Maker]; {
	case o != nil && o.known:
		return nil
	case s.gone(id):
		return errGone
	case lost != nil:
		return lost
	}
	return s.node.Retired()
}

// errGone is the error for an object that was freed although somebody asks for
// it: its reference came in a way that nobody waits for, and took too long.
var errGone = luaerr.New(luaerr.Lost, "the value is gone: no process had a reference to it any more")

// define makes an object, to which its maker has the first reference. It
// reports whether the object is new.
func (s *Store) define(id ID, content func(*object)) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.gone(id) || s.objects.All[id] != nil && s.objects.All[id].known {
		return false
	}
	o := s.get(id)
	o.known = true
	s.seen[id.Maker] = max(s.seen[id.Maker], id.Seq)
	if o.holders[id.Maker]++; o.holders[id.Maker] == 0 {
		delete(o.holders, id.Maker)
	}
	content(o)
	return true
}

// adjust changes the number of references that a process has to an object. It
// reports whether there is such an object.
func (s *Store) adjust(id ID, pid rpc.Pid, by int) bool {
	s.mu.Lock()
	if s.gone(id) {
		s.mu.Unlock()
		return false
	}
	o := s.get(id)
	if o.holders[pid] += by; o.holders[pid] == 0 {
		delete(o.holders, pid)
	}
	unclaimed := s.dropIfFree(o)
	s.mu.Unlock()
	s.reportUnclaimed(unclaimed)
	return true
}

// dropIfFree frees an object without references. It returns the object if that
// is a call that failed and nobody was told. s.mu is held.
func (s *Store) dropIfFree(o *object) (unclaimed *object) {
	if len(o.holders) > 0 || o.running || len(o.waiting) > 0 {
		return nil
	}
	s.objects.Delete(o.id)
	if o.failedUnheard() {
		return o
	}
	return nil
}

func (o *object) failedUnheard() bool { return o.result != nil && o.result.Raised && !o.claimed }

// wait puts a request in the line of an object. s.mu is held.
func (s *Store) wait(o *object, w *waiter) {
	o.waiting = append(o.waiting, w)
	w.stop = context.AfterFunc(w.request.Context, func() {
		s.mu.Lock()
		found := o.remove(w)
		unclaimed := s.dropIfFree(o)
		s.mu.Unlock()
		if found {
			w.request.Fail(rpc.Ended(w.request.Context))
		}
		s.reportUnclaimed(unclaimed)
	})
}

func (o *object) remove(w *waiter) bool {
	i := slices.Index(o.waiting, w)
	if i >= 0 {
		o.waiting = slices.Delete(o.waiting, i, i+1)
	}
	return i >= 0
}

func (w *waiter) fail(err error) {
	w.stop()
	w.request.Fail(err)
}

// ReportUnclaimed shows the errors of all futures here that nobody fetched, each
// of them once: the process is about to end.
func (s *Store) ReportUnclaimed() {
	s.mu.Lock()
	var list []*object
	for _, o := range s.objects.All {
		if o.failedUnheard() {
			o.claimed = true
			list = append(list, o)
		}
	}
	s.mu.Unlock()
	for _, o := range list {
		s.reportUnclaimed(o)
	}
}

// reportUnclaimed shows the error of a future that nobody fetched, if there is
// one.
func (s *Store) reportUnclaimed(o *object) {
	if o != nil {
		s.eval.ReportUnclaimed(o.id.Maker, *o.result)
	}
}

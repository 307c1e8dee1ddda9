package objects

import (
	"context"
	"slices"

	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
	"github.com/mpiclus/mpiclus-lua/internal/rpc"
)

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

package node

import (
	"context"
	"fmt"

	"github.com/mpiclus/mpiclus-lua/internal/interp"
	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
	"github.com/mpiclus/mpiclus-lua/internal/value"
)

// Services about futures and channels. The parameters begin with the id of
// the value.
const (
	serviceSpawn   = "spawn"   // call a function and keep the result; answer: a note
	serviceFetch   = "fetch"   // answer: the result of a future
	serviceAwait   = "await"   // answer when there is a result
	serviceIsReady = "isready" // answer: a flag
	serviceHold    = "hold"    // one more share for who asks
	serviceRelease = "release" // ids of values in which who asks has one share less
)

// Notes are the first byte of the answer to a spawn.
const (
	noteDone   byte = iota + 1 // the value stays with the owner
	noteValue                  // and here it is too
	noteRaised                 // the call failed
)

// pushLimit is the size up to which a value comes with the note that it is
// there, which saves the way to ask for it.
const pushLimit = 4 << 10

func (n *Node) offerValues() {
	n.Offer(Service{Name: serviceSpawn, Start: n.startSpawn})
	n.Offer(Service{Name: serviceFetch, Data: true, Inline: true, Always: true, Start: func(r *Request) { n.values.startFetch(r, false) }})
	n.Offer(Service{Name: serviceAwait, Data: true, Inline: true, Always: true, Start: func(r *Request) { n.values.startFetch(r, true) }})
	n.Offer(Service{Name: serviceIsReady, Data: true, Inline: true, Always: true, Start: n.values.startIsReady})
	n.Offer(Service{Name: serviceHold, Data: true, Inline: true, Always: true, Start: n.startHold})
	n.Offer(Service{Name: serviceRelease, Data: true, Inline: true, Always: true, Start: n.startRelease})
	n.offerChannels()
}

// Spawn starts a call (a message that holds a function and its arguments) in
// a process and gives the future of its result. Like Prepare it waits for
// nothing; Go of what it gives must follow. When that fails the future is
// void.
func (n *Node) Spawn(pid Pid, m *value.Message) (*Reference, *Begun) {
	ref := n.newReference(n.values.nextID(pid), KindFuture)
	state := ref.state
	state.done = make(chan struct{})
	b := n.Prepare(pid, Ask{Service: serviceSpawn, Meta: ref.ID.append(nil), Message: m, Answer: state.settle, future: state})
	return ref, b
}

// Unfinished is a call of Spawn that was not over when Node.Unfinished looked.
type Unfinished struct {
	Pid   Pid // where it runs
	state *progress
}

// Unfinished gives the calls that were made here by Spawn and are not over.
func (n *Node) Unfinished() (calls []Unfinished) {
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, p := range n.pending.all {
		if p.future != nil {
			calls = append(calls, Unfinished{p.to, p.future})
		}
	}
	return calls
}

// Dropped tells, once the node is closed, whether the call did not come to its
// end.
func (u Unfinished) Dropped() bool {
	select {
	case <-u.state.done:
		return u.state.err != nil
	default:
		return true
	}
}

// Void marks a future whose call was not sent: nobody else knows it.
func (r *Reference) Void() { r.state.never.Store(true) }

// settle takes the note that a call is over, or why it did not come about.
func (p *progress) settle(reply *Reply, err error) {
	switch {
	case err != nil:
		p.err = err
		p.never.Store(true)
	case len(reply.Meta) != 1:
		p.err = luaerr.New(luaerr.Lost, "an answer that cannot be read")
	default:
		p.raised = reply.Meta[0] == noteRaised
		p.value = reply.Message
	}
	p.mu.Lock()
	close(p.done)
	then := p.then
	p.then = nil
	p.mu.Unlock()
	for _, f := range then {
		f()
	}
}

// WhenDone calls f once when the call of a future that was made here is over;
// f returns at once and may be called before WhenDone returns.
func (r *Reference) WhenDone(f func()) {
	p := r.state
	p.mu.Lock()
	select {
	case <-p.done:
		p.mu.Unlock()
		f()
		return
	default:
	}
	p.then = append(p.then, f)
	p.mu.Unlock()
}

// Promise makes a future that lives here, and the function that gives it its
// result, which is called once.
func (n *Node) Promise() (*Reference, func(Reply)) {
	id := n.values.nextID(n.Self())
	n.values.define(id, func(v *stored) { v.running = true })
	return n.newReference(id, KindFuture), func(reply Reply) {
		if reply.Message != nil {
			reply.Message.Detach()
		}
		n.values.complete(id, &reply)
	}
}

// Fetch waits for the result of a future and gives it, to be read with
// Values.
func (r *Reference) Fetch(ctx context.Context) (*Reply, error) {
	if reply, err := r.here(ctx); reply != nil || err != nil {
		return reply, err
	}
	reply, err := r.node.Call(ctx, r.ID.Owner, r.ask(serviceFetch))
	if err != nil {
		return nil, err
	}
	return reply, r.node.FetchSources(ctx, r.ID.Owner, reply.Message)
}

// here waits until the call of a future that was made here is over, and gives
// the value when it has come with that news.
func (r *Reference) here(ctx context.Context) (*Reply, error) {
	p := r.state
	if p.done == nil {
		return nil, nil
	}
	select {
	case <-p.done:
	case <-ctx.Done():
		return nil, ended(ctx)
	}
	if p.err != nil || p.value == nil {
		return nil, p.err
	}
	m := p.value.Clone()
	return &Reply{Message: m}, r.node.FetchSources(ctx, r.ID.Owner, m)
}

// Wait returns when a future has its result, or a channel something to take.
// failed tells that the call raised an error, which Fetch gives.
func (r *Reference) Wait(ctx context.Context) (failed bool, err error) {
	if p := r.state; p.done != nil {
		select {
		case <-p.done:
			return p.raised, p.err
		case <-ctx.Done():
			return false, ended(ctx)
		}
	}
	reply, err := r.node.Call(ctx, r.ID.Owner, r.ask(serviceAwait))
	return err == nil && len(reply.Meta) == 1 && reply.Meta[0] == noteRaised, err
}

// Ready tells whether Wait would return at once.
func (r *Reference) Ready(ctx context.Context) (bool, error) {
	if p := r.state; p.done != nil {
		select {
		case <-p.done:
			return true, nil
		default:
			return false, nil
		}
	}
	reply, err := r.node.Call(ctx, r.ID.Owner, r.ask(serviceIsReady))
	return err == nil && len(reply.Meta) == 1 && reply.Meta[0] == 1, err
}

func (r *Reference) ask(service string) Ask { return Ask{Service: service, Meta: r.ID.append(nil)} }

// startSpawn runs a call and keeps its result.
func (n *Node) startSpawn(r *Request) {
	id, _, err := readID(r.Meta)
	if err != nil || id.Owner != n.Self() || id.Maker != r.From {
		r.Fail(luaerr.New(luaerr.Argument, "a call for a value of pid %d that pid %d did not make", id.Owner, r.From))
		return
	}
	if !n.values.define(id, func(v *stored) { v.running = true }) {
		r.Fail(luaerr.New(luaerr.Argument, "a call for a value that there is already"))
		return
	}
	n.cfg.Interp.Start(r.Context, fmt.Sprintf("call from pid %d", r.From), func(t *interp.Task) {
		reply := n.Evaluate(t, r)
		reply.Message.Detach()
		if len(r.holds) > 0 {
			_ = n.cfg.Interp.Wait(t.L(), func(context.Context) error { r.confirm(); return nil })
		}
		n.values.complete(id, &reply)
		r.Post(note(reply))
		r.cancel(context.Canceled)
	})
}

func note(reply Reply) Reply {
	switch m := reply.Message; {
	case reply.Raised:
		return Reply{Meta: []byte{noteRaised}}
	case m.Size() <= pushLimit && len(m.Travellers) == 0:
		return Reply{Meta: []byte{noteValue}, Message: m}
	}
	return Reply{Meta: []byte{noteDone}}
}

// define makes a value of which its maker has the first share. It reports
// whether the value is new.
func (s *store) define(id ValueID, content func(*stored)) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.gone(id) || s.values.all[id] != nil && s.values.all[id].known {
		return false
	}
	v := s.get(id)
	v.known = true
	s.seen[id.Maker] = max(s.seen[id.Maker], id.Seq)
	if v.holders[id.Maker]++; v.holders[id.Maker] == 0 {
		delete(v.holders, id.Maker)
	}
	content(v)
	return true
}

// complete gives a future its result.
func (s *store) complete(id ValueID, result *Reply) {
	s.mu.Lock()
	v := s.values.all[id]
	v.running, v.result = false, result
	waiting := v.waiting
	v.waiting = nil
	for _, w := range waiting {
		v.claimed = v.claimed || !w.look
	}
	unclaimed := s.dropIfFree(v)
	s.mu.Unlock()
	for _, w := range waiting {
		w.stop()
		w.give(result)
	}
	s.node.reportUnclaimed(unclaimed)
}

// give answers a request about a future that has its result.
func (w *waiter) give(result *Reply) {
	switch {
	case !w.look:
		w.request.Post(*result)
	case result.Raised:
		w.request.Post(Reply{Meta: []byte{noteRaised}})
	default:
		w.request.Post(Reply{Meta: []byte{noteDone}})
	}
}

func (s *store) startFetch(r *Request, look bool) {
	id, err := s.idOf(r)
	if err != nil {
		r.Fail(err)
		return
	}
	w := &waiter{request: r, look: look}
	s.mu.Lock()
	if err := s.never(id); err != nil {
		s.mu.Unlock()
		r.Fail(err)
		return
	}
	v := s.get(id)
	if v.channel != nil {
		s.mu.Unlock()
		s.startTake(r, false, look)
		return
	}
	result := v.result
	if result == nil {
		s.wait(v, w)
	} else if !look {
		v.claimed = true
	}
	s.mu.Unlock()
	if result != nil {
		w.give(result)
	}
}

// errGone is the error for a value that was freed although somebody asks for
// it: its reference came in a way that nobody waits for, and took too long.
var errGone = luaerr.New(luaerr.Lost, "the value is gone: no process had a reference to it any more")

func (s *store) startIsReady(r *Request) {
	id, err := s.idOf(r)
	if err != nil {
		r.Fail(err)
		return
	}
	s.mu.Lock()
	v := s.values.all[id]
	ready := v != nil && (v.result != nil || v.channel != nil && v.channel.filled()) || s.never(id) != nil
	s.mu.Unlock()
	r.Post(Reply{Meta: []byte{flag(ready)}})
}

package objects

import (
	"context"

	"github.com/mpiclus/mpiclus-lua/internal/eval"
	"github.com/mpiclus/mpiclus-lua/internal/interp"
	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
	"github.com/mpiclus/mpiclus-lua/internal/rpc"
	"github.com/mpiclus/mpiclus-lua/internal/value"
)

// pushLimit is the size up to which a result comes with the note, which saves
// the way to ask for it.
const pushLimit = 4 << 10

// Spawn starts a call (a message that holds a function and its arguments) in a
// process and returns the future of its result. It waits for nothing and is for
// who holds the interpreter; Sent of the call must follow. When that fails, so
// must Void.
func (s *Store) Spawn(pid rpc.Pid, m *value.Message) (*Reference, *rpc.Call) {
	ref := s.newReference(s.nextID(pid), KindFuture)
	state := ref.state
	state.done = make(chan struct{})
	s.mu.Lock()
	s.spawned.Set(state, pid)
	s.mu.Unlock()
	req := ref.request(serviceSpawn)
	req.Message = m
	req.OnReply = func(reply *rpc.Reply, err error) {
		s.forgetSpawned(state)
		state.settle(reply, err)
	}
	return ref, s.node.Start(s.context(), pid, req)
}

// settle takes the note that a call is over, or why it did not come about.
func (p *progress) settle(reply *rpc.Reply, err error) {
	switch {
	case err != nil:
		p.err = err
		p.void.Store(true)
	case len(reply.Data) != 1:
		p.err = luaerr.New(luaerr.Lost, "an answer that cannot be read")
	default:
		p.raised = isRaised(reply)
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

// over waits until the call is over, and returns why it did not come about.
func (p *progress) over(ctx context.Context) error {
	select {
	case <-p.done:
		return p.err
	case <-ctx.Done():
	}
	select {
	case <-p.done: // it was over
		return p.err
	default:
		return rpc.Ended(ctx)
	}
}

// Unfinished is a call of Spawn that was not over when Store.Unfinished looked.
type Unfinished struct {
	Pid   rpc.Pid // where it runs
	state *progress
}

// Unfinished returns the calls that were made here by Spawn and are not over.
func (s *Store) Unfinished() (calls []Unfinished) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for state, pid := range s.spawned.All {
		calls = append(calls, Unfinished{pid, state})
	}
	return calls
}

// Dropped reports, once the node is closed, whether the call did not come to
// its end.
func (u Unfinished) Dropped() bool {
	select {
	case <-u.state.done:
		return u.state.err != nil
	default:
		return true
	}
}

// WhenDone calls f once when the call of a future that was made here is over.
// f returns at once, and may be called before WhenDone returns.
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
func (s *Store) Promise() (*Reference, func(rpc.Reply)) {
	id := s.nextID(s.node.Self())
	s.define(id, func(o *object) { o.running = true })
	return s.newReference(id, KindFuture), func(reply rpc.Reply) {
		if reply.Message != nil {
			reply.Message.Detach()
		}
		s.complete(id, &reply)
	}
}

// Fetch waits for the result of a future, or the first item of a channel, and
// returns it, to be read with eval.Evaluator.Values.
func (r *Reference) Fetch(ctx context.Context) (*rpc.Reply, error) {
	if reply, err := r.pushed(ctx); reply != nil || err != nil {
		return reply, err
	}
	return r.store.node.Call(ctx, r.ID.Owner, r.request(serviceFetch))
}

// pushed waits until the call of a future that was made here is over, and
// returns the result if it came with the note.
func (r *Reference) pushed(ctx context.Context) (*rpc.Reply, error) {
	if r.state.done == nil {
		return nil, nil
	}
	if err := r.state.over(ctx); err != nil || r.state.value == nil {
		return nil, err
	}
	m := r.state.value.Clone()
	return &rpc.Reply{Message: m, From: r.ID.Owner}, r.store.node.FetchSources(ctx, r.ID.Owner, m)
}

// Wait returns when a future has its result, or a channel something to take.
// failed says that the call raised an error, which Fetch returns.
func (r *Reference) Wait(ctx context.Context) (failed bool, err error) {
	if p := r.state; p.done != nil {
		err := p.over(ctx)
		return err == nil && p.raised, err
	}
	reply, err := r.store.node.Call(ctx, r.ID.Owner, r.request(serviceAwait))
	return err == nil && isRaised(reply), err
}

// Ready reports whether Wait would return at once.
func (r *Reference) Ready(ctx context.Context) (bool, error) {
	if p := r.state; p.done != nil {
		select {
		case <-p.done:
			return true, nil
		default:
			return false, nil
		}
	}
	reply, err := r.store.node.Call(ctx, r.ID.Owner, r.request(serviceIsReady))
	return err == nil && isYes(reply.Data), err
}

// serveSpawn runs a call and keeps its result.
func (s *Store) serveSpawn(r *rpc.Incoming) {
	id, _, err := readID(r.Data)
	if err != nil || id.Owner != s.node.Self() || id.Maker != r.From {
		r.Fail(luaerr.New(luaerr.Argument, "a call for a value of pid %d that pid %d did not make", id.Owner, r.From))
		return
	}
	if !s.define(id, func(o *object) { o.running = true }) {
		r.Fail(luaerr.New(luaerr.Argument, "a call for a value that there is already"))
		return
	}
	s.eval.Serve(r, eval.CallLabel(r), func(t *interp.Task) rpc.Reply {
		result := s.eval.Evaluate(t, r, eval.All)
		result.Message.Detach()
		s.complete(id, &result)
		r.Post(note(result)) // detached: there is no need to let go of the interpreter
		return rpc.Reply{}
	})
}

func note(result rpc.Reply) rpc.Reply {
	switch m := result.Message; {
	case result.Raised:
		return rpc.Reply{Data: []byte{noteRaised}}
	case m.Size() <= pushLimit && len(m.Travellers) == 0:
		return rpc.Reply{Data: []byte{noteValue}, Message: m}
	}
	return rpc.Reply{Data: []byte{noteDone}}
}

// complete gives a future its result.
func (s *Store) complete(id ID, result *rpc.Reply) {
	s.mu.Lock()
	o := s.objects.All[id]
	o.running, o.result = false, result
	waiting := o.waiting
	o.waiting = nil
	for _, w := range waiting {
		o.claimed = o.claimed || !w.look
	}
	unclaimed := s.dropIfFree(o)
	s.mu.Unlock()
	for _, w := range waiting {
		w.stop()
		w.give(result)
	}
	s.reportUnclaimed(unclaimed)
}

// give answers a request about a future that has its result.
func (w *waiter) give(result *rpc.Reply) {
	switch {
	case !w.look:
		w.request.Post(*result)
	case result.Raised:
		w.request.Post(rpc.Reply{Data: []byte{noteRaised}})
	default:
		w.request.Post(rpc.Reply{Data: []byte{noteDone}})
	}
}

func (s *Store) serveFetch(r *rpc.Incoming, look bool) {
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
	o := s.get(id)
	if o.channel != nil {
		s.mu.Unlock()
		s.awaitItem(w)
		return
	}
	result := o.result
	if result == nil {
		s.wait(o, w)
	} else if !look {
		o.claimed = true
	}
	s.mu.Unlock()
	if result != nil {
		w.give(result)
	}
}

func (s *Store) serveIsReady(r *rpc.Incoming) {
	id, err := s.idOf(r)
	if err != nil {
		r.Fail(err)
		return
	}
	s.mu.Lock()
	o := s.objects.All[id]
	ready := o != nil && (o.result != nil || o.channel != nil && o.channel.filled()) || s.never(id) != nil
	s.mu.Unlock()
	r.Post(rpc.Reply{Data: flag(ready)})
}

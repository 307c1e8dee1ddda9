package host

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"strings"
	"time"

	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
	"github.com/mpiclus/mpiclus-lua/internal/protocol"
	"github.com/mpiclus/mpiclus-lua/internal/rpc"
	"github.com/mpiclus/mpiclus-lua/internal/value"
)

// Times of a chunk that goes wrong.
const (
	defaultGrace = 2 * time.Second        // for the other ranks to end by themselves
	lostGrace    = 200 * time.Millisecond // the same, when a process died: MPI is over anyway
	leaveGrace   = time.Second            // for ranks that were interrupted
	whereLimit   = 700 * time.Millisecond // for a rank to say what it is at
	renewLimit   = 10 * time.Second       // for the ranks to agree on a new world
)

// Answer is what one rank gave.
type Answer struct {
	Rank  int
	Pid   rpc.Pid
	Reply *rpc.Reply
	Err   error
	done  protocol.ChunkDone
}

// Outcome is what a chunk came to.
type Outcome struct {
	Answers []Answer // in rank order
	// Stuck tells, by rank, where the ranks were that had to be interrupted
	// because another failed.
	Stuck map[int]string
	// Ended is set when the job is over: some rank could not be interrupted.
	Ended *luaerr.Error
	// Held are the ranks that could not be interrupted. Ended tells where they
	// are; what comes of them once the job is ended says nothing more.
	Held map[int]bool
	// Left tells, once for a manager, what ranks that have ended well left half done.
	Left string
}

// Run runs a chunk (a message that holds a function and its arguments) on the
// given ranks, nil for all, after the chunks that were asked for before it.
// It returns when the chunk is over on all of them and all that it printed is
// shown. When ctx ends the chunk is interrupted, and the error is the
// context's cause; what ranks raised is in the answers. It waits, so the
// caller holds no interpreter.
func (m *Manager) Run(ctx context.Context, chunk *value.Message, ranks []int) (*Outcome, error) {
	for {
		m, err := m.standing(ctx)
		if err != nil {
			return nil, err
		}
		outcome, err := m.run(ctx, chunk, ranks)
		if errors.Is(err, errReplaced) {
			continue
		}
		return outcome, err
	}
}

// errReplaced says that the job was exchanged while a chunk waited for its turn.
var errReplaced = errors.New("another job has taken the place of this one")

// run is Run on the job that this manager has, whatever became of it.
func (m *Manager) run(ctx context.Context, chunk *value.Message, ranks []int) (*Outcome, error) {
	select {
	case <-m.queue:
		defer func() { m.queue <- struct{}{} }()
	case <-ctx.Done():
		return nil, luaerr.From(context.Cause(ctx))
	}
	if m.current() != m {
		return nil, errReplaced
	}
	if left := m.remaining(); ranks == nil && len(left) < len(m.Pids()) {
		ranks = left
	}
	workers, err := m.targets(ranks)
	if err != nil {
		return nil, err
	}
	if len(workers) == 0 {
		return &Outcome{}, nil
	}
	m.seq++
	r := &run{
		m: m, seq: m.seq, ctx: ctx, calls: make([]*rpc.Call, len(workers)),
		Outcome: &Outcome{Answers: make([]Answer, len(workers)), Stuck: map[int]string{}, Held: map[int]bool{}},
	}
	r.start(workers, rpc.Request{
		Service: protocol.ServiceChunk, Message: chunk,
		Data: protocol.Encode(protocol.Chunk{Seq: m.seq, Ranks: ranks, Manager: m.number}),
	})
	begin := time.Now()
	m.debug("mpido: sent to the ranks", "chunk", m.seq, "ranks", len(workers))
	r.collect()
	m.debug("mpido: over on all ranks", "chunk", m.seq, "seconds", time.Since(begin).Seconds(), "failed", r.failures())
	m.awaitOutput(r.Answers)
	r.repair()
	if ranks == nil {
		r.Left = r.leftBehind()
	}
	m.noteSound(r.Outcome)
	if ctx.Err() != nil {
		return nil, r.interruption()
	}
	return r.Outcome, nil
}

// targets gives the workers of the ranks, or why they cannot run chunks.
func (m *Manager) targets(ranks []int) ([]*remote, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	switch {
	case m.life.isClosed():
		return nil, luaerr.New(luaerr.Argument, "this manager is closed")
	case !m.life.begun:
		return nil, luaerr.New(luaerr.Argument, "this manager has no workers yet: call cluster.addprocs(manager) first")
	case m.life.broken != nil:
		e := *m.life.broken
		e.Message = "the MPI job of this manager has ended (manager:restart() starts a fresh one): " + e.Error()
		e.Rank, e.Pid, e.Output = luaerr.NoRank, 0, ""
		return nil, &e
	case ranks == nil:
		return m.workers, nil
	}
	var workers []*remote
	for _, rank := range ranks {
		if rank < 0 || rank >= len(m.workers) {
			return nil, luaerr.New(luaerr.Argument, "there is no rank %d: this manager has ranks 0 to %d", rank, len(m.workers)-1)
		}
		if m.workers[rank].hasRetired() {
			return nil, luaerr.New(luaerr.Argument, "rank %d has retired (rmprocs): it takes no more chunks", rank)
		}
		workers = append(workers, m.workers[rank])
	}
	return workers, nil
}

// run is one chunk at work on several ranks.
type run struct {
	*Outcome
	m       *Manager
	seq     uint64
	ctx     context.Context
	calls   []*rpc.Call  // by index, as Answers
	arrived chan arrival // answers that nobody has looked at
	left    int          // answers that are not
	dirty   bool         // an MPI wait was left on some rank
}

// arrival is the answer of one rank.
type arrival struct {
	index int
	reply *rpc.Reply
	err   error
}

// start sends the chunk to all ranks.
func (r *run) start(workers []*remote, req rpc.Request) {
	r.arrived = make(chan arrival, len(workers))
	r.left = len(workers)
	own := -1
	for i, w := range workers {
		r.Answers[i] = Answer{Rank: w.ready.Rank, Pid: w.pid}
		if w.pid == r.m.host.node.Self() {
			own = i // it starts last, and runs with the others
			continue
		}
		r.send(i, req)
	}
	if own >= 0 {
		r.send(own, req)
	}
}

// send sends the chunk to one rank. It goes out even when the context is
// over: the ranks must stay in step.
func (r *run) send(i int, req rpc.Request) {
	req.OnReply = func(reply *rpc.Reply, err error) {
		r.arrived <- arrival{i, reply, err}
	}
	ctx := context.WithoutCancel(r.ctx)
	r.calls[i] = r.m.host.node.Start(ctx, r.Answers[i].Pid, req)
	if err := r.calls[i].Sent(ctx); err != nil {
		r.arrived <- arrival{i, nil, err}
	}
}

// collect takes the answers. After the first failure the other ranks have a
// grace, then they are interrupted, then the job is ended: nothing hangs.
func (r *run) collect() {
	var grace <-chan time.Time
	interrupted := false
	cancelled := r.ctx.Done()
	stall := r.watchStall()
	defer stall.timer.Stop()
	for r.left > 0 {
		select {
		case a := <-r.arrived:
			r.take(a)
			if grace == nil && !interrupted && r.failed(a.index) {
				grace = time.After(r.grace(a.index))
			}
		case <-stall.timer.C:
			stall.look()
		case now := <-stall.looks:
			if grace == nil && !interrupted { // else the report tells where they are
				stall.compare(now)
			}
		case <-cancelled:
			cancelled = nil
			if !interrupted {
				grace = closedTimer
			}
		case <-grace:
			switch {
			case len(r.arrived) > 0: // look at these first: they may be all
				grace = closedTimer
				continue
			case interrupted:
				r.endJob()
				grace = nil
				continue
			}
			interrupted = true
			r.interrupt()
			grace = time.After(leaveGrace)
		}
	}
}

var closedTimer = func() <-chan time.Time {
	c := make(chan time.Time)
	close(c)
	return c
}()

func (r *run) take(got arrival) {
	r.left--
	a := &r.Answers[got.index]
	a.Reply, a.Err = got.reply, got.err
	if a.Reply != nil {
		if err := protocol.Decode(a.Reply.Data, &a.done); err != nil {
			a.Err = err
		}
		r.dirty = r.dirty || a.done.Dirty
	}
}

func (r *run) failed(i int) bool {
	a := &r.Answers[i]
	return a.Err != nil || a.Reply.Raised
}

func (r *run) grace(i int) time.Duration {
	if e := luaerr.From(r.Answers[i].Err); e != nil && e.Kind == luaerr.Lost {
		return lostGrace
	}
	if r.m.opts.ErrorGrace > 0 {
		return r.m.opts.ErrorGrace
	}
	return defaultGrace
}

// waiting lists the answers that are not there.
func (r *run) waiting() (indices []int) {
	for i := range r.Answers {
		if r.Answers[i].Reply == nil && r.Answers[i].Err == nil {
			indices = append(indices, i)
		}
	}
	return indices
}

// failures returns the number of ranks that failed.
func (r *run) failures() (n int) {
	for i := range r.Answers {
		if r.failed(i) {
			n++
		}
	}
	return n
}

// interrupt asks the ranks that are still at work what they are at, and stops
// them.
func (r *run) interrupt() {
	waiting := r.waiting()
	r.m.debug("mpido: interrupting the ranks that are still at work", "chunk", r.seq, "ranks", len(waiting))
	for rank, where := range r.where(waiting) {
		r.Stuck[rank] = describe(where)
	}
	cause := context.Cause(r.ctx)
	if cause == nil {
		cause = luaerr.New(luaerr.Interrupted, otherFailed)
	}
	for _, i := range waiting {
		r.calls[i].Interrupt(cause)
	}
}

// endJob kills the workers when some rank can leave its wait in no other way.
func (r *run) endJob() {
	text, native := "", false
	for _, i := range r.waiting() {
		rank := r.Answers[i].Rank
		r.Held[rank] = true
		native = native || r.Stuck[rank] != "" && r.Stuck[rank] != uninterruptible
		text += fmt.Sprintf("\n  rank %d: %s", rank, cmp.Or(r.Stuck[rank], "it did not say where"))
	}
	if native && r.m.mode != MPITransportAll {
		text += "\n  (after mpi.cancellable(true), collective calls can be interrupted, and cost more)"
	}
	r.Ended = luaerr.New(luaerr.Lost, "the job was ended, because these ranks could not be interrupted:%s", text)
	r.m.kill(r.Ended)
	for _, i := range r.waiting() {
		if r.Answers[i].Pid == r.m.host.node.Self() {
			r.calls[i].Fail(r.Ended) // this process itself, which goes on
		}
	}
}

// repair brings the ranks back in step after a chunk that failed: if some
// operation was left in the script's world, that is made anew on all of them.
func (r *run) repair() {
	bad := r.dirty
	for i := range r.Answers {
		bad = bad || r.failed(i)
		if e := luaerr.From(r.Answers[i].Err); e != nil && e.Kind == luaerr.Lost {
			return // MPI is over for this job
		}
	}
	if bad && r.Ended == nil && (r.dirty || !r.m.clean()) {
		r.Ended = r.m.renew()
	}
}

// interruption is the error of a chunk that was stopped from outside.
func (r *run) interruption() error {
	ctx, cancel := context.WithTimeout(context.Background(), whereLimit)
	defer cancel()
	e := *luaerr.From(context.Cause(r.ctx))
	e.Errors = r.m.host.raised(ctx, r.Outcome)
	places := maps.Clone(r.Stuck)
	maps.DeleteFunc(places, func(rank int, _ string) bool { return r.Held[rank] })
	for rank, err := range e.Errors {
		if _, stopped := places[rank]; stopped {
			places[rank] = placeOf(err, places[rank], e.Message)
		}
	}
	lines := stoppedAt(places, len(r.Answers))
	if r.Ended != nil {
		lines = append(lines, r.Ended.Message)
	}
	r.m.host.stop.note(context.Cause(r.ctx), strings.Join(lines, "\n"))
	e.Message = strings.Join(append([]string{e.Message}, lines...), "\n")
	return &e
}

// clean tells whether nothing was left in the script's world, by what all
// ranks know of it. In doubt it was not.
func (m *Manager) clean() bool {
	ctx, cancel := context.WithTimeout(context.Background(), renewLimit)
	defer cancel()
	var looks [2][]protocol.Standing
	for i := range looks {
		var err error
		if looks[i], err = m.standings(ctx); err != nil {
			return false
		}
	}
	return protocol.Clean(looks[0], looks[1])
}

// standings asks all ranks for theirs.
func (m *Manager) standings(ctx context.Context) ([]protocol.Standing, error) {
	replies, errs := m.host.node.CallAll(ctx, m.Pids(), rpc.Request{Service: protocol.ServiceStand})
	all := make([]protocol.Standing, len(replies))
	for k, reply := range replies {
		if errs[k] == nil {
			errs[k] = protocol.Decode(reply.Data, &all[k])
		}
	}
	return all, errors.Join(errs...)
}

// renew makes the script's world anew on all ranks; the token of the queue is
// held.
func (m *Manager) renew() *luaerr.Error {
	ctx, cancel := context.WithTimeout(context.Background(), renewLimit)
	defer cancel()
	m.debug("mpido: the world is renewed, since an operation was left in it")
	_, errs := m.host.node.CallAll(ctx, m.Pids(), rpc.Request{Service: protocol.ServiceRenew})
	err := errors.Join(errs...)
	if err == nil {
		return nil
	}
	e := luaerr.New(luaerr.Lost, "the job was ended: the ranks could not agree on a new world: %w", err)
	m.kill(e)
	return e
}

// awaitOutput returns when all that the ranks wrote in the chunk is shown.
func (m *Manager) awaitOutput(answers []Answer) {
	for i := range answers {
		if w := m.worker(answers[i].Pid); w != nil && answers[i].done.Output > 0 {
			w.outlet.await(answers[i].done.Output)
		}
	}
}

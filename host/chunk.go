package host

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"strings"
	"sync/atomic"
	"time"

	"github.com/mpiclus/mpiclus-lua/internal/job"
	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
	"github.com/mpiclus/mpiclus-lua/internal/protocol"
	"github.com/mpiclus/mpiclus-lua/internal/rpc"
)

// Times of a chunk that goes wrong.
const (
	defaultGrace = 2 * time.Second        // for the other ranks to end by themselves
	lostGrace    = 200 * time.Millisecond // the same, when a process died: MPI is over anyway
	leaveGrace   = time.Second            // for ranks that were interrupted
	whereLimit   = 700 * time.Millisecond // for a rank to say what it is at
)

// start sends the chunk to all ranks.
func (r *run) start(workers []*job.Worker, req rpc.Request) {
	r.arrived = make(chan arrival, len(workers))
	r.left = len(workers)
	r.on = onRanks{}
	own := -1
	for i, w := range workers {
		r.Answers[i] = Answer{Rank: w.Rank(), Pid: w.Pid()}
		r.on[w.Rank()] = &atomic.Bool{}
		r.on[w.Rank()].Store(true)
		if r.Answers[i].Pid == r.m.host.node.Self() {
			own = i // it is started after the others, which may run meanwhile
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
// grace, then they are interrupted, then the job is ended: nothing hangs. The end
// of the context (a timeout, Ctrl-C) does the same without a grace.
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
	r.on[a.Rank].Store(false)
	if a.Reply != nil {
		if err := protocol.Decode(a.Reply.Data, &a.done); err != nil {
			a.Err = err
		}
		r.dirty = r.dirty || a.done.Dirty
	}
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

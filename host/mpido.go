package host

import (
	"context"
	"errors"
	"time"

	"github.com/mpiclus/mpiclus-lua/internal/job"
	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
	"github.com/mpiclus/mpiclus-lua/internal/protocol"
	"github.com/mpiclus/mpiclus-lua/internal/rpc"
	"github.com/mpiclus/mpiclus-lua/internal/value"
)

// Run runs a chunk (a message that holds a function and its arguments) on the
// given ranks, nil for all, after the chunks that were asked for before it.
// It returns when the chunk is over on all of them and all that it printed is
// shown; what ranks raised is in the answers. When ctx ends, as it does at a
// timeout, the chunk is interrupted, and there is only the context's cause. It
// waits, so the caller holds no interpreter.
func (m *Manager) Run(ctx context.Context, chunk *value.Message, ranks []int) (*Outcome, error) {
	for {
		m, err := m.present(ctx)
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
	r.m.running.Store(&r.on)
	defer r.m.running.Store(nil)
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
		m.host.discard(r.Outcome)
		return nil, r.interruption()
	}
	return r.Outcome, nil
}

// discard lets the ranks free what only the values that they have returned refer to:
// nobody reads those.
func (h *Host) discard(o *Outcome) {
	for _, a := range o.Answers {
		h.node.Discard(a.Reply)
	}
}

// targets gives the workers of the ranks, or why they cannot run chunks.
func (m *Manager) targets(ranks []int) ([]*job.Worker, error) {
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
	var workers []*job.Worker
	for _, rank := range ranks {
		if rank < 0 || rank >= len(m.workers) {
			return nil, luaerr.New(luaerr.Argument, "there is no rank %d: this manager has ranks 0 to %d", rank, len(m.workers)-1)
		}
		if m.workers[rank].HasRetired() {
			return nil, luaerr.New(luaerr.Argument, "rank %d has retired (rmprocs): it takes no more chunks", rank)
		}
		workers = append(workers, m.workers[rank])
	}
	return workers, nil
}

// awaitOutput returns when all that the ranks wrote in the chunk is shown.
func (m *Manager) awaitOutput(answers []Answer) {
	for i := range answers {
		if w := m.worker(answers[i].Pid); w != nil && answers[i].done.Output > 0 {
			w.Outlet.Await(answers[i].done.Output)
		}
	}
}

package host

import (
	"context"
	"slices"

	"github.com/mpiclus/mpiclus-lua/internal/job"
	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
	"github.com/mpiclus/mpiclus-lua/internal/rpc"
)

// What a manager does when it loses a worker (on_failure).
const (
	failureIsError = "error" // what the worker was asked for fails; the default
	failureRestart = "restart"
)

// present returns the manager of the job that runs now: after a loss it waits
// for the job that is started afresh. The error is that of such a start.
func (m *Manager) present(ctx context.Context) (*Manager, error) {
	for {
		m.mu.Lock()
		now := m.succession
		m.mu.Unlock()
		if err := await(ctx, now.starting); err != nil {
			return nil, err
		}
		m.mu.Lock()
		now = m.succession // it may have been lost, or replaced, meanwhile
		m.mu.Unlock()
		switch {
		case now.err != nil:
			return nil, now.err
		case now.recovery != nil:
			if err := await(ctx, now.recovery.done); err != nil {
				return nil, err
			}
			if now.recovery.err != nil {
				return nil, now.recovery.err
			}
			m = now.recovery.fresh
		case now.next != nil:
			m = now.next
		default:
			return m, nil
		}
	}
}

// await waits until a channel is closed; nil: there is nothing to wait for.
func await(ctx context.Context, over <-chan struct{}) error {
	if over == nil {
		return nil
	}
	select {
	case <-over:
		return nil
	case <-ctx.Done():
		return luaerr.From(context.Cause(ctx))
	}
}

// settle waits for the jobs that are being started afresh.
func (h *Host) settle(ctx context.Context) {
	for _, m := range h.all() {
		_, _ = m.present(ctx) // an error is for who uses that manager
	}
}

// noteSound notes that a chunk came to its end on all ranks: the next loss is
// not of the same cause.
func (m *Manager) noteSound(o *Outcome) {
	lost := slices.ContainsFunc(o.Answers, func(a Answer) bool {
		return a.Err != nil && luaerr.From(a.Err).Kind == luaerr.Lost
	})
	if !lost {
		m.mu.Lock()
		m.succession.recovered = 0
		m.mu.Unlock()
	}
}

// succession is what comes before and after a job: a script keeps its manager while
// jobs take each other's place, by restart or after a loss (on_failure = "restart").
// Manager.mu guards it.
type succession struct {
	former    []rpc.Pid     // of the jobs before this one
	starting  chan struct{} // of a job that follows another: closed when it is ready, or could not be started
	recovered int           // fresh starts after a loss in a row
	next      *Manager      // of the job that was started instead
	recovery  *recovery     // that start, where a loss led to it
	err       error         // why this job was never started, set before starting is closed
}

// successor makes the manager of the job that is started instead of this one, and
// has all who come wait for it: there is no moment in which the job is neither. It
// reports whether it did, or another had before.
func (m *Manager) successor() (fresh *Manager, made bool) {
	fresh = m.host.NewManager(m.mode, m.opts)
	m.mu.Lock()
	if next := m.succession.next; next != nil {
		m.mu.Unlock()
		return next, false
	}
	fresh.init, fresh.display, fresh.number = m.init, m.display, m.number
	fresh.loss.handlers, fresh.succession = m.loss.handlers, m.succession.heir(m.workers)
	m.succession.next = fresh
	m.mu.Unlock()
	m.host.adopt(fresh)
	return fresh, true
}

// heir is the succession of the job that is started instead of this one, which had
// these workers.
func (s *succession) heir(workers []*job.Worker) succession {
	return succession{
		former: append(slices.Clone(s.former), pidsOf(workers)...), starting: make(chan struct{}), recovered: s.recovered + 1,
	}
}

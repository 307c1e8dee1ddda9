package host

import (
	"context"
	"slices"

	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
	"github.com/mpiclus/mpiclus-lua/internal/rpc"
)

// recovery is the fresh start of a job that lost a worker, where the script
// wants that (on_failure = "restart").
type recovery struct {
	done  chan struct{}
	fresh *Manager // set before done is closed, as err is
	err   error
}

// What a manager does when it loses a worker (on_failure).
const (
	failureIsError = "error" // what the worker was asked for fails; the default
	failureRestart = "restart"
)

// maxRecoveries is how often in a row a job is started afresh before a chunk
// has come to its end on all of its ranks.
const maxRecoveries = 3

// beginRecovery starts the job afresh after its first loss, if that is wanted,
// and reports whether it does. m.mu is held.
func (m *Manager) beginRecovery(e *luaerr.Error) bool {
	if m.opts.OnFailure != failureRestart || m.transport != nil || m.recovered >= maxRecoveries {
		return false
	}
	r := &recovery{done: make(chan struct{})}
	m.recovery = r
	m.host.recoveries.Go(func() {
		defer close(r.done)
		m.host.say("%s: the job is started afresh (on_failure = \"restart\")", firstLine(e.Error()))
		if r.fresh, r.err = m.Restart(m.host.life); r.err != nil {
			r.err = luaerr.New(luaerr.Lost, "%s; the job could not be started afresh: %w", firstLine(e.Error()), r.err)
		}
	})
	return true
}

// standing gives the manager of the job that runs now: after a loss it waits
// for the job that is started afresh. The error is that of such a start.
func (m *Manager) standing(ctx context.Context) (*Manager, error) {
	for {
		m.mu.Lock()
		r, next, starting := m.recovery, m.next, m.starting
		m.mu.Unlock()
		if err := await(ctx, starting); err != nil {
			return nil, err
		}
		switch {
		case r != nil:
			if err := await(ctx, r.done); err != nil {
				return nil, err
			}
			if r.err != nil {
				return nil, r.err
			}
			m = r.fresh
		case next != nil:
			m = next
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
	h.mu.Lock()
	managers := h.managers
	h.mu.Unlock()
	for _, m := range managers {
		_, _ = m.standing(ctx) // an error is for who uses that manager
	}
}

// recoveredJob waits until the job of a worker that was lost has been started
// afresh, and reports whether it was.
func (h *Host) recoveredJob(ctx context.Context, lost rpc.Pid) bool {
	w := h.worker(lost)
	if w == nil {
		return false
	}
	w.manager.mu.Lock()
	recovers := w.manager.recovery != nil
	w.manager.mu.Unlock()
	if !recovers {
		return false
	}
	_, err := w.manager.standing(ctx)
	return err == nil
}

// noteSound notes that a chunk came to its end on all ranks: the next loss is
// not of the same cause.
func (m *Manager) noteSound(o *Outcome) {
	lost := slices.ContainsFunc(o.Answers, func(a Answer) bool {
		return a.Err != nil && luaerr.From(a.Err).Kind == luaerr.Lost
	})
	if !lost {
		m.mu.Lock()
		m.recovered = 0
		m.mu.Unlock()
	}
}

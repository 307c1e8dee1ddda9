package host

import (
	"context"
	"slices"

	"github.com/mpiclus/mpiclus-lua/internal/job"
	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
	"github.com/mpiclus/mpiclus-lua/internal/rpc"
)

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

// recovery is the fresh start of a job that lost a worker, where the script
// wants that (on_failure = "restart").
type recovery struct {
	done  chan struct{}
	fresh *Manager // set before done is closed, as err is
	err   error
}

// heir is the succession of the job that is started instead of this one, which had
// these workers.
func (s *succession) heir(workers []*job.Worker) succession {
	return succession{
		former: append(slices.Clone(s.former), pidsOf(workers)...), starting: make(chan struct{}), recovered: s.recovered + 1,
	}
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
	if m.opts.OnFailure != failureRestart || m.ours() != nil || m.succession.recovered >= maxRecoveries {
		return false
	}
	r := &recovery{done: make(chan struct{})}
	m.succession.recovery = r
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
		_, _ = m.standing(ctx) // an error is for who uses that manager
	}
}

// recoveredJob waits until the job of a worker that was lost has been started
// afresh, and reports whether it was.
func (h *Host) recoveredJob(ctx context.Context, lost rpc.Pid) bool {
	m, _ := h.worker(lost)
	if m == nil {
		return false
	}
	m.mu.Lock()
	recovers := m.succession.recovery != nil
	m.mu.Unlock()
	if !recovers {
		return false
	}
	_, err := m.standing(ctx)
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
		m.succession.recovered = 0
		m.mu.Unlock()
	}
}

// Restart ends what is left of the MPI job and starts a fresh one with the
// same options: new workers with new pids, prepared as the first ones were.
// Futures and channels that lived on the old ones are lost. The manager of the
// fresh job takes the place of this one for scripts.
func (m *Manager) Restart(ctx context.Context) (*Manager, error) {
	m.mu.Lock()
	err, begun := m.ours(), m.life.begun
	m.mu.Unlock()
	if err != nil {
		return nil, err
	}
	if !begun {
		return nil, luaerr.New(luaerr.Argument, "this manager has no workers yet: call cluster.addprocs(manager) first")
	}
	select {
	case <-m.queue: // no chunk runs while the job is exchanged
		defer func() { m.queue <- struct{}{} }()
	case <-ctx.Done():
		return nil, luaerr.From(context.Cause(ctx))
	}
	fresh, isOurs := m.successor()
	if !isOurs { // of somebody who came first
		return fresh.standing(ctx)
	}
	defer close(fresh.succession.starting)
	m.debug("restart: a fresh job takes the place of this one")
	if err := m.Close(ctx); err != nil {
		m.mu.Lock()
		m.succession.next = nil // the restart may be tried again
		m.mu.Unlock()
		fresh.mu.Lock()
		fresh.succession.err = err
		fresh.mu.Unlock()
		m.host.dismiss(fresh)
		return nil, err
	}
	if _, err := fresh.Start(ctx); err != nil {
		return nil, err
	}
	return fresh, fresh.prepare(ctx)
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

// current is the manager that has taken this one's place, or this one.
func (m *Manager) current() *Manager {
	for {
		m.mu.Lock()
		next := m.succession.next
		m.mu.Unlock()
		if next == nil {
			return m
		}
		m = next
	}
}

// revive starts the jobs of workers that died again, and gives the pids of
// the new workers.
func (h *Host) revive(ctx context.Context, dead []rpc.Pid) (fresh []rpc.Pid, err error) {
	for _, m := range h.all() {
		wasHere := func(pid rpc.Pid) bool { return m.worker(pid) != nil || slices.Contains(m.succession.former, pid) }
		if !slices.ContainsFunc(dead, wasHere) {
			continue
		}
		again, err := m.standing(ctx)
		isDead := func(pid rpc.Pid) bool { return slices.Contains(dead, pid) }
		if err == nil && again == m && !m.isClosed() && slices.ContainsFunc(m.Pids(), isDead) {
			again, err = m.Restart(ctx)
		}
		if err != nil {
			return nil, err
		}
		for _, pid := range again.Pids() {
			if !isDead(pid) && !again.isClosed() && !slices.Contains(fresh, pid) {
				fresh = append(fresh, pid)
			}
		}
	}
	return fresh, nil
}

package host

import (
	"context"
	"slices"

	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
	"github.com/mpiclus/mpiclus-lua/internal/rpc"
)

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
		return fresh.present(ctx)
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

// revive starts the jobs of workers that died again, and gives the pids of
// the new workers.
func (h *Host) revive(ctx context.Context, dead []rpc.Pid) (fresh []rpc.Pid, err error) {
	for _, m := range h.all() {
		wasHere := func(pid rpc.Pid) bool { return m.worker(pid) != nil || slices.Contains(m.succession.former, pid) }
		if !slices.ContainsFunc(dead, wasHere) {
			continue
		}
		again, err := m.present(ctx)
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
	_, err := m.present(ctx)
	return err == nil
}

package host

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/mpiclus/mpiclus-lua/internal/cluster"
	"github.com/mpiclus/mpiclus-lua/internal/job"
	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
	"github.com/mpiclus/mpiclus-lua/internal/objects"
	"github.com/mpiclus/mpiclus-lua/internal/protocol"
	"github.com/mpiclus/mpiclus-lua/internal/rpc"
	"github.com/mpiclus/mpiclus-lua/internal/spans"
)

// kill ends the job at once. why is what later calls get as their error.
func (m *Manager) kill(why *luaerr.Error) {
	m.debug("end: the workers are killed", "reason", why.Message)
	m.mu.Lock()
	m.life.enter(stageKilled, why)
	workers, j := m.workers, m.job
	m.mu.Unlock()
	if j != nil {
		j.Kill()
	}
	pids := m.joined(workers)
	m.host.node.Leave(pids...)
	for _, pid := range pids {
		e := *why
		m.host.node.Forget(pid, &e)
	}
}

// Times of an end.
const (
	hearWait  = 2 * time.Second  // for the workers to hear that they are to leave
	leaveWait = 10 * time.Second // for MPI_Finalize on all ranks
	exitLimit = 5 * time.Second  // for the launcher, after its processes
)

// Close ends the workers cleanly; those that do not answer, and those that are
// still being started, are killed. They are gone when it returns, also for who
// calls it while another call is at work.
func (m *Manager) Close(ctx context.Context) error {
	m.ending.Lock()
	defer m.ending.Unlock()
	m.mu.Lock()
	before, workers, j := m.life, m.workers, m.job
	isOurs := m.life.enter(stageClosed, nil) && before.begun
	m.mu.Unlock()
	if !isOurs {
		return nil
	}
	defer m.cleanUp()
	defer m.debug("end: the job is over")
	if j == nil {
		return nil
	}
	var unclean error
	if before.runs() && len(workers) > 0 && m.leave(ctx, workers) {
		var ended bool
		if ended, unclean = j.Left(leaveWait); ended {
			return nil
		}
	}
	m.abandon(luaerr.New(luaerr.Lost, "%w", cluster.ErrClosed))
	return unclean
}

// abandon ends the job at once and waits for its end.
func (m *Manager) abandon(why *luaerr.Error) {
	m.kill(why)
	m.mu.Lock()
	j := m.job
	m.mu.Unlock()
	if j == nil {
		return
	}
	select {
	case <-j.Done():
	case <-time.After(exitLimit):
	}
}

// leave asks all workers to leave MPI, and reports whether all of them heard.
func (m *Manager) leave(ctx context.Context, workers []*job.Worker) bool {
	m.debug("end: the workers are asked to leave", "workers", len(workers))
	ctx, cancel := context.WithTimeout(ctx, hearWait)
	defer cancel()
	pids := m.joined(workers)
	if _, errs := m.host.node.CallAll(ctx, pids, rpc.Request{Service: protocol.ServiceLeave}); errors.Join(errs...) != nil {
		return false
	}
	m.host.node.Leave(pids...)
	return true
}

// joined returns the pids of those of the workers that have joined, and are not this process.
func (m *Manager) joined(workers []*job.Worker) (pids []rpc.Pid) {
	for _, w := range workers {
		if pid := w.Pid(); pid != 0 && pid != m.host.node.Self() {
			pids = append(pids, pid)
		}
	}
	return pids
}

// cleanUp frees what the job held on this machine.
func (m *Manager) cleanUp() {
	m.mu.Lock()
	workers, j := m.workers, m.job
	m.mu.Unlock()
	for _, pid := range m.joined(workers) {
		m.host.node.Forget(pid, closedManager(pid))
	}
	if j != nil {
		j.Free()
	}
	m.mu.Lock()
	recovers := m.succession.recovery != nil
	m.mu.Unlock()
	if m.untold() == nil && !recovers {
		m.host.dismiss(m)
	}
}

// Close ends the workers of all managers, those that still answer cleanly,
// and frees what the process holds. It is for the end of a script that ended well: it
// names the calls that are dropped with that. It returns the first error met: a
// worker that could not end cleanly.
func (h *Host) Close() error { return h.close(h.parallel.Objects.Unfinished()) }

// close is Close that tells of those calls only.
func (h *Host) close(calls []objects.Unfinished) error {
	h.endLife()
	h.recoveries.Wait()
	var first error
	var wait sync.WaitGroup
	for _, m := range h.all() {
		wait.Add(1)
		go func() {
			defer wait.Done()
			if err := m.Close(context.Background()); err != nil {
				h.mu.Lock()
				defer h.mu.Unlock()
				if first == nil {
					first = err
				}
			}
		}()
	}
	wait.Wait()
	h.parallel.Objects.ReportUnclaimed()
	h.node.Close()
	h.tellDropped(calls)
	h.display.Close()
	return first
}

// tellDropped tells which of the calls whose result comes back did not come to
// their end.
func (h *Host) tellDropped(calls []objects.Unfinished) {
	calls = slices.DeleteFunc(calls, func(c objects.Unfinished) bool { return !c.Dropped() })
	if len(calls) == 0 {
		return
	}
	var pids []rpc.Pid
	for _, c := range calls {
		pids = append(pids, c.Pid)
	}
	slices.Sort(pids)
	what, were := "a call", "was"
	if len(calls) > 1 {
		what, were = fmt.Sprintf("%d calls", len(calls)), "were"
	}
	h.say("%s on %s %s still running when the script ended, and %s dropped: cluster.wait(future) or cluster.fetch(future) waits for a call",
		what, spans.Named("pid", slices.Compact(pids)), were, were)
}

// Kill ends all workers at once, without asking them.
func (h *Host) Kill() {
	for _, m := range h.all() {
		m.kill(luaerr.New(luaerr.Interrupted, "interrupted"))
	}
}

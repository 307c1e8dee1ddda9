package host

import (
	"context"
	"errors"
	"time"

	"github.com/mpiclus/mpiclus-lua/internal/cluster"
	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
	"github.com/mpiclus/mpiclus-lua/internal/protocol"
	"github.com/mpiclus/mpiclus-lua/internal/rpc"
)

// kill ends the job at once. why is what later calls get as their error.
func (m *Manager) kill(why *luaerr.Error) {
	m.debug("end: the workers are killed", "reason", why.Message)
	m.mu.Lock()
	m.life.enter(stageKilled, why)
	workers, job := m.everyone(), m.job
	m.mu.Unlock()
	for _, w := range workers {
		w.end()
	}
	if job != nil {
		job.Kill()
	}
	pids := m.joined(workers)
	m.host.node.Leave(pids...)
	for _, pid := range pids {
		e := *why
		m.host.node.Forget(pid, &e)
	}
}

// everyone lists all workers, those that have not joined as well. m.mu is
// held.
func (m *Manager) everyone() []*remote {
	all := make([]*remote, 0, len(m.present))
	for _, w := range m.present {
		all = append(all, w)
	}
	return all
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
	before, workers, job := m.life, m.workers, m.job
	isOurs := m.life.enter(stageClosed, nil) && before.begun
	m.mu.Unlock()
	if !isOurs {
		return nil
	}
	defer m.cleanUp()
	defer m.debug("end: the job is over")
	if job == nil {
		return nil
	}
	var unclean error
	if before.runs() && len(workers) > 0 && m.leave(ctx, workers) {
		if m.transport != nil {
			m.noteLeft()
			return nil // ranks end when their link is closed
		}
		select {
		case <-job.Done():
			return nil
		case <-m.spoilt: // the others would wait for it in MPI_Finalize
			unclean = m.diedLeaving(workers)
		case <-time.After(leaveWait):
		}
	}
	m.abandon(luaerr.New(luaerr.Lost, "%w", cluster.ErrClosed))
	return unclean
}

// diedLeaving tells of a worker that a signal ended while it was leaving; nil
// for none.
func (m *Manager) diedLeaving(workers []*remote) error {
	for _, w := range workers {
		w.mu.Lock()
		died := w.exit != nil && w.exit.Signal != "" && !w.exit.Told && !w.exit.Orphan
		w.mu.Unlock()
		if died {
			return w.obituary(nil, launcherEnd{})
		}
	}
	return nil
}

// abandon ends the job at once and waits for its end.
func (m *Manager) abandon(why *luaerr.Error) {
	m.kill(why)
	m.mu.Lock()
	job := m.job
	m.mu.Unlock()
	if job == nil {
		return
	}
	select {
	case <-job.Done():
	case <-time.After(exitLimit):
	}
}

// leave asks all workers to leave MPI, and reports whether all of them heard.
func (m *Manager) leave(ctx context.Context, workers []*remote) bool {
	m.debug("end: the workers are asked to leave", "workers", len(workers))
	ctx, cancel := context.WithTimeout(ctx, hearWait)
	defer cancel()
	var pids []rpc.Pid
	for _, w := range workers {
		if w.pid != m.host.node.Self() {
			pids = append(pids, w.pid)
		}
	}
	if _, errs := m.host.node.CallAll(ctx, pids, rpc.Request{Service: protocol.ServiceLeave}); errors.Join(errs...) != nil {
		return false
	}
	m.host.node.Leave(m.joined(workers)...)
	return true
}

// joined returns the pids of those of the workers that have joined, and are not this process.
func (m *Manager) joined(workers []*remote) (pids []rpc.Pid) {
	for _, w := range workers {
		if pid := w.member(); pid != 0 && pid != m.host.node.Self() {
			pids = append(pids, pid)
		}
	}
	return pids
}

// cleanUp frees what the job held on this machine.
func (m *Manager) cleanUp() {
	m.mu.Lock()
	listener, folder := m.listener, m.folder
	m.mu.Unlock()
	if listener != nil {
		listener.Close()
	}
	m.accepting.Wait() // nobody comes any more
	m.mu.Lock()
	workers := m.everyone()
	m.mu.Unlock()
	for _, w := range workers {
		w.release()
	}
	if m.transport != nil {
		_ = m.transport.Close() // what was lost on the way has no receiver any more
	}
	if folder != nil {
		_ = folder.Remove()
	}
	m.mu.Lock()
	recovers := m.succession.recovery != nil
	m.mu.Unlock()
	if m.untold() == nil && !recovers {
		m.host.dismiss(m)
	}
}

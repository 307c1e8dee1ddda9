package host

import (
	"context"
	"time"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/job"
	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
	"github.com/mpiclus/mpiclus-lua/internal/protocol"
	"github.com/mpiclus/mpiclus-lua/internal/rpc"
)

// luaRmprocs is rmprocs(pids, { waitfor = seconds }).
func (h *Host) luaRmprocs(L *lua.LState) int {
	pids := h.parallel.Pids(L, 1, "rmprocs")
	waitFor := time.Duration(-1)
	o := readOptions(L, 2, "rmprocs")
	o.seconds("waitfor", &waitFor)
	o.done()
	workers := map[*Manager][]*job.Worker{}
	for _, pid := range pids {
		m, w := h.worker(pid)
		switch {
		case pid == h.node.Self():
			luaerr.RaiseArg(L, "rmprocs", 1, "pids", "pid %d is the master", pid)
		case w == nil || !h.node.IsMember(pid):
			luaerr.RaiseArg(L, "rmprocs", 1, "pids", "there is no process with pid %d", pid)
		}
		workers[m] = append(workers[m], w)
	}
	err := h.interp.Wait(L, func(ctx context.Context) error {
		for m, list := range workers {
			if err := m.retire(ctx, list, waitFor); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		luaerr.Raise(L, luaerr.From(err))
	}
	return 0
}

// retire makes workers take no more calls and waits until they are idle, no
// longer than limit unless that is below zero. They stay in their MPI job,
// which has no other way, until all have retired: then the job ends.
func (m *Manager) retire(ctx context.Context, workers []*job.Worker, limit time.Duration) error {
	var pids []rpc.Pid
	for _, w := range workers {
		w.Retire()
		pids = append(pids, w.Pid())
	}
	m.host.node.Part(pids...)
	if limit >= 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeoutCause(ctx, limit, luaerr.New(luaerr.Timeout, "rmprocs: pids %v were still at work after %v", pids, limit))
		defer cancel()
	}
	var busy error
	for _, pid := range pids {
		if _, err := m.host.node.Call(ctx, pid, rpc.Request{Service: protocol.ServiceRetire}); err != nil && luaerr.From(err).Kind != luaerr.Lost {
			busy = err
		}
	}
	m.mu.Lock()
	ours := m.ours() == nil
	m.mu.Unlock()
	if ours && len(m.remaining()) == 0 {
		return m.Close(context.WithoutCancel(ctx))
	}
	return busy
}

// remaining gives the ranks that have not retired.
func (m *Manager) remaining() (ranks []int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for rank, w := range m.workers {
		if !w.HasRetired() {
			ranks = append(ranks, rank)
		}
	}
	return ranks
}

package host

import (
	"context"
	"time"

	lua "github.com/yuin/gopher-lua"

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
	workers := map[*Manager][]*remote{}
	for _, pid := range pids {
		w := h.worker(pid)
		switch {
		case pid == h.node.Self():
			luaerr.RaiseArg(L, "rmprocs", 1, "pids", "pid %d is the master", pid)
		case w == nil || !h.node.IsMember(pid):
			luaerr.RaiseArg(L, "rmprocs", 1, "pids", "there is no process with pid %d", pid)
		}
		workers[w.manager] = append(workers[w.manager], w)
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
func (m *Manager) retire(ctx context.Context, workers []*remote, limit time.Duration) error {
	var pids []rpc.Pid
	for _, w := range workers {
		w.setRetired()
		pids = append(pids, w.pid)
	}
	m.host.node.Part(pids...)
	if limit >= 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeoutCause(ctx, limit, luaerr.New(luaerr.Timeout, "rmprocs: pids %v were still at work after %v", pids, limit))
		defer cancel()
	}
	var busy error
	for _, w := range workers {
		if _, err := m.host.node.Call(ctx, w.pid, rpc.Request{Service: protocol.ServiceRetire}); err != nil && luaerr.From(err).Kind != luaerr.Lost {
			busy = err
		}
	}
	if len(m.remaining()) == 0 && m.transport == nil {
		return m.Close(context.WithoutCancel(ctx))
	}
	return busy
}

// remaining gives the ranks that have not retired.
func (m *Manager) remaining() (ranks []int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for rank, w := range m.workers {
		w.mu.Lock()
		if !w.retired {
			ranks = append(ranks, rank)
		}
		w.mu.Unlock()
	}
	return ranks
}

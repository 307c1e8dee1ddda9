package host

import (
	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/cluster"
	"github.com/mpiclus/mpiclus-lua/internal/job"
	"github.com/mpiclus/mpiclus-lua/internal/rpc"
)

// openCluster makes this process a part of a cluster, with what the host adds
// to it. report shows a text to the user.
func (h *Host) openCluster(report func(text string)) {
	h.loop.leave, h.loop.gone = make(chan struct{}), make(chan struct{})
	cfg := cluster.Config{
		Interp: h.interp, Report: report, Layers: h.layers,
		Node:   rpc.Config{Self: rpc.Master, Log: h.cfg.Log, Lost: h.lost, Connect: h.connectRank, ValuesOnly: h.cfg.UntrustedWorkers},
		Revive: h.revive, SameJob: h.sameJob, Recovered: h.recoveredJob, Settle: h.settle, Stopped: h.stopped,
		Manager: func(L *lua.LState, number uint32) lua.LValue {
			if m := h.manager(number); m != nil {
				return wrapManager(L, m, h.interp)
			}
			return nil
		},
		MasterOnly: map[string]lua.LGFunction{
			"MPIManager":       h.luaManager,
			"MPIWorkerManager": h.luaWorkerManager,
			"addprocs":         h.luaAddprocs,
			"mpido":            h.luaMpido,
			"rmprocs":          h.luaRmprocs,
			"start_main_loop":  h.luaStartMainLoop,
			"stop_main_loop":   h.luaStopMainLoop,
			"on_exit":          h.luaOnExit,
		},
	}
	if h.cfg.Ranks != nil {
		cfg.Node.Place = &rpc.Place{Rank: h.cfg.Ranks.Info().Rank, Host: job.Hostname()}
	}
	h.parallel = cluster.New(cfg)
	h.node = h.parallel.Node
	h.openRanks()
}

package host

import (
	"context"
	"log/slog"
	"os"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/cluster"
	"github.com/mpiclus/mpiclus-lua/internal/interp"
	"github.com/mpiclus/mpiclus-lua/internal/job"
	"github.com/mpiclus/mpiclus-lua/internal/launch"
	"github.com/mpiclus/mpiclus-lua/internal/output"
	"github.com/mpiclus/mpiclus-lua/internal/philox"
	"github.com/mpiclus/mpiclus-lua/internal/ranks"
	"github.com/mpiclus/mpiclus-lua/internal/rpc"
	"github.com/mpiclus/mpiclus-lua/internal/value"
)

// New makes the master of a cluster without workers. Close ends it.
func New(cfg Config) (*Host, error) {
	if cfg.Stdout == nil {
		cfg.Stdout = os.Stdout
	}
	if cfg.Stderr == nil {
		cfg.Stderr = os.Stderr
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	console := output.NewConsole(cfg.Stdout, cfg.Stderr)
	if cfg.Launcher == nil {
		cfg.Launcher = job.Processes(console, launch.Carrier(cfg.Secret))
	}
	display, err := output.NewDisplay(cfg.Output, console, cfg.Verbose)
	if err != nil {
		return nil, err
	}
	h := &Host{cfg: cfg, display: display, nextPid: rpc.Master + 1}
	h.life, h.endLife = context.WithCancel(context.Background())
	codec := &value.Codec{Self: rpc.Master, Chunks: value.NewChunks(), Names: value.NewNames()}
	h.interp = interp.New(interp.Config{Codec: codec, Args: cfg.Args, Stdout: console.Out, Random: cfg.random()})
	console.Broken = h.outputBroken
	h.openCluster(console.Note)
	if cfg.Modules != nil {
		cfg.Modules(h.interp)
	}
	return h, nil
}

// random is what the random numbers of this process begin from.
func (c *Config) random() *philox.Origin {
	o := &philox.Origin{Rank: philox.Master}
	if c.Ranks != nil {
		o.Rank = c.Ranks.Session.Info().Rank
	}
	if c.Seed != nil {
		o.Seed, o.Given = *c.Seed, true
	}
	return o
}

// openCluster makes this process a part of a cluster, with what the host adds
// to it. report shows a text to the user.
func (h *Host) openCluster(report func(text string)) {
	cfg := cluster.Config{
		Interp: h.interp, Report: report, Layers: h.layers,
		Node:   rpc.Config{Self: rpc.Master, Log: h.cfg.Log, Lost: h.lost, ValuesOnly: h.cfg.UntrustedWorkers},
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
			"where":            h.luaWhere,
		},
	}
	if h.cfg.Ranks != nil {
		h.rank = ranks.New(h.cfg.Ranks, ranks.Owner{
			Version: h.cfg.Version, Interface: h.cfg.Interface, Log: h.cfg.Log, Interp: h.interp, Life: h.life,
			Say: h.say, Report: h.report, Status: exitStatus,
		})
		cfg.Node.Place, cfg.Node.Connect = h.rank.Place(), h.rank.Connect
	}
	h.parallel = cluster.New(cfg)
	h.node = h.parallel.Node
	if h.rank != nil {
		h.rank.Watch()
	}
}

package host

import (
	"context"
	"strings"
	"time"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/args"
	"github.com/mpiclus/mpiclus-lua/internal/cluster"
	"github.com/mpiclus/mpiclus-lua/internal/interp"
	"github.com/mpiclus/mpiclus-lua/internal/lua51/vm"
	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
	"github.com/mpiclus/mpiclus-lua/internal/protocol"
	"github.com/mpiclus/mpiclus-lua/internal/rpc"
	"github.com/mpiclus/mpiclus-lua/internal/value"
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
		cfg.Node.Place = &rpc.Place{Rank: h.cfg.Ranks.Info().Rank, Host: hostname()}
	}
	h.parallel = cluster.New(cfg)
	h.node = h.parallel.Node
	h.openRanks()
}

// layers returns what the host serves.
func (h *Host) layers(m *cluster.Module) []rpc.Layer {
	layers := []rpc.Layer{{Services: []rpc.Service{
		{Name: protocol.ServiceModule, Values: true, Inline: true, Serve: h.serveModule},
		{Name: protocol.ServiceConnect, Values: true, Inline: true, Serve: h.serveConnect},
	}}}
	if h.cfg.Ranks != nil {
		layers = append(layers, h.rankLayers(m)...)
	}
	return layers
}

// luaManager is MPIManager{ np=, mode=, launch_timeout=, mpi_cmd=,
// master_tcp_interface= } → manager.
func (h *Host) luaManager(L *lua.LState) int {
	mode := MPIOnWorkers
	opts := h.defaults()
	o := readOptions(L, 1, "MPIManager")
	o.count("np", &opts.NP)
	o.mode("mode", &mode)
	o.seconds("launch_timeout", &opts.LaunchTimeout)
	o.words("mpi_cmd", &opts.Command)
	o.text("master_tcp_interface", &opts.Interface)
	o.boolean("stdout_to_master", func(yes bool) { opts.LeaveOutput = !yes })
	o.done()
	return h.pushManager(L, mode, opts)
}

// luaWorkerManager is MPIWorkerManager([n]): without n the launcher decides.
func (h *Host) luaWorkerManager(L *lua.LState) int {
	opts := h.defaults()
	opts.NP = -1
	if L.Get(1) != lua.LNil {
		n, ok := L.Get(1).(lua.LNumber)
		if opts.NP = int(n); !ok || opts.NP < 0 || lua.LNumber(opts.NP) != n {
			luaerr.RaiseArg(L, "MPIWorkerManager", 1, "n", "a number of workers expected, got %s", args.Show(L.Get(1)))
		}
	}
	return h.pushManager(L, MPIOnWorkers, opts)
}

// defaults are the options that the command line set.
func (h *Host) defaults() Options {
	np := h.cfg.NP
	if np == 0 {
		np = defaultWorkers()
	}
	return Options{
		NP: np, Mpiexec: h.cfg.Mpiexec, Flags: h.cfg.MPIFlags, Hosts: h.cfg.Hosts, Hostfile: h.cfg.Hostfile,
		Interface: h.cfg.Interface, LaunchTimeout: h.cfg.LaunchTimeout,
	}
}

// luaAddprocs is addprocs(manager, opts) → pids in rank order.
func (h *Host) luaAddprocs(L *lua.LState) int {
	m := checkManager(L, 1, "addprocs")
	if m.alreadyLaunched() {
		luaerr.Raise(L, errReuse)
	}
	init := h.addprocsOptions(L, m)
	if h.cfg.Ranks != nil && m.np != 0 {
		luaerr.Raise(L, luaerr.New(luaerr.Argument, "addprocs cannot start workers from inside an MPI job: start the script without mpirun (mpiclus-lua run SCRIPT), or make the ranks of this job the workers with cluster.start_main_loop(cluster.TCP_TRANSPORT_ALL)"))
	}
	if init != nil {
		msg, err := h.interp.Codec().Encode(L, "init", init)
		if err != nil {
			luaerr.Raise(L, luaerr.From(err))
		}
		m.setInit(msg.Detach())
	}
	err := h.interp.Wait(L, func(ctx context.Context) error {
		_, err := m.Start(ctx)
		return err
	})
	if err != nil {
		luaerr.Raise(L, luaerr.From(err))
	}
	if err := h.interp.Wait(L, m.prepare); err != nil {
		luaerr.Raise(L, luaerr.From(err))
	}
	L.Push(cluster.PidList(L, m.Pids()))
	return 1
}

func (h *Host) addprocsOptions(L *lua.LState, m *Manager) (init *lua.LFunction) {
	o := readOptions(L, 2, "addprocs")
	o.text("mpiexec", &m.opts.Mpiexec)
	o.words("mpiflags", &m.opts.Flags)
	o.text("host", &m.opts.Hosts)
	o.text("hostfile", &m.opts.Hostfile)
	o.text("dir", &m.opts.Dir)
	o.environment("env", &m.opts.Env)
	o.text("exename", &m.opts.Exe)
	o.words("exeflags", &m.opts.ExeFlags)
	o.choice("threadlevel", &m.opts.ThreadLevel, threadLevels...)
	o.choice("topology", &m.opts.Topology, "all_to_all", "master_worker")
	o.text("master_tcp_interface", &m.opts.Interface)
	o.seconds("launch_timeout", &m.opts.LaunchTimeout)
	o.seconds("error_grace", &m.opts.ErrorGrace)
	o.seconds("stall_note", &m.opts.StallNote)
	o.choice("on_failure", &m.opts.OnFailure, failureIsError, failureRestart)
	o.boolean("stdout_to_master", func(yes bool) { m.opts.LeaveOutput = !yes })
	var output string
	if o.text("output", &output); output != "" {
		d, err := newDisplay(output, h.display.console)
		if err != nil {
			luaerr.Raise(L, luaerr.From(err))
		}
		d.stacks = h.display.stacks
		m.display = d
	}
	init = o.body("init", h.interp)
	o.done()
	return init
}

// luaMpido is mpido(manager, chunk, ...) → rank → first value.
func (h *Host) luaMpido(L *lua.LState) int {
	m := checkManager(L, 1, "mpido")
	chunk := cluster.BodyArgument(h.interp, L, 2, "mpido")
	L.Push(h.mpido(L, m, chunk, cluster.Rest(L, 3), nil, 0))
	return 1
}

// methodMpido is manager:mpido{ chunk=, args=, ranks=, timeout= }, or
// manager:mpido(chunk, ...).
func (h *Host) methodMpido(L *lua.LState) int {
	m := checkManager(L, 1, "mpido")
	if _, long := L.Get(2).(*lua.LTable); !long {
		return h.luaMpido(L)
	}
	o := readOptions(L, 2, "mpido")
	var ranks []int
	var args []lua.LValue
	var timeout time.Duration
	o.ranks("ranks", &ranks)
	o.list("args", &args)
	o.seconds("timeout", &timeout)
	chunk := o.body("chunk", h.interp)
	o.done()
	if chunk == nil {
		o.wrong("chunk", cluster.BodyKinds, lua.LNil)
	}
	L.Push(h.mpido(L, m, chunk, args, ranks, timeout))
	return 1
}

// mpido runs a chunk and gives the table of its results, or raises the one
// error of all ranks.
func (h *Host) mpido(L *lua.LState, m *Manager, chunk lua.LValue, args []lua.LValue, ranks []int, timeout time.Duration) lua.LValue {
	if rpc.Inside(h.interp.Current().Context(), m.number) {
		luaerr.Raise(L, luaerr.New(luaerr.Argument, "mpido cannot be called from inside a chunk of the same manager: the chunk would wait for itself"))
	}
	msg, err := h.interp.Codec().Encode(L, "the chunk, argument", append([]lua.LValue{chunk}, args...)...)
	if err != nil {
		luaerr.Raise(L, luaerr.From(err))
	}
	outcome, err := h.await(L, m, msg, ranks, timeout)
	if err != nil {
		luaerr.Raise(L, luaerr.From(err))
	}
	if outcome.Left != "" {
		h.say("the chunk of mpido at %s %s", interp.Where(L), outcome.Left)
	}
	results := L.CreateTable(len(outcome.Answers), 0)
	errs := map[int]*luaerr.Error{}
	for _, a := range outcome.Answers {
		v, err := h.first(L, a)
		if err != nil {
			errs[a.Rank] = luaerr.From(err).At(a.Rank, int(a.Pid), m.hostOf(a.Rank))
			continue
		}
		vm.SetInt(results, a.Rank, v)
	}
	if e := combine(errs, len(outcome.Answers), outcome); e != nil {
		e.Traceback = strings.TrimPrefix(e.Traceback+"\nmpido was called at "+interp.Where(L), "\n")
		L.Error(e.ToLua(L), 1) // its message names the places on the ranks
	}
	results.Metatable = resultsMeta(L)
	return results
}

// await runs a chunk without holding the interpreter.
func (h *Host) await(L *lua.LState, m *Manager, msg *value.Message, ranks []int, timeout time.Duration) (o *Outcome, err error) {
	err = h.interp.Wait(L, func(ctx context.Context) error {
		if timeout > 0 {
			var cancel context.CancelFunc
			ctx, cancel = context.WithTimeoutCause(ctx, timeout,
				luaerr.New(luaerr.Timeout, "mpido took longer than its timeout of %v", timeout))
			defer cancel()
		}
		if o, err = m.Run(ctx, msg, ranks); err != nil {
			return err
		}
		for _, a := range o.Answers {
			if a.Reply != nil {
				if err := h.node.FetchSources(ctx, a.Pid, a.Reply.Message); err != nil {
					return err
				}
			}
		}
		return nil
	})
	return o, err
}

// first gives the first value that a rank returned.
func (h *Host) first(L *lua.LState, a Answer) (lua.LValue, error) {
	if a.Err != nil {
		return nil, a.Err
	}
	vs, err := h.parallel.Eval.Values(L, a.Reply)
	if err != nil {
		return nil, err
	}
	if len(vs) == 0 {
		return lua.LNil, nil
	}
	return vs[0], nil
}

func (h *Host) pushManager(L *lua.LState, mode Mode, opts Options) int {
	if mode != MPIOnWorkers {
		luaerr.Raise(L, luaerr.New(luaerr.Argument, "mode %s is for scripts that run under mpirun: call cluster.start_main_loop(cluster.%s) there", mode, mode))
	}
	L.Push(wrapManager(L, h.NewManager(mode, opts), h.interp))
	return 1
}

func (m *Manager) alreadyLaunched() bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.life.begun
}

func (m *Manager) hostOf(rank int) string {
	m.mu.Lock()
	defer m.mu.Unlock()
	if rank < len(m.workers) {
		return m.workers[rank].presence.Host
	}
	return ""
}

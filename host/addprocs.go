package host

import (
	"context"
	"runtime"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/args"
	"github.com/mpiclus/mpiclus-lua/internal/cluster"
	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
	"github.com/mpiclus/mpiclus-lua/internal/output"
)

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

func (h *Host) pushManager(L *lua.LState, mode Mode, opts Options) int {
	if mode != MPIOnWorkers {
		luaerr.Raise(L, luaerr.New(luaerr.Argument, "mode %s is for scripts that run under mpirun: call cluster.start_main_loop(cluster.%s) there", mode, mode))
	}
	L.Push(wrapManager(L, h.NewManager(mode, opts), h.interp))
	return 1
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
	if h.rank != nil && m.np != 0 {
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
	var mode string
	if o.text("output", &mode); mode != "" {
		d, err := output.NewDisplay(mode, h.display.Console, h.cfg.Verbose)
		if err != nil {
			luaerr.Raise(L, luaerr.From(err))
		}
		m.display = d
	}
	init = o.body("init", h.interp)
	o.done()
	return init
}

// defaultWorkers is the number of workers when nobody says one.
func defaultWorkers() int { return runtime.NumCPU() }

package host

import (
	"context"
	"maps"
	"os"

	"github.com/mpiclus/mpiclus-lua/internal/job"
	"github.com/mpiclus/mpiclus-lua/internal/launch"
	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
	"github.com/mpiclus/mpiclus-lua/internal/protocol"
	"github.com/mpiclus/mpiclus-lua/internal/rpc"
	"github.com/mpiclus/mpiclus-lua/internal/value"
)

// Start starts the workers and returns when all have joined: their pids in
// rank order. It may be called once. The error is of kind Launch and says
// what to do about it.
func (m *Manager) Start(ctx context.Context) ([]rpc.Pid, error) {
	m.mu.Lock()
	isFirst, life := m.life.enter(stageStarting, nil), m.life
	m.mu.Unlock()
	switch {
	case !isFirst && !life.begun && life.killed != nil:
		e := *life.killed
		return nil, &e
	case !isFirst && !life.begun:
		return nil, luaerr.New(luaerr.Argument, "this manager is closed")
	case !isFirst:
		return nil, errReuse
	}
	m.host.adopt(m)
	if m.np == 0 {
		return nil, m.keep(func() { m.life.enter(stageRunning, nil) })
	}
	j := job.New(m.jobConfig())
	err := m.keep(func() { m.job = j })
	if err == nil {
		err = j.Start(ctx, m.welcome)
	}
	if err != nil {
		m.ending.Lock()
		defer m.ending.Unlock()
		m.abandon(luaerr.From(err))
		m.cleanUp()
		return nil, err
	}
	pids := m.Pids()
	m.host.cfg.Log.Debug("start: all workers are part of the cluster", "pids", pids)
	m.host.noteJob(pids)
	m.host.node.Join(pids...)
	return pids, nil
}

// keep notes, in set, what came of a step of the start. The error says that the
// manager was closed meanwhile.
func (m *Manager) keep(set func()) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	set()
	if m.life.isClosed() {
		return luaerr.New(luaerr.Launch, "the manager was closed while its workers were started")
	}
	return nil
}

// jobConfig is what the manager's options say of its job.
func (m *Manager) jobConfig() job.Config {
	cfg, opts := &m.host.cfg, &m.opts
	env := maps.Clone(opts.Env)
	for name, v := range cfg.Env {
		if _, said := env[name]; !said {
			if env == nil {
				env = map[string]string{}
			}
			env[name] = v
		}
	}
	settings := protocol.Settings{ThreadLevel: opts.ThreadLevel, Capture: !opts.LeaveOutput, Topology: opts.Topology, Native: cfg.Native}
	if cfg.Verbose {
		settings.LogLevel = "debug"
	}
	return job.Config{
		NP: m.np, Settings: settings, Interface: opts.Interface, Timeout: opts.LaunchTimeout,
		Spec: launch.Spec{
			Command: opts.Command, Mpiexec: opts.Mpiexec, Flags: opts.Flags, Hosts: opts.Hosts, Hostfile: opts.Hostfile,
			Dir: opts.Dir, Env: env, Exe: opts.Exe, ExeArgs: append([]string{"worker"}, opts.ExeFlags...),
		},
		Launcher: cfg.Launcher, Display: m.display, Version: cfg.Version, Log: cfg.Log,
		Say: m.host.say, Closed: m.isClosed,
		Lost: func(w *job.Worker) { m.host.node.Forget(w.Pid(), m.lostWorker(w, nil)) },
	}
}

// welcome gives the workers their pids, in rank order, and makes them part of
// the cluster.
func (m *Manager) welcome(workers []*job.Worker) error {
	first := m.host.takePids(len(workers))
	for rank, w := range workers {
		w.Become(first + rpc.Pid(rank))
	}
	m.mu.Lock()
	m.workers = workers
	m.life.enter(stageRunning, nil)
	m.mu.Unlock()
	pids := m.Pids()
	for rank, w := range workers {
		l, err := w.Welcome(protocol.Welcome{
			Pid: pids[rank], Pids: pids, Args: m.host.cfg.Args, Command: os.Args[0],
			Seed: m.host.cfg.Seed, Group: int(first - rpc.Master - 1),
		})
		if err == nil {
			err = m.host.node.Attach(pids[rank], l)
		}
		if err != nil {
			return luaerr.New(luaerr.Launch, "rank %d went away while it joined: %w", rank, err)
		}
	}
	return nil
}

// setInit keeps the chunk that each start of the job begins with.
func (m *Manager) setInit(msg *value.Message) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.host.interp.Codec().Missing(msg) // keeps its sources in memory
	m.init = msg
}

// prepare runs on new workers what init of addprocs says, and then what
// everywhere has run on all.
func (m *Manager) prepare(ctx context.Context) error {
	m.mu.Lock()
	init := m.init
	m.mu.Unlock()
	if init != nil {
		outcome, err := m.run(ctx, init, nil)
		if err != nil {
			return err
		}
		if err := m.host.failure(ctx, outcome); err != nil {
			return err
		}
	}
	return m.host.parallel.Define(ctx, m.Pids())
}

package host

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/mpiclus/mpiclus-lua/internal/launch"
	"github.com/mpiclus/mpiclus-lua/internal/link"
	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
	"github.com/mpiclus/mpiclus-lua/internal/protocol"
	"github.com/mpiclus/mpiclus-lua/internal/rpc"
)

const (
	defaultTimeout = 60 * time.Second
	perWorker      = 250 * time.Millisecond // more time for many workers
	patience       = 2 * time.Second        // of a user who is told nothing
	remindEvery    = 5 * time.Second
	lookEvery      = time.Second // for ranks that have no process any more
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
	start := &gathering{news: make(chan joining), over: make(chan struct{})}
	err := m.launch(start)
	if err == nil {
		err = m.gather(ctx, start)
	}
	close(start.over)
	if err != nil {
		m.ending.Lock()
		defer m.ending.Unlock()
		m.abandon(luaerr.From(err))
		m.cleanUp()
		return nil, err
	}
	return m.Pids(), nil
}

// keep notes, in set, what cleanUp is to free. The error says that the manager
// was closed meanwhile.
func (m *Manager) keep(set func()) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	set()
	if m.life.isClosed() {
		return luaerr.New(luaerr.Launch, "the manager was closed while its workers were started")
	}
	return nil
}

// launch makes the job's folder and listener and starts the launcher.
func (m *Manager) launch(start *gathering) error {
	folder, err := launch.MakeFolder(max(m.np, 0))
	if err != nil {
		return luaerr.New(luaerr.Launch, "%w", err)
	}
	if err := m.keep(func() { m.folder = folder }); err != nil {
		return err
	}
	folder.Guard(nil)
	spec, err := m.spec()
	if err != nil {
		return err
	}
	plan, err := launch.Plan(spec)
	if err != nil {
		return err
	}
	log := m.host.cfg.Log
	log.Debug("start: workers", "launcher", plan.Path, "command", plan.Describe(), "settings", strings.Join(plan.Settings, " "), "folder", folder.Path)
	listener, err := link.Listen(link.ListenConfig{
		Version: m.host.cfg.Version, Job: folder.Path, Dir: folder.Path,
		TCP: !plan.Local || m.opts.Interface != "", Interface: m.opts.Interface, Log: m.host.cfg.Log,
	})
	if err != nil {
		return luaerr.New(luaerr.Launch, "%w", err)
	}
	log.Debug("start: the master listens", "socket", listener.Join().Unix, "tcp", listener.Join().TCP)
	m.accepting.Go(func() { m.accept(listener, start) })
	if err := m.keep(func() { m.listener = listener }); err != nil {
		return err
	}
	settings := protocol.Settings{
		ThreadLevel: m.opts.ThreadLevel, Folder: folder.Path, Capture: !m.opts.LeaveOutput, Topology: m.opts.Topology,
	}
	if m.host.cfg.Verbose {
		settings.LogLevel = "debug"
	}
	if plan.Local {
		if err := launch.CheckLimits(spec.NP, folder.Path); err != nil {
			return err
		}
	}
	job, err := m.host.cfg.Launcher.Launch(spec, listener.Join(), settings)
	if err != nil {
		return err
	}
	log.Debug("start: the launcher runs")
	if p, ok := job.(*process); ok && p.handed.note != "" {
		m.host.noteSecret.Do(func() { m.host.say("%s", p.handed.note) })
	}
	return m.keep(func() { m.job = job })
}

func (m *Manager) spec() (launch.Spec, error) {
	exe := m.opts.Exe
	if exe == "" {
		var err error
		if exe, err = os.Executable(); err != nil {
			return launch.Spec{}, luaerr.New(luaerr.Launch, "where this command lies is not known: %w", err)
		}
	}
	np := m.np
	if np < 0 {
		np = 0
	}
	env := maps.Clone(m.opts.Env)
	for name, v := range m.host.cfg.Env {
		if _, said := env[name]; !said {
			if env == nil {
				env = map[string]string{}
			}
			env[name] = v
		}
	}
	return launch.Spec{
		NP: np, Command: m.opts.Command, Mpiexec: m.opts.Mpiexec, Flags: m.opts.Flags,
		Hosts: m.opts.Hosts, Hostfile: m.opts.Hostfile, Dir: m.opts.Dir, Env: env,
		Exe: exe, ExeArgs: append([]string{"worker"}, m.opts.ExeFlags...), Folder: m.folder.Path,
		Forward: []string{protocol.EnvJoin, protocol.EnvSettings},
	}, nil
}

// gather waits until all workers have joined, and says what it waits for
// when that takes long.
func (m *Manager) gather(ctx context.Context, start *gathering) error {
	limit := m.opts.LaunchTimeout
	if limit == 0 {
		limit = defaultTimeout + time.Duration(max(m.np, 0))*perWorker
	}
	deadline := time.NewTimer(limit)
	defer deadline.Stop()
	remind := time.NewTimer(patience)
	defer remind.Stop()
	look := time.NewTicker(lookEvery)
	defer look.Stop()
	var absent []int // ranks of which no process ran at the last look
	ready := map[int]*remote{}
	size := -1
	for size < 0 || len(ready) < size {
		select {
		case j := <-start.news:
			if j.err != nil {
				return m.explain(j.err, len(ready), size, 0)
			}
			if size = j.worker.ready.Size; m.np > 0 && size != m.np {
				return m.explain(nil, len(ready), size, 0)
			}
			if other := ready[j.worker.ready.Rank]; other != nil {
				return luaerr.New(luaerr.Launch, "two workers say that they are rank %d", j.worker.ready.Rank)
			}
			ready[j.worker.ready.Rank] = j.worker
			m.host.cfg.Log.Debug("start: a worker joined", "rank", j.worker.ready.Rank, "host", j.worker.presence.Host, "joined", len(ready), "of", size)
		case <-remind.C:
			m.host.say("%s", m.progress(ready, size))
			remind.Reset(remindEvery)
		case <-look.C:
			if job, ok := m.job.(interface{ Hopeless() bool }); ok && job.Hopeless() {
				return m.explain(nil, len(ready), size, 0)
			}
			now := m.absent()
			for _, rank := range now {
				if slices.Contains(absent, rank) { // it is no rank that only just begins, or ends with all
					return luaerr.New(luaerr.Launch, "rank %d: a worker on host %s was lost before it had joined: its process is gone: killed, or out of memory", rank, hostname())
				}
			}
			absent = now
		case <-m.job.Done():
			// What a worker said before it died explains more than its end.
			if err := start.lastWord(); err != nil {
				return m.explain(err, len(ready), size, 0)
			}
			return m.explain(nil, len(ready), size, 0)
		case <-deadline.C:
			return m.explain(errors.New(m.progress(ready, size)), len(ready), size, limit)
		case <-ctx.Done():
			return luaerr.From(context.Cause(ctx))
		}
	}
	return m.welcome(ready, size)
}

// absent gives the ranks that have no process any more, while others have
// called already: the launcher need not say so.
func (m *Manager) absent() (ranks []int) {
	m.mu.Lock()
	job, size, callers := m.job, m.np, map[int]bool{}
	for _, w := range m.everyone() {
		w.mu.Lock()
		callers[w.presence.Rank] = true
		size = max(size, w.presence.Size)
		w.mu.Unlock()
	}
	m.mu.Unlock()
	local, ok := job.(interface{ Absent(size int) []int })
	if !ok || len(callers) == 0 {
		return nil
	}
	return slices.DeleteFunc(local.Absent(size), func(rank int) bool { return callers[rank] })
}

// lastWord gives what a worker said of its failure before all ended, nil when
// none did.
func (g *gathering) lastWord() error {
	for {
		select {
		case j := <-g.news:
			if j.err != nil {
				return j.err
			}
		case <-time.After(100 * time.Millisecond):
			return nil
		}
	}
}

func (m *Manager) explain(cause error, joined, size int, timeout time.Duration) error {
	var launchErr *luaerr.Error
	if errors.As(cause, &launchErr) && launchErr.Kind == luaerr.Launch {
		return launchErr
	}
	o := launch.Outcome{Joined: joined, WorldSize: max(size, 0), Timeout: timeout}
	if cause != nil {
		o.Waiting = cause.Error()
	}
	return m.job.Explain(o)
}

// progress tells who has joined and who is waited for.
func (m *Manager) progress(ready map[int]*remote, size int) string {
	if size < 0 {
		size = m.np
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	starting := ""
	for _, w := range m.everyone() {
		w.mu.Lock()
		if p := w.presence; p.Rank >= 0 && ready[p.Rank] == nil {
			starting = fmt.Sprintf("; waiting for rank %d on host %s", p.Rank, p.Host)
			if w.link != nil {
				starting += " (in MPI_Init)"
			}
		}
		w.mu.Unlock()
	}
	if starting == "" {
		starting = fmt.Sprintf("; %d processes have called", len(m.present))
	}
	if size <= 0 {
		return fmt.Sprintf("%d workers joined%s", len(ready), starting)
	}
	return fmt.Sprintf("%d of %d workers joined%s", len(ready), size, starting)
}

// welcome gives the workers their pids, in rank order, and makes them part of
// the cluster.
func (m *Manager) welcome(ready map[int]*remote, size int) error {
	first := m.host.takePids(size)
	pids := make([]int32, size)
	workers := make([]*remote, size)
	for rank := range workers {
		if ready[rank] == nil {
			return luaerr.New(luaerr.Launch, "%d workers joined, but none of them is rank %d", size, rank)
		}
		pids[rank] = first + int32(rank)
		workers[rank] = ready[rank]
		workers[rank].setPid(pids[rank])
		workers[rank].outlet.Name(fmt.Sprint(rank))
	}
	m.mu.Lock()
	m.workers = workers
	m.life.enter(stageRunning, nil)
	m.mu.Unlock()
	for rank, w := range workers {
		err := protocol.Send(w.link, protocol.FrameWelcome, protocol.Welcome{Pid: pids[rank], Pids: pids, Args: m.host.cfg.Args, Command: os.Args[0]})
		if err == nil {
			err = m.host.node.Attach(w.pid, w.link)
		}
		if err != nil {
			return luaerr.New(luaerr.Launch, "rank %d went away while it joined: %w", rank, err)
		}
	}
	m.shut()
	m.host.cfg.Log.Debug("start: all workers are part of the cluster", "pids", pids)
	m.host.noteJob(pids)
	m.host.node.Join(pids...)
	return nil
}

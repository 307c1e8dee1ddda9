package host

import (
	"context"
	"slices"
	"time"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/cluster"
	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
	"github.com/mpiclus/mpiclus-lua/internal/protocol"
	"github.com/mpiclus/mpiclus-lua/internal/rpc"
	"github.com/mpiclus/mpiclus-lua/internal/value"
)

// Travel implements value.Traveller: on a worker a manager arrives as a table
// that tells what it was like, and on the master as itself.
func (m *Manager) Travel() (kind string, data []byte, err error) {
	return m.current().snapshot().Travel()
}

// snapshot tells what a manager is like.
func (m *Manager) snapshot() cluster.ManagerSnapshot {
	m.mu.Lock()
	defer m.mu.Unlock()
	s := cluster.ManagerSnapshot{
		Number: m.number, Mode: string(m.mode), Launched: m.life.begun, Initialized: len(m.workers) > 0 && !m.life.isClosed(),
	}
	for _, w := range m.workers {
		s.Pids = append(s.Pids, w.pid)
	}
	return s
}

// StopWorkers stops what the workers run, and leaves them usable. It does not
// wait.
func (h *Host) StopWorkers(why *luaerr.Error) {
	if h.node.Self() == rpc.Master {
		h.parallel.StopWorkers(why)
	}
}

// revive starts the jobs of workers that died again, and gives the pids of
// the new workers.
func (h *Host) revive(ctx context.Context, dead []rpc.Pid) (fresh []rpc.Pid, err error) {
	h.mu.Lock()
	managers := slices.Clone(h.managers)
	h.mu.Unlock()
	for _, m := range managers {
		wasHere := func(pid rpc.Pid) bool { return m.worker(pid) != nil || slices.Contains(m.former, pid) }
		if !slices.ContainsFunc(dead, wasHere) {
			continue
		}
		again, err := m.standing(ctx)
		isDead := func(pid rpc.Pid) bool { return slices.Contains(dead, pid) }
		if err == nil && again == m && !m.isClosed() && slices.ContainsFunc(m.Pids(), isDead) {
			again, err = m.Restart(ctx)
		}
		if err != nil {
			return nil, err
		}
		for _, pid := range again.Pids() {
			if !isDead(pid) && !again.isClosed() && !slices.Contains(fresh, pid) {
				fresh = append(fresh, pid)
			}
		}
	}
	return fresh, nil
}

// sameJob tells whether two workers, dead or not, are of one MPI job.
func (h *Host) sameJob(a, b rpc.Pid) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.jobs[a] != 0 && h.jobs[a] == h.jobs[b]
}

// noteJob remembers which workers came with one job.
func (h *Host) noteJob(pids []rpc.Pid) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.jobs == nil {
		h.jobs = map[rpc.Pid]rpc.Pid{}
	}
	for _, pid := range pids {
		h.jobs[pid] = pids[0]
	}
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

// failure gives the one error of what a chunk came to on several ranks. The
// caller holds no interpreter.
func (h *Host) failure(ctx context.Context, o *Outcome) (err error) {
	if e := combine(h.raised(ctx, o), len(o.Answers), o); e != nil {
		return e
	}
	return nil
}

// raised gives the error of each rank that has one.
func (h *Host) raised(ctx context.Context, o *Outcome) map[int]*luaerr.Error {
	errs := map[int]*luaerr.Error{}
	for _, a := range o.Answers {
		err := a.Err
		if err == nil && a.Reply != nil && a.Reply.Raised {
			err = h.parallel.Raised(ctx, a.Reply)
		}
		if err != nil {
			errs[a.Rank] = luaerr.From(err).At(a.Rank, int(a.Pid), "")
		}
	}
	return errs
}

// setInit keeps the chunk that each start of the job begins with.
func (m *Manager) setInit(msg *value.Message) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.host.interp.Codec().Missing(msg) // keeps its sources in memory
	m.init = msg
}

// Restart ends what is left of the MPI job and starts a fresh one with the
// same options: new workers with new pids, prepared as the first ones were.
// Futures and channels that lived on the old ones are lost. The manager of the
// fresh job takes the place of this one for scripts.
func (m *Manager) Restart(ctx context.Context) (*Manager, error) {
	if m.transport != nil {
		return nil, luaerr.New(luaerr.Argument, "the workers of this manager are the ranks of an mpirun: they cannot be restarted")
	}
	if !m.alreadyLaunched() {
		return nil, luaerr.New(luaerr.Argument, "this manager has no workers yet: call cluster.addprocs(manager) first")
	}
	select {
	case <-m.queue: // no chunk runs while the job is exchanged
		defer func() { m.queue <- struct{}{} }()
	case <-ctx.Done():
		return nil, luaerr.From(context.Cause(ctx))
	}
	fresh, isOurs := m.successor()
	if !isOurs { // of somebody who came first
		return fresh.standing(ctx)
	}
	defer close(fresh.starting)
	m.debug("restart: a fresh job takes the place of this one")
	if err := m.Close(ctx); err != nil {
		m.mu.Lock()
		m.next = nil // the restart may be tried again
		m.mu.Unlock()
		m.host.dismiss(fresh)
		return nil, err
	}
	if _, err := fresh.Start(ctx); err != nil {
		return nil, err
	}
	return fresh, fresh.prepare(ctx)
}

// successor makes the manager of the job that is started instead of this one, and
// has all who come wait for it: there is no moment in which the job is neither. It
// reports whether it did, or another had before.
func (m *Manager) successor() (fresh *Manager, made bool) {
	fresh = m.host.NewManager(m.mode, m.opts)
	m.mu.Lock()
	if next := m.next; next != nil {
		m.mu.Unlock()
		return next, false
	}
	fresh.init, fresh.display, fresh.number = m.init, m.display, m.number
	fresh.loss.handlers, fresh.recovered = m.loss.handlers, m.recovered+1
	fresh.starting = make(chan struct{})
	fresh.former = m.former
	for _, w := range m.workers {
		fresh.former = append(fresh.former, w.pid)
	}
	m.next = fresh
	m.mu.Unlock()
	m.host.adopt(fresh)
	return fresh, true
}

// current is the manager that has taken this one's place, or this one.
func (m *Manager) current() *Manager {
	for {
		m.mu.Lock()
		next := m.next
		m.mu.Unlock()
		if next == nil {
			return m
		}
		m = next
	}
}

// luaRestart is manager:restart() → the new pids, in rank order.
func luaRestart(L *lua.LState) int {
	m := checkManager(L, 1, "restart")
	err := m.host.interp.Wait(L, func(ctx context.Context) (err error) {
		if fresh, err := m.standing(ctx); err == nil && fresh != m { // on_failure has done it
			m = fresh
			return nil
		}
		m, err = m.Restart(ctx)
		return err
	})
	if err != nil {
		luaerr.Raise(L, luaerr.From(err))
	}
	L.Push(cluster.PidList(L, m.Pids()))
	return 1
}

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

func (w *remote) setRetired() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.retired = true
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

// serveConnect has a worker listen for another one that wants a link to it,
// and tells that one how to reach it.
func (h *Host) serveConnect(r *rpc.Incoming) {
	go func() {
		reply, err := h.introduce(r.Context, r.From, r.Data)
		if err != nil {
			r.Fail(err)
			return
		}
		r.Post(rpc.Reply{Data: reply.Data})
	}()
}

func (h *Host) introduce(ctx context.Context, from rpc.Pid, meta []byte) (*rpc.Reply, error) {
	var c protocol.Connect
	if err := protocol.Decode(meta, &c); err != nil {
		return nil, err
	}
	target, asker := h.worker(c.Pid), h.worker(from)
	if target == nil || asker == nil {
		return nil, luaerr.New(luaerr.Argument, "there is no process with pid %d", c.Pid)
	}
	for _, m := range []*Manager{target.manager, asker.manager} {
		if m.opts.Topology == "master_worker" {
			return nil, luaerr.New(luaerr.Argument, "pid %d cannot call pid %d: their manager was started with topology = \"master_worker\"", from, c.Pid)
		}
	}
	c.From = from // whatever it says
	return h.node.Call(ctx, c.Pid, rpc.Request{Service: protocol.ServiceListen, Data: protocol.Encode(c)})
}

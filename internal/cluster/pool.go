package cluster

import (
	"context"
	"fmt"
	"runtime"
	"slices"
	"sync"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/args"
	"github.com/mpiclus/mpiclus-lua/internal/eval"
	"github.com/mpiclus/mpiclus-lua/internal/lua51/vm"
	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
	"github.com/mpiclus/mpiclus-lua/internal/protocol"
	"github.com/mpiclus/mpiclus-lua/internal/rpc"
)

const kindPool = "pool"

// workerPool lends out workers, each to one user at a time.
type workerPool struct {
	node *rpc.Node
	all  bool   // follows the cluster: all workers, also those to come
	sent *cache // of a caching pool

	mu      sync.Mutex
	pids    []rpc.Pid // that belong to it
	free    []rpc.Pid // that nobody uses, the longest idle first
	changed chan struct{}
}

func newPool(n *rpc.Node, pids []rpc.Pid) *workerPool {
	return &workerPool{node: n, pids: slices.Clone(pids), free: slices.Clone(pids), changed: make(chan struct{})}
}

// refresh takes those that are gone out, and into the pool of all workers
// those that are new. p.mu is held.
func (p *workerPool) refresh() {
	members := p.node.Members()
	if p.all {
		for _, pid := range workersOf(slices.Clone(members)) {
			if !slices.Contains(p.pids, pid) {
				p.pids, p.free = append(p.pids, pid), append(p.free, pid)
			}
		}
		if len(members) > 1 { // the master works only where nobody else does
			members = slices.DeleteFunc(members, func(pid rpc.Pid) bool { return pid == rpc.Master })
		}
	}
	gone := func(pid rpc.Pid) bool { return !slices.Contains(members, pid) }
	p.pids, p.free = slices.DeleteFunc(p.pids, gone), slices.DeleteFunc(p.free, gone)
}

// tryTake lends a worker if one is free, none of those that who asks avoids.
// alive is how many there are.
func (p *workerPool) tryTake(avoid ...rpc.Pid) (pid rpc.Pid, ok bool, alive int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.refresh()
	for _, pid := range p.pids {
		if !slices.Contains(avoid, pid) {
			alive++
		}
	}
	for i, pid := range p.free {
		if !slices.Contains(avoid, pid) {
			p.free = slices.Delete(p.free, i, i+1)
			return pid, true, alive
		}
	}
	return 0, false, alive
}

// put gives a worker back.
func (p *workerPool) put(pid rpc.Pid) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if slices.Contains(p.pids, pid) {
		p.free = append(p.free, pid)
	}
	close(p.changed)
	p.changed = make(chan struct{})
}

// add makes workers part of the pool.
func (p *workerPool) add(pids ...rpc.Pid) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, pid := range pids {
		if !slices.Contains(p.pids, pid) {
			p.pids, p.free = append(p.pids, pid), append(p.free, pid)
		}
	}
	close(p.changed)
	p.changed = make(chan struct{})
}

// news is closed when the pool changes.
func (p *workerPool) news() <-chan struct{} {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.changed
}

// members lists the workers of the pool.
func (p *workerPool) members() []rpc.Pid {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.refresh()
	return slices.Clone(p.pids)
}

// take waits for a free worker.
func (p *workerPool) take(ctx context.Context) (rpc.Pid, error) {
	for {
		pool, cluster := p.news(), p.node.MembersChange()
		pid, ok, alive := p.tryTake()
		switch {
		case ok:
			return pid, nil
		case alive == 0:
			return 0, luaerr.New(luaerr.Lost, "the pool has no workers (any more)")
		}
		select {
		case <-pool:
		case <-cluster:
		case <-ctx.Done():
			return 0, stopped(ctx)
		}
	}
}

// Travel implements value.Traveller: a pool arrives as a new one of the same
// processes.
func (p *workerPool) Travel() (kind string, data []byte, err error) {
	return kindPool, protocol.Encode(pooled{p.members(), p.sent != nil}), nil
}

type pooled struct {
	Pids    []rpc.Pid
	Caching bool
}

func (m *Module) decodePool(L *lua.LState, data []byte) (lua.LValue, error) {
	var p pooled
	if err := protocol.Decode(data, &p); err != nil {
		return nil, err
	}
	return m.wrapPool(L, m.makePool(p.Pids, p.Caching)), nil
}

func (m *Module) makePool(pids []rpc.Pid, caching bool) *workerPool {
	p := newPool(m.Node, pids)
	if caching {
		p.sent = newCache(m)
		runtime.AddCleanup(p, (*cache).clear, p.sent)
	}
	return p
}

func (m *Module) newWorkerPool(L *lua.LState) int  { return m.pushPool(L, "WorkerPool", false) }
func (m *Module) newCachingPool(L *lua.LState) int { return m.pushPool(L, "CachingPool", true) }

func (m *Module) pushPool(L *lua.LState, call string, caching bool) int {
	pids := m.pidsArgument(L, 1, call, m.workers())
	for _, pid := range pids {
		if !m.Node.IsMember(pid) {
			luaerr.RaiseArg(L, call, 1, "pids", "there is no process with pid %d", pid)
		}
	}
	L.Push(m.wrapPool(L, m.makePool(pids, caching)))
	return 1
}

// defaultWorkerPool is the pool of all workers, also those added later.
func (m *Module) defaultWorkerPool(L *lua.LState) int {
	L.Push(m.wrapPool(L, m.defaultPool()))
	return 1
}

func (m *Module) defaultPool() *workerPool {
	if m.pool == nil {
		m.pool = newPool(m.Node, nil)
		m.pool.all = true
	}
	return m.pool
}

func (m *Module) wrapPool(L *lua.LState, p *workerPool) *lua.LUserData { return m.wrap(L, p, poolMeta) }

// poolArgument gives argument n when it is a pool, else nil.
func poolArgument(L *lua.LState, n int) *workerPool {
	if ud, ok := L.Get(n).(*lua.LUserData); ok {
		p, _ := ud.Value.(*workerPool)
		return p
	}
	return nil
}

func checkPool(L *lua.LState, call string) *workerPool {
	p := poolArgument(L, 1)
	if p == nil {
		luaerr.RaiseArg(L, call, 1, "pool", "a worker pool expected, got %s", args.Show(L.Get(1)))
	}
	return p
}

// openPool makes the methods of pools: workers, push, take, put, clear.
func (m *Module) openPool(L *lua.LState) {
	mt := L.NewTypeMetatable(poolMeta)
	mt.RawSetString(vm.NameKey, lua.LString("worker pool"))
	mt.RawSetString("__index", L.SetFuncs(L.NewTable(), map[string]lua.LGFunction{
		"workers": func(L *lua.LState) int { L.Push(PidList(L, checkPool(L, "workers").members())); return 1 },
		"push": func(L *lua.LState) int {
			checkPool(L, "push").add(m.pidsArgument(L, 2, "push", nil)...)
			return 0
		},
		"take": func(L *lua.LState) int {
			L.Push(lua.LNumber(m.takeWorker(L, checkPool(L, "take"))))
			return 1
		},
		"put": func(L *lua.LState) int {
			checkPool(L, "put").put(m.pidArgument(L, 2, "put"))
			return 0
		},
		"clear": func(L *lua.LState) int {
			if p := checkPool(L, "clear"); p.sent != nil {
				p.sent.clear()
			}
			return 0
		},
	}))
	mt.RawSetString("__len", L.NewFunction(func(L *lua.LState) int {
		L.Push(lua.LNumber(len(checkPool(L, "#").members())))
		return 1
	}))
	mt.RawSetString("__tostring", L.NewFunction(func(L *lua.LState) int {
		L.Push(lua.LString(fmt.Sprintf("pool of pids %v", checkPool(L, "tostring").members())))
		return 1
	}))
}

func (m *Module) takeWorker(L *lua.LState, p *workerPool) (pid rpc.Pid) {
	m.wait(L, func(ctx context.Context) (err error) {
		pid, err = p.take(ctx)
		return err
	})
	return pid
}

// applyInPool calls a function on the next free worker of a pool.
func (m *Module) applyInPool(L *lua.LState, p *workerPool, fn lua.LValue, args []lua.LValue) *rpc.Reply {
	pid := m.takeWorker(L, p)
	defer p.put(pid)
	if p.sent == nil {
		return m.call(L, pid, eval.Call(m.message(L, "the function, argument", fn, args)))
	}
	f := p.sent.function(L, fn)
	msg, err := m.interp.Codec().Encode(L, "argument", args...)
	if err != nil {
		luaerr.Raise(L, luaerr.From(err))
	}
	if install := f.install(pid); install != nil {
		m.wait(L, func(ctx context.Context) error {
			err := install.Sent(ctx)
			if err != nil {
				f.lost(pid)
			}
			return err
		})
	}
	return m.call(L, pid, rpc.Request{Service: serviceApply, Data: f.data(), Message: msg})
}

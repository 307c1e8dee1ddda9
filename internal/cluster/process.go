package cluster

import (
	"context"
	"slices"
	"time"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/args"
	"github.com/mpiclus/mpiclus-lua/internal/lua51/vm"
	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
	"github.com/mpiclus/mpiclus-lua/internal/rpc"
)

const serviceInterrupt = "interrupt" // stop what others asked this process to do; parameter: the reason

func (m *Module) myid(L *lua.LState) int {
	L.Push(lua.LNumber(m.Node.Self()))
	return 1
}

// procs is procs() → all pids, or procs(manager) → those of its workers.
func (m *Module) procs(L *lua.LState) int {
	pids := m.Node.Members()
	if L.Get(1) != lua.LNil {
		pids, _ = managerProcesses(L, "procs")
		pids = slices.DeleteFunc(pids, func(p rpc.Pid) bool { return !m.Node.IsMember(p) })
	}
	L.Push(PidList(L, pids))
	return 1
}

// mpiprocs is mpiprocs(manager) → the ranks of its workers.
func (m *Module) mpiprocs(L *lua.LState) int {
	_, ranks := managerProcesses(L, "mpiprocs")
	t := L.NewTable()
	for _, rank := range ranks {
		vm.Append(t, lua.LNumber(rank))
	}
	L.Push(t)
	return 1
}

// managerProcesses reads argument 1, a manager or the table that one becomes
// when it travels: pids and ranks, each sorted.
func managerProcesses(L *lua.LState, call string) (pids []rpc.Pid, ranks []int) {
	byRank, ok := lua.LNil, false
	switch L.Get(1).(type) {
	case *lua.LTable, *lua.LUserData:
		byRank, ok = L.GetField(L.Get(1), "mpi2j"), true
	}
	table, isTable := byRank.(*lua.LTable)
	if !ok || !isTable {
		luaerr.RaiseArg(L, call, 1, "manager", "a manager expected, got %s", args.Show(L.Get(1)))
	}
	for _, rank := range RankKeys(table) {
		ranks = append(ranks, rank)
		pid, _ := vm.RawGet(table, lua.LNumber(rank)).(lua.LNumber)
		pids = append(pids, rpc.Pid(pid))
	}
	slices.Sort(pids)
	return pids, ranks
}

// RankKeys gives the whole numbers among a table's keys, in order.
func RankKeys(t *lua.LTable) []int {
	var ranks []int
	vm.ForEach(t, func(k, _ lua.LValue) {
		if n, ok := k.(lua.LNumber); ok && lua.LNumber(int(n)) == n {
			ranks = append(ranks, int(n))
		}
	})
	slices.Sort(ranks)
	return ranks
}

// each walks the table that mpido gave, in rank order:
// for rank, v in cluster.each(result).
func each(L *lua.LState) int {
	t, ok := L.Get(1).(*lua.LTable)
	if !ok {
		luaerr.RaiseArg(L, "each", 1, "result", "a table expected, got %s", args.Show(L.Get(1)))
	}
	ranks := RankKeys(t)
	next := 0
	L.Push(L.NewFunction(func(L *lua.LState) int {
		if next == len(ranks) {
			return 0
		}
		L.Push(lua.LNumber(ranks[next]))
		L.Push(vm.RawGet(t, lua.LNumber(ranks[next])))
		next++
		return 2
	}))
	return 1
}

// interrupt is interrupt([pids]): stops what processes run, all workers by
// default; they go on living.
func (m *Module) interrupt(L *lua.LState) int {
	pids := m.pidsArgument(L, 1, "interrupt", m.workers())
	m.wait(L, func(ctx context.Context) error {
		_, err := m.callAll(ctx, pids, rpc.Request{Service: serviceInterrupt})
		return err
	})
	return 0
}

// StopWorkers is interrupt for all workers and this process, with a reason: what they
// were asked to do stops. It does not wait.
func (m *Module) StopWorkers(why *luaerr.Error) {
	for _, pid := range m.workers() {
		if pid != m.Node.Self() {
			_ = m.Node.Tell(context.Background(), pid, rpc.Request{Service: serviceInterrupt, Data: []byte(why.Message), Background: true})
		}
	}
	m.Node.Interrupt(why)
}

func (m *Module) serveInterrupt(r *rpc.Incoming) {
	why := luaerr.New(luaerr.Interrupted, "interrupted by pid %d", r.From)
	if len(r.Data) > 0 {
		why.Message = string(r.Data)
	}
	r.Post(rpc.Reply{})
	m.Node.Interrupt(why)
	if m.cfg.Stopped != nil {
		m.cfg.Stopped(why)
	}
}

// sleep is sleep(seconds): other tasks of the process run meanwhile.
func (m *Module) sleep(L *lua.LState) int {
	d := seconds(L, 1, "sleep")
	m.wait(L, func(ctx context.Context) error { return pause(ctx, d) })
	return 0
}

func pause(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return stopped(ctx)
	}
}

// timedwait asks f again and again, at first every millisecond, later every
// 0.1 s.
func (m *Module) timedwait(L *lua.LState) int {
	const first, last = time.Millisecond, 100 * time.Millisecond
	f, ok := L.Get(1).(*lua.LFunction)
	if !ok {
		luaerr.RaiseArg(L, "timedwait", 1, "f", "a function expected, got %s", args.Show(L.Get(1)))
	}
	limit := seconds(L, 2, "timedwait")
	begin := time.Now()
	for next := first; ; next = min(2*next, last) {
		L.Push(f)
		L.Call(0, 1)
		yes := lua.LVAsBool(L.Get(-1))
		L.Pop(1)
		left := limit - time.Since(begin)
		switch {
		case yes:
			L.Push(lua.LString("ok"))
			return 1
		case left <= 0:
			L.Push(lua.LString("timed_out"))
			return 1
		}
		m.wait(L, func(ctx context.Context) error { return pause(ctx, min(next, left)) })
	}
}

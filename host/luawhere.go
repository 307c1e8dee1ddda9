package host

import (
	"context"
	"strings"
	"sync"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/cluster"
	"github.com/mpiclus/mpiclus-lua/internal/deadlock"
	"github.com/mpiclus/mpiclus-lua/internal/lua51/vm"
	"github.com/mpiclus/mpiclus-lua/internal/protocol"
	"github.com/mpiclus/mpiclus-lua/internal/rpc"
	"github.com/mpiclus/mpiclus-lua/worker"
)

// luaManagerWhere is manager:where() → a table by rank of what each is at.
func (h *Host) luaManagerWhere(L *lua.LState) int {
	m := checkManager(L, 1, "where")
	var w *Whereabouts
	asker := h.interp.Current().Number()
	_ = h.interp.Wait(L, func(ctx context.Context) error { w = m.Where(ctx, asker); return nil })
	t := L.NewTable()
	for rank := range w.Ranks {
		vm.SetInt(t, rank, w.entry(L, rank))
	}
	L.Push(finishWhere(L, t, w.String(), w.Deadlocks))
	return 1
}

// luaWhere is cluster.where() → the same by pid, of all managers and of the master.
func (h *Host) luaWhere(L *lua.LState) int {
	var all []*Whereabouts
	asker := h.interp.Current().Number()
	_ = h.interp.Wait(L, func(ctx context.Context) error { all = h.allWhere(ctx, asker); return nil })
	t := L.NewTable()
	var texts, deadlocks []string
	for _, w := range all {
		for rank, pid := range w.Pids {
			vm.SetInt(t, int(pid), w.entry(L, rank))
		}
		texts = append(texts, w.headed())
		deadlocks = append(deadlocks, w.Deadlocks...)
	}
	if h.rank == nil {
		own := &Whereabouts{Pids: []rpc.Pid{rpc.Master}, Hosts: []string{""}, Ranks: []deadlock.Rank{{Known: true, Where: h.ownWhere()}}}
		e := own.entry(L, 0)
		e.RawSetString("rank", lua.LNil)
		vm.SetInt(t, int(rpc.Master), e)
		texts = append([]string{"where the master is:\n" + own.table("pid", int(rpc.Master))}, texts...)
	}
	L.Push(finishWhere(L, t, strings.Join(texts, "\n"), deadlocks))
	return 1
}

// allWhere asks the ranks of all managers at the same time.
func (h *Host) allWhere(ctx context.Context, asker uint64) []*Whereabouts {
	managers := h.all()
	all := make([]*Whereabouts, len(managers))
	var asked sync.WaitGroup
	for i, m := range managers {
		asked.Go(func() { all[i] = m.Where(ctx, asker) })
	}
	asked.Wait()
	return all
}

// ownWhere tells what this process is at, which is in no MPI.
func (h *Host) ownWhere() protocol.Where {
	return protocol.Where{Tasks: worker.Tasks(h.interp), Queue: h.interp.InLine(), Memory: worker.Memory()}
}

// entry is what a script sees of a rank: what its main task is at, and in the list
// tasks what all of them are at, where there are several.
func (w *Whereabouts) entry(L *lua.LState, rank int) *lua.LTable {
	r := &w.Ranks[rank]
	list := acts(r)
	e := list[0].table(L)
	e.RawSetString("rank", lua.LNumber(rank))
	e.RawSetString("pid", lua.LNumber(w.Pids[rank]))
	e.RawSetString("host", lua.LString(w.Hosts[rank]))
	if r.Known {
		e.RawSetString("queue", lua.LNumber(r.Queue))
		e.RawSetString("memory", lua.LNumber(r.Memory))
	}
	if len(list) > 1 {
		tasks := L.CreateTable(len(list), 0)
		for i := range list {
			vm.SetInt(tasks, i+1, list[i].table(L))
		}
		e.RawSetString("tasks", tasks)
	}
	return e
}

func (a *act) table(L *lua.LState) *lua.LTable {
	t := L.NewTable()
	text := func(name, s string) {
		if s != "" {
			t.RawSetString(name, lua.LString(s))
		}
	}
	text("state", a.state)
	text("task", a.task)
	text("line", a.line)
	text("call", a.call)
	if a.since > 0 {
		t.RawSetString("since", lua.LNumber(a.since.Seconds()))
	}
	if c := a.mpi; c != nil {
		for name, n := range map[string]int{"peer": c.Peer, "tag": c.Tag, "root": c.Root} {
			if n != protocol.None {
				t.RawSetString(name, lua.LNumber(n))
			}
		}
		t.RawSetString("bytes", lua.LNumber(c.Bytes))
		text("comm", c.Comm)
		text("detail", c.Detail)
	}
	return t
}

// finishWhere makes a table one that tostring shows as a text, and whose field deadlock
// has the deadlocks, nil if there are none.
func finishWhere(L *lua.LState, t *lua.LTable, text string, deadlocks []string) *lua.LTable {
	mt := L.NewTable()
	cluster.MarkGroup(mt)
	mt.RawSetString("__tostring", L.NewFunction(func(L *lua.LState) int { L.Push(lua.LString(text)); return 1 }))
	methods := L.NewTable()
	if len(deadlocks) > 0 {
		methods.RawSetString("deadlock", lua.LString(strings.Join(deadlocks, "\n")))
	}
	mt.RawSetString("__index", methods)
	vm.RefuseList(mt, "what where() gives is no list: its keys are ranks, from 0, or pids. Walk it with 'for rank, at in cluster.each(where)'")
	t.Metatable = mt
	return t
}

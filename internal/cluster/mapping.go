package cluster

import (
	"context"
	"time"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/eval"
	"github.com/mpiclus/mpiclus-lua/internal/lua51/vm"
	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
	"github.com/mpiclus/mpiclus-lua/internal/rpc"
)

// mapping is a pmap at work. All of it but the answers belongs to who holds
// the interpreter.
type mapping struct {
	m  *Module
	fn *sentFunction
	options
	n       int
	items   []lua.LValue
	results []lua.LValue // those that are decoded, and those of on_error
	parts   []*eval.Part // results that are not decoded yet
	order   []int        // the items, as they were done
	done    int
	queue   queue
	running map[rpc.Pid]*batch
	kills   map[int]int // workers that an item has killed
	tries   map[int]int // retries of an item
	deaths  []death
	avoid   []rpc.Pid // the master, once workers have died: it must not be next
	alive   int       // workers in the pool when it last had none to lend
	pace    pace
	flaw    error // an item that cannot be sent
	inbox   answers
	signal  chan struct{} // there are answers
}

// batch is what a worker is at.
type batch struct {
	items []int
	call  *rpc.Call
	since time.Time
}

// death is the loss of a worker, and what it was at.
type death struct {
	pid   rpc.Pid
	at    time.Time
	items []int
}

// finish notes that an item has its result.
func (p *mapping) finish(L *lua.LState, i int) {
	p.done++
	p.order = append(p.order, i)
	p.progress.add(1)
	if p.onResult != nil {
		call1(L, p.onResult, p.result(L, i), p.items[i], lua.LNumber(i+1))
	}
}

// result gives what f returned for an item, or on_error made of its error. It
// is decoded once.
func (p *mapping) result(L *lua.LState, i int) lua.LValue {
	if part := p.parts[i]; part != nil {
		if len(p.m.interp.Codec().Missing(part.Message)) > 0 {
			p.m.wait(L, func(ctx context.Context) error {
				return p.m.Node.FetchSources(ctx, part.From, part.Message)
			})
		}
		p.parts[i], p.results[i] = nil, lua.LNil
		vs, err := p.m.Eval.PartValues(L, part)
		if err != nil {
			luaerr.Raise(L, luaerr.From(err))
		}
		if len(vs) > 0 {
			p.results[i] = vs[0]
		}
	}
	return p.results[i]
}

// collect makes the list of results: in the order of the items, or in that in
// which they were done.
func (p *mapping) collect(L *lua.LState) *lua.LTable {
	t := L.CreateTable(p.n, 0)
	for place, i := range p.order {
		if !p.unordered {
			place = i
		}
		if v := p.result(L, i); v != lua.LNil {
			vm.SetInt(t, place+1, v)
		}
	}
	return t
}

// size is how many items the next batch gets. Near the end batches become
// small, so that all workers end at about the same time.
func (p *mapping) size() int {
	if !p.auto {
		return p.batch
	}
	if p.pace.item == 0 {
		return 1
	}
	fair := p.queue.left() / (3 * max(len(p.running), 1))
	return max(min(int(batchTime/max(p.pace.item, 1)), fair), 1)
}

func call1(L *lua.LState, fn lua.LValue, args ...lua.LValue) lua.LValue {
	L.Push(fn)
	for _, a := range args {
		L.Push(a)
	}
	L.Call(len(args), 1)
	v := L.Get(-1)
	L.Pop(1)
	return v
}

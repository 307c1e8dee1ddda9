package cluster

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
	"github.com/mpiclus/mpiclus-lua/internal/rpc"
	"github.com/mpiclus/mpiclus-lua/internal/spans"
)

// failed handles a batch that has no answer. A worker that died may have been
// killed by an item: each is tried again by itself.
func (p *mapping) failed(L *lua.LState, a answer, b *batch) {
	e := luaerr.From(a.err)
	if e.Kind != luaerr.Lost {
		luaerr.Raise(L, e)
	}
	e.Handle()
	// Closed: nothing died, the rest of a job that is started afresh was ended.
	counts := !p.collateral(a.pid, b.items) && !errors.Is(e, ErrClosed)
	p.deaths = append(p.deaths, death{a.pid, time.Now(), b.items})
	p.avoid = []rpc.Pid{rpc.Master}
	var again []int // as scripts count
	for _, i := range b.items {
		if counts {
			p.kills[i]++
		}
		if p.kills[i] >= maxKills {
			given := *e
			given.Message = itemText(i) + "given up, because three workers died with it; the last: " + e.Message
			p.itemLost(L, i, &given)
			continue
		}
		p.queue.alone(i)
		again = append(again, i+1)
	}
	if len(again) > 0 {
		what, _, _ := strings.Cut(e.Error(), "\n") // what it wrote last was shown when it came
		if errors.Is(e, ErrClosed) {
			what = "its job was closed, or is started afresh"
		}
		slices.Sort(again)
		p.m.Eval.ReportSoon(fmt.Sprintf("mpiclus-lua: pmap goes on without pid %d: %s; to be tried again: %s", a.pid, what, spans.Named("item", again)))
	}
}

// maxKills is how many workers an item may cost.
const maxKills = 3

// jobsEnd is how long it may take until a rank that died has taken the others
// of its MPI job along.
const jobsEnd = 5 * time.Second

// collateral tells whether a worker seems to have died because another one of
// its job did, with another item.
func (p *mapping) collateral(pid rpc.Pid, items []int) bool {
	if p.m.cfg.SameJob == nil {
		return false
	}
	for _, d := range p.deaths {
		same := slices.ContainsFunc(items, func(i int) bool { return slices.Contains(d.items, i) })
		if !same && time.Since(d.at) < jobsEnd && p.m.cfg.SameJob(pid, d.pid) {
			return true
		}
	}
	return false
}

// itemFailed handles an error that f raised: a retry, on_error, or the end.
func (p *mapping) itemFailed(L *lua.LState, i int, e *luaerr.Error) {
	if p.tries[i] < len(p.delays) && (p.retryCheck == nil || lua.LVAsBool(call1(L, p.retryCheck, e.ToLua(L)))) {
		p.queue.later(i, p.delays[p.tries[i]])
		p.tries[i]++
		return
	}
	p.itemLost(L, i, e)
}

func (p *mapping) itemLost(L *lua.LState, i int, e *luaerr.Error) {
	if p.onError == nil {
		what := itemText(i)
		if e.Kind == luaerr.Lost {
			what = "" // it says so itself
		}
		named := e.Within(what)
		named.Errors = map[int]*luaerr.Error{e.Rank: e}
		luaerr.Raise(L, named)
	}
	p.results[i] = call1(L, p.onError, e.ToLua(L), p.items[i])
	p.finish(L, i)
}

// revive finds other workers when the pool has none any more: those of other
// managers, else those of the jobs that are started again.
func (p *mapping) revive(L *lua.LState) {
	others := p.m.Node.Members()
	if len(others) > 1 {
		p.pool.add(workersOf(others)...)
		return
	}
	if p.m.cfg.Revive == nil || len(p.deaths) == 0 {
		luaerr.Raise(L, luaerr.New(luaerr.Lost, "the pool has no workers (any more)"))
	}
	var fresh, dead []rpc.Pid
	for _, d := range p.deaths {
		dead = append(dead, d.pid)
	}
	p.m.wait(L, func(ctx context.Context) (err error) {
		fresh, err = p.m.cfg.Revive(ctx, dead)
		return err
	})
	p.pool.add(fresh...)
	if len(fresh) == 0 {
		luaerr.Raise(L, luaerr.New(luaerr.Lost, "the pool has no workers any more"))
	}
}

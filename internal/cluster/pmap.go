package cluster

import (
	"context"
	"time"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/eval"
	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
	"github.com/mpiclus/mpiclus-lua/internal/rpc"
	"github.com/mpiclus/mpiclus-lua/internal/value"
)

// pmap is pmap(f, list, opts): f(item) for each item, on the workers of a
// pool, a batch at a time on each; the results are in the order of the items.
func (m *Module) pmap(L *lua.LState) int {
	fn := BodyArgument(m.interp, L, 1, "pmap")
	items := mapItems(L, 2)
	if m.cfg.Settle != nil {
		m.wait(L, func(ctx context.Context) error { m.settle(ctx); return nil })
	}
	p := &mapping{
		m: m, n: len(items), options: m.mapOptions(L, 3), items: items,
		kills: map[int]int{}, tries: map[int]int{}, signal: make(chan struct{}, 1), running: map[rpc.Pid]*batch{},
	}
	p.results, p.parts = make([]lua.LValue, p.n), make([]*eval.Part, p.n)
	p.queue.all(p.n)
	if p.pool.sent != nil {
		p.fn = p.pool.sent.function(L, fn)
	} else {
		p.fn = m.newSent(L, fn)
		defer p.fn.drop()
	}
	defer p.stop()
	p.progress.start(p.n)
	p.run(L)
	L.Push(p.collect(L))
	return 1
}

// run hands out batches and takes answers until all items are done.
func (p *mapping) run(L *lua.LState) {
	for p.done < p.n {
		pool, cluster := p.pool.news(), p.m.Node.MembersChange() // before the look that they tell to repeat
		sends := p.handOut(L)
		if p.flaw == nil && len(p.running) == 0 && !p.queue.idle() && p.alive == 0 {
			p.revive(L)
			continue
		}
		p.m.wait(L, func(ctx context.Context) error {
			for _, s := range sends {
				s.send(ctx, p)
			}
			if p.flaw != nil {
				return p.flaw
			}
			return p.await(ctx, pool, cluster)
		})
		for _, a := range p.inbox.take() {
			p.settle(L, a)
		}
	}
}

// await returns when there is something to do. Items whose delay ends stay
// where they are: the timer tells of them, also of those that are late.
func (p *mapping) await(ctx context.Context, pool, cluster <-chan struct{}) error {
	if p.queue.idle() { // a free worker would be of no use
		pool, cluster = nil, nil
	}
	var due <-chan time.Time
	if wait, ok := p.queue.nextDue(); ok {
		t := time.NewTimer(wait)
		defer t.Stop()
		due = t.C
	}
	select {
	case <-p.signal:
	case <-pool:
	case <-cluster:
	case <-due:
	case <-ctx.Done():
		return stopped(ctx)
	}
	return nil
}

// handOut gives work to each free worker; what it gives is to be sent.
func (p *mapping) handOut(L *lua.LState) (sends []send) {
	for !p.queue.empty() {
		pid, ok, alive := p.pool.tryTake(p.avoid...)
		if !ok {
			p.alive = alive
			break
		}
		b := &batch{items: p.queue.next(p.size()), since: time.Now()}
		msg, err := p.pack(L, b.items)
		if err != nil {
			p.pool.put(pid)
			p.flaw = err // raised once what was prepared before is sent
			break
		}
		p.running[pid] = b
		install := p.fn.install(pid)
		b.call = p.m.start(pid, rpc.Request{
			Service: serviceMap, Data: p.data(), Message: msg,
			OnReply: func(reply *rpc.Reply, err error) { p.answer(answer{pid, reply, err}) },
		})
		sends = append(sends, send{pid, install, b.call})
	}
	return sends
}

// send is a request whose place in the line is taken.
type send struct {
	pid            rpc.Pid
	install, batch *rpc.Call
}

func (s send) send(ctx context.Context, p *mapping) {
	if s.install != nil {
		if s.install.Sent(ctx) != nil { // the request after it fails as well
			p.fn.lost(s.pid)
		}
	}
	if err := s.batch.Sent(ctx); err != nil {
		p.answer(answer{s.pid, nil, err})
	}
}

func (p *mapping) data() []byte {
	return append(p.fn.data(), flags(p.onError != nil || len(p.delays) > 0, p.pool.sent != nil))
}

func flags(goOn, keep bool) byte {
	var b byte
	if goOn {
		b |= mapGoOn
	}
	if keep {
		b |= mapKeep
	}
	return b
}

// pack encodes each item by itself, so that what two of them share is not
// shared on arrival, whatever the size of batches.
func (p *mapping) pack(L *lua.LState, items []int) (*value.Message, error) {
	parts := make([]eval.Part, len(items))
	for k, i := range items {
		msg, err := p.m.interp.Codec().Encode(L, "the item", p.items[i])
		if err != nil {
			return nil, luaerr.From(err).Within(itemText(i))
		}
		parts[k].Message = msg
	}
	return eval.Pack(parts), nil
}

func (p *mapping) answer(a answer) {
	p.inbox.add(a)
	select {
	case p.signal <- struct{}{}:
	default:
	}
}

// settle takes the answer of a worker.
func (p *mapping) settle(L *lua.LState, a answer) {
	b := p.running[a.pid]
	if b == nil {
		return
	}
	delete(p.running, a.pid)
	if a.err == nil && a.reply.Raised {
		_, a.err = p.m.Eval.Values(L, a.reply)
	}
	var parts []*eval.Part
	if a.err == nil {
		if parts = p.m.Eval.UnpackReply(a.reply); len(parts) == 0 {
			a.err = luaerr.New(luaerr.Script, "pid %d gave an answer without results", a.pid)
		}
	}
	if a.err != nil {
		p.pool.put(a.pid)
		p.failed(L, a, b)
		return
	}
	p.pace.add(len(b.items), time.Since(b.since))
	p.pool.put(a.pid)
	for k, i := range b.items {
		switch {
		case k >= len(parts): // it stopped at an item before
			p.queue.again(i)
		case parts[k].Raised:
			_, err := p.m.Eval.PartValues(L, parts[k])
			p.itemFailed(L, i, luaerr.From(err))
		default:
			p.parts[i] = parts[k]
			p.finish(L, i)
		}
	}
}

// stop ends what still runs, when pmap ends before all is done.
func (p *mapping) stop() {
	p.progress.end()
	for pid, b := range p.running {
		b.call.Cancel(errStopped)
		p.pool.put(pid)
	}
	p.running = nil
}

var errStopped = luaerr.New(luaerr.Interrupted, "stopped, because pmap has ended")

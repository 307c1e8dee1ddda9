package cluster

import (
	"context"
	"time"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
	"github.com/mpiclus/mpiclus-lua/internal/objects"
)

// limit is how long a call may wait. The zero value waits for ever.
type limit struct {
	call string
	set  bool
	time time.Duration
	end  time.Time
}

// answerLimit bounds how long a limit that is shorter is drawn out for an answer
// that is on its way from another process.
const answerLimit = 50 * time.Millisecond

// limitArgument reads argument n of a call as a time limit: a number of
// seconds, or nil for none. The time begins to run.
func limitArgument(L *lua.LState, n int, call string) limit {
	if L.Get(n) == lua.LNil {
		return limit{}
	}
	if ref := referenceOf(L.Get(n)); ref != nil {
		luaerr.RaiseArg(L, call, n, "seconds", "a number from 0 expected, got another %s: for several of them pass a list, as in cluster.%s{ a, b }", ref.Kind, call)
	}
	d := seconds(L, n, call)
	return limit{call: call, set: true, time: d, end: time.Now().Add(d)}
}

// presence is how a limit that is too short for an answer finds out whether what is
// waited for is there already.
type presence struct {
	ask   func(ctx context.Context) bool
	stays bool // once it is there, nobody else can take it
}

// presenceOf is that of a future or a channel.
func presenceOf(ref *objects.Reference) presence {
	return presence{func(ctx context.Context) bool { return isThere(ctx, ref) }, ref.Kind != objects.KindChannel}
}

func isThere(ctx context.Context, ref *objects.Reference) bool {
	ready, err := ref.Ready(ctx)
	return err != nil || ready
}

// within returns a context that ends when the limit does, with an error that
// says what was waited for. Where the limit is too short for an answer of another
// process, that is asked, and the context ends when it has nothing.
func (l limit) within(ctx context.Context, what string, p presence) (context.Context, context.CancelFunc) {
	if !l.set {
		return ctx, func() {}
	}
	late := luaerr.New(luaerr.Timeout, "%s: %s did not come within %v", l.call, what, l.time)
	if time.Until(l.end) >= answerLimit {
		return context.WithDeadlineCause(ctx, l.end, late)
	}
	ctx, end := context.WithCancelCause(ctx)
	most := time.AfterFunc(answerLimit, func() { end(late) })
	go func() {
		if p.ask(ctx) {
			if p.stays {
				most.Stop() // however long its way is
			}
			return
		}
		select {
		case <-time.After(time.Until(l.end)):
			end(late)
		case <-ctx.Done():
		}
	}()
	return ctx, func() { most.Stop(); end(context.Canceled) }
}

// wait is Module.wait within the limit. what says what is waited for, p whether it
// is there.
func (l limit) wait(m *Module, L *lua.LState, what string, p presence, wait func(ctx context.Context) error) {
	m.wait(L, func(ctx context.Context) error {
		ctx, cancel := l.within(ctx, what, p)
		defer cancel()
		return wait(ctx)
	})
}

package cluster

import (
	"context"
	"time"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
)

// limit is how long a call may wait. The zero value waits for ever.
type limit struct {
	call string
	set  bool
	time time.Duration
	end  time.Time
}

// leastLimit is the limit that 0 stands for: an answer of another process
// takes a moment.
const leastLimit = 50 * time.Millisecond

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
	return limit{call: call, set: true, time: d, end: time.Now().Add(max(d, leastLimit))}
}

// within returns a context that ends when the limit does, with an error that
// says what was waited for.
func (l limit) within(ctx context.Context, what string) (context.Context, context.CancelFunc) {
	if !l.set {
		return ctx, func() {}
	}
	return context.WithDeadlineCause(ctx, l.end,
		luaerr.New(luaerr.Timeout, "%s: %s did not come within %v", l.call, what, l.time))
}

// wait is Module.wait within the limit. what says what is waited for.
func (l limit) wait(m *Module, L *lua.LState, what string, wait func(ctx context.Context) error) {
	m.wait(L, func(ctx context.Context) error {
		ctx, cancel := l.within(ctx, what)
		defer cancel()
		return wait(ctx)
	})
}

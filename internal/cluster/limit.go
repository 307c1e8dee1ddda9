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

// coming asks whether what is waited for is there, so that it only has to arrive.
type coming func(ctx context.Context) bool

// comes is coming for a future or a channel.
func comes(ref *objects.Reference) coming {
	return func(ctx context.Context) bool {
		ready, err := ref.Ready(ctx)
		return err != nil || ready
	}
}

// within returns a context that ends when the limit does, with an error that
// says what was waited for. Where the limit is too short for an answer of another
// process, it ends once those have been asked and have nothing.
func (l limit) within(ctx context.Context, what string, is coming) (context.Context, context.CancelFunc) {
	if !l.set {
		return ctx, func() {}
	}
	late := luaerr.New(luaerr.Timeout, "%s: %s did not come within %v", l.call, what, l.time)
	if time.Until(l.end) >= answerLimit {
		return context.WithDeadlineCause(ctx, l.end, late)
	}
	ctx, cancel := context.WithTimeoutCause(ctx, answerLimit, late)
	ctx, end := context.WithCancelCause(ctx)
	go func() {
		if is(ctx) {
			return
		}
		select {
		case <-time.After(time.Until(l.end)):
			end(late)
		case <-ctx.Done():
		}
	}()
	return ctx, func() { end(context.Canceled); cancel() }
}

// wait is Module.wait within the limit. what says what is waited for, is whether it
// comes.
func (l limit) wait(m *Module, L *lua.LState, what string, is coming, wait func(ctx context.Context) error) {
	m.wait(L, func(ctx context.Context) error {
		ctx, cancel := l.within(ctx, what, is)
		defer cancel()
		return wait(ctx)
	})
}

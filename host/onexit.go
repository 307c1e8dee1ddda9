package host

import (
	"cmp"
	"context"
	"sync"
	"time"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/interp"
	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
)

// onExit are the functions that a script wants to be called at its end.
type onExit struct {
	mu   sync.Mutex
	list []exitCall
	over bool // they were called, or are being called
}

type exitCall struct {
	fn    *lua.LFunction
	limit time.Duration
}

// onExitLimit is how long a function of on_exit may take, unless it says more.
const onExitLimit = 10 * time.Second

// luaOnExit is on_exit(f, { limit = seconds }): f is called when the script
// ends, in whichever way.
func (h *Host) luaOnExit(L *lua.LState) int {
	fn, ok := L.Get(1).(*lua.LFunction)
	if !ok {
		luaerr.RaiseArg(L, "on_exit", 1, "f", "a function expected, got %s", L.Get(1).Type())
	}
	call := exitCall{fn, onExitLimit}
	o := readOptions(L, 2, "on_exit")
	o.seconds("limit", &call.limit)
	o.done()
	h.onExit.mu.Lock()
	defer h.onExit.mu.Unlock()
	if h.onExit.over {
		luaerr.Raise(L, luaerr.New(luaerr.Argument, "on_exit: the script is ending already"))
	}
	h.onExit.list = append(h.onExit.list, call)
	return 0
}

// runOnExit calls the functions of on_exit, the last first, with the error
// that ended the script, or nil, and reports what failed: what they were to save
// is not. The error is that of the first that failed.
func (h *Host) runOnExit(why error) (first error) {
	h.onExit.mu.Lock()
	list := h.onExit.list
	h.onExit.list, h.onExit.over = nil, true
	h.onExit.mu.Unlock()
	for i := len(list) - 1; i >= 0; i-- {
		if err := h.callOnExit(list[i], why); err != nil {
			h.report(err)
			first = cmp.Or(first, err)
		}
	}
	return first
}

// callOnExit calls one function. One that is in a call that does not stop is
// left behind after its limit: the process ends soon.
func (h *Host) callOnExit(call exitCall, why error) error {
	limit := luaerr.New(luaerr.Timeout, "a function of cluster.on_exit took longer than %v (option limit for more time)", call.limit)
	ctx, cancel := context.WithTimeoutCause(context.Background(), call.limit, limit)
	defer cancel()
	var err error
	task := h.interp.Start(ctx, "on_exit", func(t *interp.Task) {
		arg := lua.LValue(lua.LNil)
		if why != nil {
			arg = luaerr.From(why).ToLua(t.L())
		}
		_, err = t.Call(call.fn, arg)
	})
	select {
	case <-task.Done():
		if err != nil && ctx.Err() != nil {
			return limit
		}
		return err
	case <-time.After(call.limit + lastNote):
		return limit
	}
}

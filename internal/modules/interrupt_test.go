package modules

import (
	"context"
	"errors"
	"runtime"
	"strings"
	"testing"
	"time"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
	"github.com/mpiclus/mpiclus-lua/internal/philox"
)

// TestInterrupts: what calls functions of a script ends at an interrupt, whether one
// call never ends or they are without number, and leaves nothing behind.
func TestInterrupts(t *testing.T) {
	before := runtime.NumGoroutine()
	for _, call := range []string{
		"optimize.minimize(function(x) begun() while true do end end, 1)",
		"local n = 0 optimize.minimize(function(x) begun() n = n - 1 return n end, {1, 2, 3}, {method = 'nelder-mead', limit = 2^40})",
		"pcall(optimize.minimize, function(x) begun() while true do end end, 1) while true do end",
		"optimize.root(function(x) begun() while true do end end, 0, 1)",
		"integrate.quad(function(x) begun() return math.random() end, 0, 1, {limit = 2^40})",
		"integrate.ode(function(t, y) begun() return math.sin(t * 1e9) end, 1, {0, 1e9}, {limit = 2^40})",
	} {
		in := newInterp(t, philox.Origin{})
		ctx, cancel := context.WithCancelCause(t.Context())
		begun := func(L *lua.LState) {
			L.SetGlobal("begun", L.NewFunction(func(*lua.LState) int {
				time.AfterFunc(10*time.Millisecond, func() { cancel(errors.New("enough")) })
				return 0
			}))
		}
		ended := make(chan error, 1)
		go func() {
			_, err := run(ctx, in, "job.lua", `local array = require "array" local optimize, integrate = array.optimize, array.integrate `+call, begun)
			ended <- err
		}()
		select {
		case err := <-ended:
			if err == nil || luaerr.From(err).Kind != luaerr.Interrupted || !strings.HasPrefix(err.Error(), "job.lua:1: ") {
				t.Errorf("%s: the error is %v", call, err)
			}
		case <-time.After(10 * time.Second):
			t.Fatalf("%s: the interrupt did not end it", call)
		}
		cancel(nil)
	}
	for range 100 {
		if runtime.NumGoroutine() <= before {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Errorf("%d goroutines more than before", runtime.NumGoroutine()-before)
}

package luafs

import (
	"context"
	"testing"
	"time"

	"github.com/mpiclus/mpiclus-lua/internal/interp"
	"github.com/mpiclus/mpiclus-lua/internal/luamodule"
	"github.com/mpiclus/mpiclus-lua/internal/luamodule/moduletest"

	lua "github.com/yuin/gopher-lua"
)

func add(in *interp.Interp) { in.AddModule("fs", Opener(in)) }

func TestScripts(t *testing.T) { moduletest.Scripts(t, add) }

// TestLeavesWhatHangs: a system call that does not return keeps neither the script
// that is interrupted nor other tasks waiting.
func TestLeavesWhatHangs(t *testing.T) {
	in := interp.New(interp.Config{})
	defer in.Close()
	m := &module{in}
	ctx, cancel := context.WithCancel(t.Context())
	started, hangs := make(chan struct{}), make(chan struct{})
	defer close(hangs)
	task := in.Start(ctx, "hangs", func(task *interp.Task) {
		f := task.L().NewFunction(func(L *lua.LState) int {
			m.do(&luamodule.Call{LState: L, Name: "stat"}, func(context.Context) error { close(started); <-hangs; return nil })
			return 0
		})
		if _, err := task.Call(f); err == nil {
			t.Error("no error of an interrupted script")
		}
	})
	<-started
	in.Run(t.Context(), "other", func(*interp.Task) {})
	cancel()
	select {
	case <-task.Done():
	case <-time.After(10 * time.Second):
		t.Fatal("the script waits on")
	}
}

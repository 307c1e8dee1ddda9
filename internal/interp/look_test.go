package interp

import (
	"context"
	"testing"
	"time"

	lua "github.com/yuin/gopher-lua"
)

// TestLooks: others see which task computes, at which line, which one waits, in
// which function, and which has not begun, also while code runs that does not help.
func TestLooks(t *testing.T) {
	in := New(Config{})
	defer in.Close()
	hold, let := make(chan struct{}), make(chan struct{})
	in.AddModule("wait", func(L *lua.LState) int {
		L.Push(L.SetFuncs(L.NewTable(), map[string]lua.LGFunction{
			"take": func(L *lua.LState) int {
				_ = in.Wait(L, func(ctx context.Context) error { <-ctx.Done(); return nil })
				return 0
			},
			"library": func(*lua.LState) int { close(hold); <-let; return 0 },
		}))
		return 1
	})
	start := func(label, source string) *Task {
		return in.Start(context.Background(), label, func(task *Task) {
			fn, err := in.Codec().Chunks.Load(task.L(), "job.lua", source)
			if err == nil {
				_, err = task.Call(fn)
			}
			if err == nil {
				t.Errorf("%s ended by itself", label)
			}
		})
	}
	expect := func(what string, want ...Look) {
		t.Helper()
		var got []Look
		for end := time.Now().Add(5 * time.Second); time.Now().Before(end); time.Sleep(time.Millisecond) {
			got = in.Looks(20 * time.Millisecond)
			same := len(got) == len(want)
			for i := range got {
				if got[i].Since <= 0 {
					same = false
				}
				got[i].Since, got[i].Number = 0, 0
				same = same && got[i] == want[i]
			}
			if same {
				return
			}
		}
		t.Errorf("%s:\n got %+v\nwant %+v", what, got, want)
	}
	waits := start("first", "local w = require 'wait'\nlocal function f()\n  w.take()\nend\ncoroutine.wrap(f)()")
	expect("one waits", Look{Task: "first", State: TaskWaits, Where: "job.lua:3", Call: "take"})
	runs := start("second", "local n = 0\nlocal function g()\n  while true do n = n + 1 end\nend\ng()\nreturn n")
	queued := in.Start(context.Background(), "third", func(*Task) {})
	expect("one computes", Look{Task: "first", State: TaskWaits, Where: "job.lua:3", Call: "take"},
		Look{Task: "second", State: TaskRuns, Where: "job.lua:3"}, Look{Task: "third", State: TaskQueued})
	if n := in.InLine(); n != 1 {
		t.Errorf("%d tasks wait for the interpreter, want 1", n)
	}
	runs.Cancel(context.Canceled)
	<-queued.Done()
	stuck := start("fourth", "require 'wait'.library()\nwhile true do end")
	<-hold
	expect("one is in a library", Look{Task: "first", State: TaskWaits, Where: "job.lua:3", Call: "take"}, Look{Task: "fourth", State: TaskRuns})
	close(let)
	for _, task := range []*Task{stuck, waits} {
		task.Cancel(context.Canceled)
		<-task.Done()
	}
	expect("all are over")
}

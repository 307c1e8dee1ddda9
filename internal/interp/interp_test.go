package interp

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	lua "github.com/yuin/gopher-lua"
	"go.uber.org/goleak"

	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// run runs source as job.lua and gives what it printed and its error.
func run(t *testing.T, in *Interp, ctx context.Context, source string) error {
	t.Helper()
	return runNamed(t, in, ctx, "job.lua", source)
}

func runNamed(t *testing.T, in *Interp, ctx context.Context, name, source string) error {
	t.Helper()
	var err error
	task := in.Start(ctx, "test", func(task *Task) {
		fn, e := in.Codec().Chunks.Load(task.L(), name, source)
		if err = e; err == nil {
			_, err = task.Call(fn)
		}
	})
	select {
	case <-task.Done():
	case <-time.After(3 * time.Minute):
		t.Fatal("the task hangs")
	}
	return err
}

// notForRace leaves a long test to the runs without the race detector: it is
// for those in which one task runs and no other goroutine takes part.
func notForRace(t *testing.T) {
	t.Helper()
	if raceDetector {
		t.Skip("one goroutine alone: the race detector has nothing to find, and makes it ten times as long")
	}
}

func newTest(t *testing.T) (*Interp, *bytes.Buffer) {
	t.Helper()
	var out bytes.Buffer
	in := New(Config{Stdout: &out})
	in.AddModule("sleepy", func(L *lua.LState) int {
		mod := L.NewTable()
		L.SetFuncs(mod, map[string]lua.LGFunction{"sleep": func(L *lua.LState) int {
			d := time.Duration(float64(L.CheckNumber(1)) * float64(time.Second))
			err := in.Wait(L, func(ctx context.Context) error {
				select {
				case <-time.After(d):
					return nil
				case <-ctx.Done():
					return context.Cause(ctx)
				}
			})
			if err != nil {
				luaerr.Raise(L, luaerr.From(err))
			}
			return 0
		}})
		L.Push(mod)
		return 1
	})
	t.Cleanup(in.Close)
	return in, &out
}

func TestErrors(t *testing.T) {
	for _, c := range []struct{ source, want, traceback string }{
		{"error('boom')", "job.lua:1: boom", "job.lua:1: in main chunk"},
		{"\n\nlocal function f() error('deep') end\nf()", "job.lua:3: deep", "job.lua:4: in main chunk"},
		{"return (function() error('x') end)()", "job.lua:1: x", "job.lua:1: in function <job.lua:1>"},
		{"\nerror{code = 7}", "job.lua:2: {code = 7}", ""},
		{"\nerror(7)", "job.lua:2: 7", ""},
		{"\n\nerror(nil)", "job.lua:3: nil", ""},
		{"local function f()\n  error{}\nend\nf()", "job.lua:2: (error", "job.lua:4: in main chunk"},
		{"local e = {}\nlocal ok, e = pcall(error, e)\nerror(e)", "job.lua:3: (error", ""},
		{"error(setmetatable({code = 7}, {__tostring = function(e) return 'code ' .. e.code end}))", "code 7", ""},
		{"error(setmetatable({}, {__tostring = function(e) error('again') end}))", "job.lua:1: (error object is a table value)", ""},
		{"local x = nil + 1", "job.lua:1: ", ""},
		{"nosuch(1)", "job.lua:1: attempt to call global 'nosuch' (a nil value)", ""},
		{"local t = {}\nt.x = nosuch(1)", "job.lua:2: attempt to call global 'nosuch' (a nil value)", ""},
		{"local f\nf()", "job.lua:2: attempt to call local 'f' (a nil value)", ""},
		{"local t = {}\nt.nosuch(1)", "job.lua:2: attempt to call field 'nosuch' (a nil value): in t.nosuch(1)", ""},
		{"local t = {}\nt:nosuch(type(1))", "job.lua:2: attempt to call method 'nosuch' (a nil value): in t:nosuch(type(1))", ""},
		{"print(nosuch(other()))", "job.lua:1: attempt to call global 'other' (a nil value)", ""},
		{"print(type(1), nosuch(type(2)))", "job.lua:1: attempt to call global 'nosuch' (a nil value)", ""},
		{"local t = {}\nt.x(string.rep('a', 3))", "job.lua:2: attempt to call field 'x' (a nil value): in t.x(string.rep(\"a\", 3))", ""},
		{"local t = {}\nreturn t.x(string.rep('a', 3))", "job.lua:2: attempt to call field 'x' (a nil value): in t.x(string.rep(\"a\", 3))", ""},
		{"local ok, e = pcall(function() nosuch() end)\nerror(e, 0)", "job.lua:1: attempt to call global 'nosuch' (a nil value)", ""},
		{"require 'nowhere'", "job.lua:1: module 'nowhere' not found", ""},
		{"require 'slepy'", "did you mean 'sleepy'?", ""},
		{"x = = 1", "job.lua:1", ""},
		{"local function a(x)\nreturn x.y.z end\nlocal function b(x)\nreturn a(x) end\nlocal function c(x)\nb(x) end\nc{}", "job.lua:2: attempt to index field 'y' (a nil value): in x.y.z",
			"\n\tjob.lua:2: in function <job.lua:1>\n\t(tail call): ?\n\tjob.lua:6: in function 'c'\n\tjob.lua:7: in main chunk"},
	} {
		in, _ := newTest(t)
		err := run(t, in, t.Context(), c.source)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q: got error %v, want %q in it", c.source, err, c.want)
			continue
		}
		if e := luaerr.From(err); !strings.Contains(e.Traceback, c.traceback) {
			t.Errorf("%q: traceback %q lacks %q", c.source, e.Traceback, c.traceback)
		}
	}
}

func TestStandardLibrary(t *testing.T) {
	for _, c := range []struct{ name, source, want string }{
		{"print", "print(1, 'a', nil, true)", "1\ta\tnil\ttrue\n"},
		{"load string", "print(load('return 1 + 1')())", "2\n"},
		{"load pieces", "local p = {'return ', '5'}; local i = 0\nprint(load(function() i = i + 1; return p[i] end)())", "5\n"},
		{"load bad", "print(load('x ='))", "nil"},
		{"loadstring", "print(loadstring('return ...')(3))", "3\n"},
		{"huge", "print(math.huge == 1/0, -math.huge == -1/0)", "true\ttrue\n"},
		{"count", "print(collectgarbage('count') > 0)", "true\n"},
		{"coroutines", `
			local co = coroutine.wrap(function(a) local b = coroutine.yield(a + 1); return b * 2 end)
			print(co(1), co(10))
			print(coroutine.running())
			local c = coroutine.create(function() print(coroutine.status(coroutine.running())) end)
			print(coroutine.status(c), coroutine.resume(c)); print(coroutine.status(c))`,
			"2\t20\nnil\nrunning\nsuspended\ttrue\ndead\n"},
		{"pcall", "print(pcall(function() error('x', 0) end))", "false\tx\n"},
		{"globals persist", "g = (g or 0) + 1; print(g)", "1\n"},
		{"wait in coroutine", `
			local s = require 'sleepy'
			local co = coroutine.wrap(function() s.sleep(0.001); coroutine.yield(1); s.sleep(0.001); return 2 end)
			print(co(), co())`, "1\t2\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			in, out := newTest(t)
			if err := run(t, in, t.Context(), c.source); err != nil {
				t.Fatal(err)
			}
			if !strings.HasPrefix(out.String(), c.want) {
				t.Errorf("printed %q, want %q", out, c.want)
			}
		})
	}
}

// TestInterrupt stops tasks at all the places where they may be.
func TestInterrupt(t *testing.T) {
	for name, source := range map[string]string{
		"while":            "while true do end",
		"repeat":           "repeat until false",
		"for":              "for i = 1, math.huge do end",
		"generic for":      "for i in function() return 1 end do end",
		"goto":             "::again:: goto again",
		"tail calls":       "local function f() return f() end f()",
		"tail calls of Go": "local function f() return pcall(f) end while true do f() end",
		"library":          "load(function() return ' ' end)",
		"library of Go":    "load(os.date)",
		"metamethods": `local t = setmetatable({}, {__add = function(a, b) return 1 end})
			local function level(n) return setmetatable({}, {__add = function(a, b) local x = n + n local y = n + n return y end}) end
			for i = 1, 30 do t = level(t) end
			return t + t`,
		"match":           "return ('a'):rep(3000):find('a*a*a*a*a*b')",
		"match in gsub":   "return ('a'):rep(3000):gsub('a-a-a-a-a-b', 'x')",
		"match in pcall":  "pcall(string.match, ('a'):rep(3000), '(.-)(.-)(.-)(.-)%1b') print('went on')",
		"match in gmatch": "for x in ('a'):rep(3000):gmatch('a?a*a?a*a?a*c') do end",
		"loop in pcall":   "while true do pcall(function() while true do end end) end",
		"loop in coroutine": `local co = coroutine.wrap(function() while true do end end)
			co()`,
		"wait": "require('sleepy').sleep(60)",
		"wait in coroutine": `local s = require 'sleepy'
			coroutine.wrap(function() s.sleep(60) end)()`,
		"wait in pcall":            "pcall(require('sleepy').sleep, 60) print('went on')",
		"wait as the last call":    "pcall(require('sleepy').sleep, 60)",
		"wait in a safe coroutine": "coroutine.resume(coroutine.create(function() require('sleepy').sleep(60) end)) print('went on')",
		"loop in a safe coroutine": "coroutine.resume(coroutine.create(function() while true do end end)) print('went on')",
	} {
		t.Run(name, func(t *testing.T) {
			in, out := newTest(t)
			ctx, cancel := context.WithCancelCause(t.Context())
			time.AfterFunc(20*time.Millisecond, func() { cancel(luaerr.New(luaerr.Interrupted, "stop it")) })
			err := run(t, in, ctx, source)
			if e := luaerr.From(err); err == nil || e.Kind != luaerr.Interrupted || !strings.Contains(e.Message, "stop it") {
				t.Fatalf("got %v, want an error of kind interrupted", err)
			}
			if err := run(t, in, t.Context(), "print('still here')"); err != nil || out.String() != "still here\n" {
				t.Fatalf("the interpreter is of no use afterwards: %v, %q", err, out)
			}
		})
	}
}

// TestCoroutineOutlivesItsMaker resumes a coroutine that an earlier task
// made, and refuses one that another task is inside.
func TestCoroutineAcrossTasks(t *testing.T) {
	in, out := newTest(t)
	if err := run(t, in, t.Context(), "co = coroutine.create(function() coroutine.yield(1); print 'second' end); coroutine.resume(co)"); err != nil {
		t.Fatal(err)
	}
	if err := run(t, in, t.Context(), "assert(coroutine.resume(co))"); err != nil {
		t.Fatal(err)
	}
	ctx, end := context.WithCancel(t.Context())
	first := in.Start(ctx, "inside", func(task *Task) {
		fn, _ := in.Codec().Chunks.Load(task.L(), "a.lua", "busy = coroutine.create(function() require('sleepy').sleep(600) end); coroutine.resume(busy)")
		_, _ = task.Call(fn)
	})
	if err := run(t, in, t.Context(), "print(coroutine.resume(busy))"); err != nil {
		t.Fatal(err)
	}
	end()
	<-first.Done()
	if want := "second\nfalse\tcannot resume normal coroutine\n"; out.String() != want {
		t.Errorf("printed %q, want %q", out, want)
	}
}

// TestOrder starts many tasks while the interpreter is held: they run in the
// order in which they were started, and the ones behind a wait overtake it.
func TestOrder(t *testing.T) {
	in, _ := newTest(t)
	var order []int
	hold := make(chan struct{})
	first := in.Start(t.Context(), "hold", func(*Task) { <-hold })
	var wait sync.WaitGroup
	for i := range 100 {
		wait.Add(1)
		in.Start(t.Context(), "n", func(*Task) { order = append(order, i); wait.Done() })
	}
	close(hold)
	<-first.Done()
	wait.Wait()
	for i, got := range order {
		if got != i {
			t.Fatalf("task %d ran at place %d", got, i)
		}
	}
}

func TestRequire(t *testing.T) {
	in, out := newTest(t)
	tries := 0
	in.SetFind(func(_ context.Context, module string) (Found, error) {
		tries++
		switch {
		case module == "far" && tries > 1:
			return Found{Name: "far.lua", Source: "local s = require 'sleepy'; s.sleep(0.01); loads = (loads or 0) + 1; return {n = loads}"}, nil
		case module == "me":
			return Found{Name: "me.lua", Source: "return require 'me'"}, nil
		}
		return Found{}, errors.New("not yet")
	})
	if err := run(t, in, t.Context(), "require 'far'"); err == nil || !strings.Contains(err.Error(), "not yet") {
		t.Fatalf("first try: %v", err)
	}
	var tasks []*Task
	for range 4 {
		tasks = append(tasks, in.Start(t.Context(), "r", func(task *Task) {
			fn, _ := in.Codec().Chunks.Load(task.L(), "r.lua", "assert(require('far').n == 1)")
			if _, err := task.Call(fn); err != nil {
				t.Error(err)
			}
		}))
	}
	for _, task := range tasks {
		<-task.Done()
	}
	if err := run(t, in, t.Context(), "require 'me'"); err == nil || !strings.Contains(err.Error(), "loop") {
		t.Errorf("a module that requires itself: %v", err)
	}
	if err := run(t, in, t.Context(), "print(loads)"); err != nil || out.String() != "1\n" {
		t.Errorf("the module was loaded %q times (%v)", out, err)
	}
}

func BenchmarkWait(b *testing.B) {
	in := New(Config{})
	defer in.Close()
	in.Run(b.Context(), "bench", func(t *Task) {
		wait := func(context.Context) error { return nil }
		for b.Loop() {
			_ = in.Wait(t.L(), wait)
		}
	})
}

func BenchmarkTask(b *testing.B) {
	in := New(Config{})
	defer in.Close()
	for b.Loop() {
		in.Run(b.Context(), "bench", func(*Task) {})
	}
}

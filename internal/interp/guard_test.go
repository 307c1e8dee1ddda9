package interp

import (
	"context"
	"errors"
	"runtime"
	"strings"
	"testing"
	"time"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/lua51/vm"

	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
)

// TestOverflow: endless recursion ends soon, with its line.
func TestOverflow(t *testing.T) {
	const recursion = "local function f(n)\n  return 1 + f(n + 1)\nend\n"
	for _, c := range []struct{ name, source, want string }{
		{"plain", "f(1)", "job.lua:2: stack overflow"},
		{"pcall", "local ok, e = pcall(f, 1) error(e, 0)", "job.lua:2: stack overflow"},
		{"xpcall", "local ok, e = xpcall(function() f(1) end, debug.traceback)\nerror(e, 0)", "job.lua:2: stack overflow\nstack traceback:\n"},
		{"long handler", "local ok, e = xpcall(function() f(1) end, function(e) for i = 1, 1000 do e = e .. '' end return e .. '!' end)\nerror(e, 0)", "overflow!"},
		{"coroutine", "local ok, e = coroutine.resume(coroutine.create(f), 1) error(e, 0)", "job.lua:2: stack overflow"},
		{"wrapped", "coroutine.wrap(f)(1)", "job.lua:2: stack overflow"},
		{"again", "for i = 1, 3 do pcall(f, 1) end\nfor i = 1, 1000 do coroutine.wrap(function(...) pcall(...) end)(f, 1) break end\nf(1)", "job.lua:2: stack overflow"},
		{"by metamethods", "local t = setmetatable({}, {__index = function(t, k) return t[k + 1] end})\nreturn t[1]", "job.lua:4: stack overflow"},
		{"by library functions", "local function g(s) return (s:gsub('a', g)) end\ng('a')", "job.lua:4: stack overflow"},
		{"of resumed coroutines", "local function g() local ok, e = coroutine.resume(coroutine.create(g)) if e then error(e, 0) end end\ng()", "stack overflow: 200 coroutines"},
		{"of coroutines", "local function g() coroutine.wrap(g)() end\ng()", "job.lua:4: stack overflow: 200 coroutines"},
		{"error deep down", "local function g(n) if n == 0 then error('deep') end return 1 + g(n - 1) end\ng(18000)", "job.lua:4: deep"},
		{"deep, but not endless", "local function g(n) return n == 0 and 0 or 1 + g(n - 1) end\nerror(g(19900))", "19900"},
	} {
		t.Run(c.name, func(t *testing.T) {
			in, _ := newTest(t)
			begin := time.Now()
			err := run(t, in, t.Context(), recursion+c.source)
			if took := time.Since(begin); took > 2*time.Second {
				t.Errorf("it took %v", took)
			}
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Fatalf("got %.300v, want %q in it", err, c.want)
			}
			if e := luaerr.From(err); len(strings.Split(e.Traceback, "\n")) > 30 {
				t.Errorf("a long traceback: %s", e.Traceback)
			}
		})
	}
}

// TestLongStrings: a string beyond what memory has is an error, and no end of the
// process; without all of it in memory first.
func TestLongStrings(t *testing.T) {
	notForRace(t)
	const long = "local s, list = ('x'):rep(2^26), {}\nfor i = 1, 100 do list[i] = s end\n"
	for name, source := range map[string]string{
		"rep":              "return s:rep(2^30)",
		"concat":           "return table.concat(list)",
		"operators":        "return loadstring('local s = ... return ' .. ('s..'):rep(40) .. '1')(s)",
		"a long separator": "return table.concat({'1', '2', '3'}, s:rep(20))",
	} {
		t.Run(name, func(t *testing.T) {
			in, _ := newTest(t)
			if err := run(t, in, t.Context(), long+source); err == nil || !strings.HasSuffix(luaerr.From(err).Message, "not enough memory") {
				t.Errorf("got %.200v", err)
			}
		})
	}
}

// TestDepthIsKnown: what gopher-lua does not export is where it was.
func TestDepthIsKnown(t *testing.T) {
	L := lua.NewState()
	defer L.Close()
	var depths []int
	L.SetGlobal("note", L.NewFunction(func(L *lua.LState) int {
		depths = append(depths, vm.Depth(L))
		return 0
	}))
	if err := L.DoString("note() local function f() note() end f()"); err != nil {
		t.Fatal(err)
	}
	if vm.Depth(L) != 0 || len(depths) != 2 || depths[0] != 2 || depths[1] != 3 {
		t.Errorf("got %v", depths)
	}
}

// TestThread: code in a thread of its own stops with the task that runs it,
// and its depth is limited like that of any other.
func TestThread(t *testing.T) {
	in, _ := newTest(t)
	for source, want := range map[string]string{
		"return coroutine.wrap(function() return 5 end)()":                                        "",
		"local t = setmetatable({}, {__index = function(t, k) return t[k + 1] end})\nreturn t[1]": "job.lua:1: stack overflow",
		"while true do end": "job.lua:1: interrupted",
	} {
		limit := 20 * time.Second
		if strings.Contains(want, "interrupted") {
			limit = 300 * time.Millisecond
		}
		ctx, cancel := context.WithTimeout(t.Context(), limit)
		in.Run(ctx, "test", func(*Task) {
			th := in.NewThread()
			fn, err := in.Codec().Chunks.Load(th, "job.lua", source)
			if err != nil {
				t.Error(err)
				return
			}
			th.Push(fn)
			err = vm.PCall(th, 0, 1, nil)
			if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
				t.Errorf("%s: got %v, want %q", source, err, want)
			}
		})
		cancel()
	}
}

// TestCancelOfItself: nothing runs after a call that cancels its own task.
func TestCancelOfItself(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	in, out := newTest(t)
	in.root.SetGlobal("stop", in.root.NewFunction(func(L *lua.LState) int {
		in.Current().Cancel(errors.New("enough"))
		return 0
	}))
	if err := run(t, in, t.Context(), "stop() print('went on')"); err == nil || out.Len() > 0 {
		t.Errorf("got %v, printed %q", err, out)
	}
}

// TestOverflownThread: a thread that overflowed is garbage like any other, and
// does not take the room of another's handler.
func TestOverflownThread(t *testing.T) {
	in, out := newTest(t)
	err := run(t, in, t.Context(), `local function f(n) return 1 + f(n + 1) end
print(select(2, xpcall(function() f(1) end, function(e)
  coroutine.resume(coroutine.create(f), 1)
  local s = 0
  for i = 1, 10 do s = s + math.abs(i) end
  return "handled " .. s
end)))`)
	if err != nil || out.String() != "handled 55\n" {
		t.Errorf("got %v, printed %q", err, out)
	}
	for range 3 {
		runtime.GC()
	}
	for thread := range in.overflown {
		if thread.Value() != nil && thread.Value() != in.pool[0] {
			t.Error("a thread that is of no use is kept")
		}
	}
}

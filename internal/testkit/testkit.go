// Package testkit runs a whole cluster inside the test process: the real
// host, links, nodes and workers, with an MPI of its own that knows ranks and
// nothing else. Tests that need no MPI calls need no MPI.
package testkit

import (
	"bytes"
	"context"
	"log/slog"
	"sync"
	"testing"
	"time"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/host"
	"github.com/mpiclus/mpiclus-lua/internal/interp"
	"github.com/mpiclus/mpiclus-lua/internal/job"
	"github.com/mpiclus/mpiclus-lua/internal/launch"
	"github.com/mpiclus/mpiclus-lua/internal/link"
	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
	"github.com/mpiclus/mpiclus-lua/internal/modules"
	"github.com/mpiclus/mpiclus-lua/internal/protocol"
	"github.com/mpiclus/mpiclus-lua/worker"
)

// Launcher starts workers as goroutines.
type Launcher struct {
	Modules func(in *interp.Interp) // adds further Lua modules to each worker; may be nil
}

// Launch implements job.Launcher.
func (l *Launcher) Launch(spec launch.Spec, join link.Join, settings protocol.Settings) (job.Launch, error) {
	j := &running{done: make(chan struct{}), settings: settings, join: join, modules: l.Modules}
	for rank := range spec.NP {
		ctx, cancel := context.WithCancel(context.Background())
		j.stops = append(j.stops, cancel) // before any of them runs: Kill must find all
		j.workers.Go(func() {
			defer cancel()
			j.run(ctx, cancel, rank, spec.NP)
		})
	}
	go func() {
		j.workers.Wait()
		close(j.done)
	}()
	return j, nil
}

// running is a launch.
type running struct {
	workers  sync.WaitGroup
	done     chan struct{}
	join     link.Join
	settings protocol.Settings
	modules  func(in *interp.Interp)

	stops []context.CancelFunc // of the workers

	mu   sync.Mutex
	errs []error
}

func (j *running) run(ctx context.Context, cancel context.CancelFunc, rank, size int) {
	err := worker.Join(ctx, worker.Config{
		Library: library{rank, size}, Log: slog.New(slog.DiscardHandler),
		Modules: func(in *interp.Interp) {
			modules.Common(in)
			in.AddModule("testkit", openKit(in, cancel))
			if j.modules != nil {
				j.modules(in)
			}
		},
	}, j.join, j.settings)
	if err != nil {
		j.mu.Lock()
		j.errs = append(j.errs, err)
		j.mu.Unlock()
	}
}

// openKit is the Lua module "testkit" of workers: die() ends the worker as a
// signal would, without a word to anybody.
func openKit(in *interp.Interp, cancel func()) lua.LGFunction {
	return func(L *lua.LState) int {
		L.Push(L.SetFuncs(L.NewTable(), map[string]lua.LGFunction{
			"die": func(L *lua.LState) int {
				cancel()
				_ = in.Wait(L, func(ctx context.Context) error { <-ctx.Done(); return nil })
				L.RaiseError("dead")
				return 0
			},
		}))
		return 1
	}
}

func (j *running) Done() <-chan struct{} { return j.done }

func (j *running) Kill() {
	for _, stop := range j.stops {
		stop()
	}
}

func (j *running) Launcher(time.Duration) (name, how string) { return "", "" }

func (j *running) Running() map[int]bool { return nil }

func (j *running) Hopeless() bool { return false }

func (j *running) Joined() {}

func (j *running) Explain(o launch.Outcome) error {
	return luaerr.New(luaerr.Launch, "%d workers joined, world size %d", o.Joined, o.WorldSize)
}

// library is an MPI that knows ranks.
type library struct{ rank, size int }

func (l library) Init(string) (worker.Session, error) { return session(l), nil }

type session struct{ rank, size int }

func (s session) Info() worker.Info {
	return worker.Info{Rank: s.rank, Size: s.size, Library: "test kit", Version: "0", ThreadLevel: "multiple"}
}
func (session) Modules(*interp.Interp) {}
func (session) World() worker.World    { return world{} }
func (session) FlushC()                {}
func (session) Finalize() error        { return nil }

type world struct{}

func (world) Begin(context.Context, []int) (func(), error) { return func() {}, nil }
func (world) End() bool                                    { return false }
func (world) Standing() protocol.Standing                  { return protocol.Standing{} }
func (world) Tally() protocol.Standing                     { return protocol.Standing{} }
func (world) Renew(context.Context) (func(), error)        { return func() {}, nil }
func (world) Look() protocol.Where                         { return protocol.Where{} }

// Cluster is a master in the test process.
type Cluster struct {
	*host.Host
	Out, Err *Buffer
}

// Buffer collects output of several goroutines.
type Buffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *Buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

// String gives what was written so far.
func (b *Buffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}

// New makes a master whose managers start their workers in this process. It
// is closed with the test.
func New(t testing.TB, cfg host.Config) *Cluster {
	t.Helper()
	c := &Cluster{Out: &Buffer{}, Err: &Buffer{}}
	cfg.Stdout, cfg.Stderr = c.Out, c.Err
	if cfg.Launcher == nil {
		cfg.Launcher = &Launcher{}
	}
	more := cfg.Modules
	cfg.Modules = func(in *interp.Interp) {
		modules.Common(in)
		if more != nil {
			more(in)
		}
	}
	h, err := host.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	c.Host = h
	t.Cleanup(func() {
		if err := h.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return c
}

// Run runs a script on the master and gives what it raised.
func (c *Cluster) Run(ctx context.Context, source string) error {
	return c.RunNamed(ctx, "job.lua", source)
}

// RunNamed is Run for a script of that name.
func (c *Cluster) RunNamed(ctx context.Context, name, source string) error {
	in := c.Host.Interp()
	var err error
	in.Run(ctx, "test", func(t *interp.Task) {
		fn, e := in.Codec().Chunks.Load(t.L(), name, source)
		if err = e; err == nil {
			_, err = t.Call(fn)
		}
	})
	return err
}

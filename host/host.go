// Package host is the master's side: it runs the user's script, has workers started,
// sends them chunks and makes one report of what went wrong. A command needs no more
// than
//
//	os.Exit(host.Run(host.Config{Args: []string{"job.lua"}}))
//
// A Host has managers, each of one job of workers (internal/job, or internal/ranks
// where this process is a rank of an mpirun itself). What scripts do with them can be
// done without a script:
//
//	h, err := host.New(host.Config{})
//	defer h.Close()
//	m := h.NewManager(host.MPIOnWorkers, host.Options{NP: 4})
//	pids, err := m.Start(ctx)
//	outcome, err := m.Run(ctx, chunk, nil) // chunk is what interp's codec made of a function
//
// Locks: who holds Manager.mu may take those of its job and its workers, and never the
// other way round. Neither they nor Host.mu are held while anything is waited for.
package host

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/mpiclus/mpiclus-lua/internal/cluster"
	"github.com/mpiclus/mpiclus-lua/internal/interp"
	"github.com/mpiclus/mpiclus-lua/internal/job"
	"github.com/mpiclus/mpiclus-lua/internal/launch"
	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
	"github.com/mpiclus/mpiclus-lua/internal/objects"
	"github.com/mpiclus/mpiclus-lua/internal/output"
	"github.com/mpiclus/mpiclus-lua/internal/ranks"
	"github.com/mpiclus/mpiclus-lua/internal/rpc"
	"github.com/mpiclus/mpiclus-lua/internal/value"
)

// Config is what the command line says. The zero value runs on this machine
// with one worker for each processor.
type Config struct {
	Args      []string // the script's name and its arguments
	Code      *string  // the script's text; nil: it is in the file of that name, "-" for standard input
	NP        int      // default number of workers; 0: one for each processor
	Mpiexec   string   // launcher instead of the one that is found
	MPIFlags  []string // further options for it
	Hosts     string   // "a,b:4"
	Hostfile  string   // a file in the launcher's format
	Interface string   // where the master listens; "": where it is needed
	Secret    string   // what brings the job's secret to other hosts: one of launch.Carriers; "": auto
	// UntrustedWorkers makes the master take values only: it runs nothing that a
	// worker sent, and hands out no files but the script's modules.
	UntrustedWorkers bool
	LaunchTimeout    time.Duration // 0: 60 s and more for many workers
	Output           string        // "live" (default), "raw", "grouped", "file=DIR", "none"
	Version          string        // of this software
	Verbose          bool          // reports hold all that is known
	Log              *slog.Logger
	Stdout           io.Writer // default os.Stdout
	Stderr           io.Writer // default os.Stderr

	// Ranks is the MPI job that this process is a rank of itself, if it is.
	Ranks *ranks.Config

	// Env are variables for all workers, besides what a script says.
	Env map[string]string
	// Launcher starts workers; default: an MPI launcher, as processes.
	Launcher job.Launcher
	// Modules adds the Lua modules of the process besides cluster.
	Modules func(in *interp.Interp)
}

// Host is the master process: pid 1.
type Host struct {
	cfg      Config
	interp   *interp.Interp
	node     *rpc.Node
	parallel *cluster.Module
	display  *output.Display
	rank     *ranks.Rank // nil: this process is none
	stop     stop
	onExit   onExit
	// life ends when the host closes; recoveries are starts that end with it.
	life       context.Context
	endLife    context.CancelFunc
	recoveries sync.WaitGroup
	// readerGone is set when who read the output of this process has gone.
	readerGone atomic.Bool

	managerCount atomic.Uint32
	mu           sync.Mutex
	managers     []*Manager
	nextPid      rpc.Pid
	jobs         map[rpc.Pid]rpc.Pid // worker → first worker of its MPI job
}

// New makes the master of a cluster without workers. Close ends it.
func New(cfg Config) (*Host, error) {
	if cfg.Stdout == nil {
		cfg.Stdout = os.Stdout
	}
	if cfg.Stderr == nil {
		cfg.Stderr = os.Stderr
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	console := output.NewConsole(cfg.Stdout, cfg.Stderr)
	if cfg.Launcher == nil {
		cfg.Launcher = job.Processes(console, launch.Carrier(cfg.Secret))
	}
	display, err := output.NewDisplay(cfg.Output, console, cfg.Verbose)
	if err != nil {
		return nil, err
	}
	h := &Host{cfg: cfg, display: display, nextPid: rpc.Master + 1}
	h.life, h.endLife = context.WithCancel(context.Background())
	codec := &value.Codec{Self: rpc.Master, Chunks: value.NewChunks(), Names: value.NewNames()}
	h.interp = interp.New(interp.Config{Codec: codec, Args: cfg.Args, Stdout: console.Out})
	console.Broken = h.outputBroken
	h.openCluster(console.Note)
	if cfg.Modules != nil {
		cfg.Modules(h.interp)
	}
	return h, nil
}

// Node is the master's node.
func (h *Host) Node() *rpc.Node { return h.node }

// Interp is the master's interpreter.
func (h *Host) Interp() *interp.Interp { return h.interp }

// Close ends the workers of all managers, those that still answer cleanly,
// and frees what the process holds. It is for the end of a script that ended well: it
// names the calls that are dropped with that. It returns the first error met: a
// worker that could not end cleanly.
func (h *Host) Close() error { return h.close(h.parallel.Objects.Unfinished()) }

// close is Close that tells of those calls only.
func (h *Host) close(calls []objects.Unfinished) error {
	h.endLife()
	h.recoveries.Wait()
	var first error
	var wait sync.WaitGroup
	for _, m := range h.all() {
		wait.Add(1)
		go func() {
			defer wait.Done()
			if err := m.Close(context.Background()); err != nil {
				h.mu.Lock()
				defer h.mu.Unlock()
				if first == nil {
					first = err
				}
			}
		}()
	}
	wait.Wait()
	h.parallel.Objects.ReportUnclaimed()
	h.node.Close()
	h.tellDropped(calls)
	h.display.Close()
	return first
}

// tellDropped tells which of the calls whose result comes back did not come to
// their end.
func (h *Host) tellDropped(calls []objects.Unfinished) {
	calls = slices.DeleteFunc(calls, func(c objects.Unfinished) bool { return !c.Dropped() })
	if len(calls) == 0 {
		return
	}
	var pids []rpc.Pid
	for _, c := range calls {
		pids = append(pids, c.Pid)
	}
	slices.Sort(pids)
	what, were := "a call", "was"
	if len(calls) > 1 {
		what, were = fmt.Sprintf("%d calls", len(calls)), "were"
	}
	h.say("%s on %s %s still running when the script ended, and %s dropped: cluster.wait(future) or cluster.fetch(future) waits for a call",
		what, cluster.Named("pid", slices.Compact(pids)), were, were)
}

// Kill ends all workers at once, without asking them.
func (h *Host) Kill() {
	for _, m := range h.all() {
		m.kill(luaerr.New(luaerr.Interrupted, "interrupted"))
	}
}

// lost makes the error for a worker whose link broke.
func (h *Host) lost(pid rpc.Pid, cause error) *luaerr.Error {
	if h.rank != nil {
		h.rank.Lost(pid)
	}
	m, w := h.worker(pid)
	if w == nil {
		return nil
	}
	e := m.lostWorker(w, cause)
	if h.rank != nil && !m.isClosed() {
		h.rank.EndJob(e)
	}
	return e
}

// say tells the user something that is neither output nor an error.
func (h *Host) say(format string, args ...any) {
	h.display.Note(fmt.Sprintf("mpiclus-lua: "+format, args...))
}

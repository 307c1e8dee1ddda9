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
// A front end that runs pieces of code, as a shell does, begins with Host.Pieces.
//
// Locks: who holds Manager.mu may take those of its job and its workers, and never the
// other way round. Neither they nor Host.mu are held while anything is waited for.
package host

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/mpiclus/mpiclus-lua/internal/cluster"
	"github.com/mpiclus/mpiclus-lua/internal/interp"
	"github.com/mpiclus/mpiclus-lua/internal/job"
	"github.com/mpiclus/mpiclus-lua/internal/output"
	"github.com/mpiclus/mpiclus-lua/internal/ranks"
	"github.com/mpiclus/mpiclus-lua/internal/rpc"
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
	Seed             *uint64       // makes the random numbers of the job repeatable; nil: another one in each process
	Version          string        // of this software
	Verbose          bool          // reports hold all that is known
	Native           string        // the mode of native code: "on" (default), "off", "explain"
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
	// pieces is set when a front end runs pieces of code; see Pieces.
	pieces atomic.Bool
	// readerGone is set when who read the output of this process has gone.
	readerGone atomic.Bool

	managerCount atomic.Uint32
	mu           sync.Mutex
	managers     []*Manager
	nextPid      rpc.Pid
	jobs         map[rpc.Pid]rpc.Pid // worker → first worker of its MPI job
}

// Node is the master's node.
func (h *Host) Node() *rpc.Node { return h.node }

// Interp is the master's interpreter.
func (h *Host) Interp() *interp.Interp { return h.interp }

// say tells the user something that is neither output nor an error.
func (h *Host) say(format string, args ...any) {
	h.display.Note(fmt.Sprintf("mpiclus-lua: "+format, args...))
}

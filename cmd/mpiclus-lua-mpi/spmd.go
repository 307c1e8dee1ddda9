package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"strconv"
	"time"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/host"
	"github.com/mpiclus/mpiclus-lua/internal/interp"
	"github.com/mpiclus/mpiclus-lua/internal/link"
	"github.com/mpiclus/mpiclus-lua/internal/mpi"
	"github.com/mpiclus/mpiclus-lua/internal/mpi/mpilink"
	"github.com/mpiclus/mpiclus-lua/internal/native"
	"github.com/mpiclus/mpiclus-lua/internal/protocol"
	"github.com/mpiclus/mpiclus-lua/internal/ranks"
	"github.com/mpiclus/mpiclus-lua/internal/rpc"
)

// spmd runs a script, whose text is code or in a file, as one rank of an mpirun.
// args are its name and its arguments. It does not return when MPI
// runs: a rank ends together with the others.
func spmd(args []string, code *string, log *slog.Logger) int {
	mode := os.Getenv("MPICLUS_NATIVE")
	if err := native.Configure(mode, log); err != nil {
		fmt.Fprintln(os.Stderr, "mpiclus-lua:", err)
		return host.ExitUsage
	}
	s, err := mpi.Init(mpi.Config{})
	if err != nil {
		fmt.Fprintln(os.Stderr, "mpiclus-lua:", err)
		return host.ExitLaunch
	}
	system, err := s.NewSystem()
	if err != nil {
		giveUp(s, err)
	}
	w, err := newWatch(system, log)
	if err != nil {
		giveUp(s, err)
	}
	os.Setenv(protocol.EnvFolder, w.path)
	r := rank{s, w}
	own := newSession(s)
	timeout, _ := time.ParseDuration(os.Getenv("MPICLUS_LAUNCH_TIMEOUT")) // the command has checked it
	var seed *uint64
	if n, err := strconv.ParseUint(os.Getenv("MPICLUS_SEED"), 0, 64); err == nil { // the command has checked it
		seed = &n
	}
	return host.Run(host.Config{
		Args: args, Seed: seed, Code: code, Version: version, Log: log, Verbose: os.Getenv("MPICLUS_LOG_LEVEL") == "debug", Native: mode,
		Stderr: w.errorOutput(), LaunchTimeout: timeout, Interface: os.Getenv("MPICLUS_INTERFACE"),
		Ranks: &ranks.Config{
			Session: own, Meeting: system, Transport: &messages{s: s, system: system}, CheckComm: r.checkComm, Watch: w.start, End: r.end,
			Folder: w.path, Clean: w.clean,
		},
		Modules: func(in *interp.Interp) {
			common(in)
			own.Modules(in)
		},
	})
}

// giveUp ends the job since this rank cannot begin, and says why.
func giveUp(s *mpi.Session, err error) {
	fmt.Fprintln(os.Stderr, "mpiclus-lua:", err)
	s.Abort(host.ExitLaunch)
}

// rank is this process as a rank of an mpirun.
type rank struct {
	s     *mpi.Session
	watch *watch
}

// Times of the end.
const (
	reportTime    = 100 * time.Millisecond // for other ranks to report the same
	abortLimit    = 2 * time.Second        // for a launcher that was told to end the job
	finalizeLimit = 10 * time.Second       // for all ranks, which have met or were told to end
)

// end ends the process: with MPI_Finalize when all ranks end, else by ending
// the whole job.
func (r rank) end(status int, clean bool) {
	r.watch.stop()
	if clean {
		r.watch.clean()
		late := time.AfterFunc(finalizeLimit, func() {
			fmt.Fprintf(os.Stderr, "mpiclus-lua: rank %d: MPI_Finalize took longer than %v: the job is ended\n", r.s.Info().Rank, finalizeLimit)
			r.s.Abort(max(status, host.ExitScript))
			os.Exit(max(status, host.ExitScript)) // MPI was over after all
		})
		err := r.s.Finalize()
		if !late.Stop() {
			select {} // the job is being ended, and this process
		}
		if err == nil {
			mpi.Exit(status)
		}
		fmt.Fprintln(os.Stderr, "mpiclus-lua:", err)
	}
	r.watch.stopLauncher()
	time.Sleep(reportTime)
	r.watch.clean()
	if r.watch.endLauncher() {
		time.Sleep(abortLimit)
	}
	r.s.Abort(max(status, host.ExitScript))
}

// checkComm says why a value is no communicator of all ranks in their order.
func (r rank) checkComm(v lua.LValue) error {
	ud, _ := v.(*lua.LUserData)
	if ud == nil {
		return fmt.Errorf("a communicator expected, got a %s", v.Type())
	}
	c, ok := ud.Value.(*mpi.Comm)
	switch {
	case !ok:
		return errors.New("a communicator expected, got another userdata")
	case c.Unusable() != "":
		return errors.New(c.Unusable())
	case c.Inter || c.Size != r.s.Info().Size || c.Rank != r.s.Info().Rank:
		return errors.New("it must hold all ranks of the job, in their order")
	}
	return nil
}

// messages is the transport of MPI_TRANSPORT_ALL: frames as MPI messages.
type messages struct {
	s      *mpi.Session
	system *mpi.System
	fabric *mpilink.Fabric
}

// closeLimit bounds the wait for ranks that do not end their links.
const closeLimit = 5 * time.Second

func (m *messages) Open(context.Context) ([]link.Link, error) {
	// A native collective would keep MPI, and with it all messages.
	m.s.SetCancellable(true)
	m.fabric = mpilink.New(m.system)
	m.s.BeforeNative(m.fabric.HandOver)
	return m.fabric.Links(), nil
}

// Connect has nothing to do: there are links between all ranks.
func (m *messages) Connect(context.Context, rpc.Pid) (link.Link, error) { return nil, nil }

func (m *messages) Close() error {
	ctx, cancel := context.WithTimeout(context.Background(), closeLimit)
	defer cancel()
	return m.fabric.Close(ctx)
}

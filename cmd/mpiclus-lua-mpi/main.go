// Command mpiclus-lua-mpi is the executable that is linked with an MPI
// library: it is built once for each kind (mpiclus-lua-openmpi, …) and
// started by mpiclus-lua, never by a person. It runs chunks as a worker, or a
// script as one rank of an mpirun.
package main

import (
	"fmt"
	"log/slog"
	"os"

	"github.com/mpiclus/mpiclus-lua/host"
	"github.com/mpiclus/mpiclus-lua/internal/launch"
	"github.com/mpiclus/mpiclus-lua/internal/mpi"
	"github.com/mpiclus/mpiclus-lua/worker"
)

func main() {
	level := slog.LevelWarn
	if name := os.Getenv("MPICLUS_LOG_LEVEL"); name != "" {
		_ = level.UnmarshalText([]byte(name)) // the command has checked it
	}
	if level > slog.LevelDebug && os.Getenv("GOTRACEBACK") == "" || os.Getenv("GOTRACEBACK") == "none" {
		dieQuietly()
	}
	log := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: level}))
	if len(os.Args) > 2 && os.Args[1] == launch.SweepCommand {
		launch.Sweep(os.Args[2])
		return
	}
	launch.CloseInheritedOnExec()
	if len(os.Args) > 2 && os.Args[1] == "run" {
		os.Exit(spmd(os.Args[2:], nil, log))
	}
	if len(os.Args) > 3 && os.Args[1] == launch.CodeCommand {
		os.Exit(spmd(os.Args[3:], &os.Args[2], log))
	}
	if len(os.Args) == 2 && os.Args[1] == "worker" {
		mpi.Exit(worker.Serve(worker.Config{
			Version: version, Library: library{}, Log: log,
			Modules: common, Exit: mpi.Exit,
		}))
	}
	fmt.Fprintln(os.Stderr, "mpiclus-lua-mpi: this executable is started by mpiclus-lua: see mpiclus-lua --help")
	os.Exit(host.ExitUsage)
}

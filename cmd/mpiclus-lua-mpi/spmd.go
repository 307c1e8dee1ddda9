package main

import (
	"fmt"
	"log/slog"
	"os"

	"github.com/mpiclus/mpiclus-lua/host"
	"github.com/mpiclus/mpiclus-lua/internal/interp"
	"github.com/mpiclus/mpiclus-lua/internal/mpi"
	"github.com/mpiclus/mpiclus-lua/internal/node"
	"github.com/mpiclus/mpiclus-lua/luampi"
)

// spmd runs a script as one rank of an mpirun. A rank that fails ends the
// whole job: others may wait for it in MPI.
func spmd(args []string, log *slog.Logger) int {
	s, err := mpi.Init(mpi.Config{})
	if err != nil {
		fmt.Fprintln(os.Stderr, "mpiclus-lua:", err)
		return host.ExitLaunch
	}
	status := host.Run(host.Config{
		Args: args, Version: version, Log: log, Rank: s.Info().Rank, InMPI: true,
		Modules: func(in *interp.Interp, _ *node.Node) {
			common(in)
			in.AddModule("mpi", luampi.Open(in, in.Codec(), s))
		},
	})
	if status != host.ExitOK {
		s.Abort(status)
	}
	if err := s.Finalize(); err != nil {
		fmt.Fprintln(os.Stderr, "mpiclus-lua:", err)
		return host.ExitScript
	}
	return host.ExitOK
}

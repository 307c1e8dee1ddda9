package main

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/mpiclus/mpiclus-lua/internal/launch"
	"github.com/mpiclus/mpiclus-lua/worker"
)

// workerCommand is what the launcher starts, never a person: it is not listed.
func workerCommand() *cobra.Command {
	var level string
	c := &cobra.Command{
		Use:    "worker",
		Short:  "Supervise a worker (started by the launcher)",
		Hidden: true,
		Args:   cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			log, err := logger(level)
			if err != nil {
				return err
			}
			return exit(worker.Supervise(context.Background(), version, log))
		},
	}
	c.Flags().StringVar(&level, "log-level", "warn", "what the supervisor tells of itself (exeflags of addprocs)")
	return c
}

// sweepCommand is what removes the folder of a job whose master was killed; no
// person starts it.
func sweepCommand() *cobra.Command {
	return &cobra.Command{
		Use:    launch.SweepCommand + " folder",
		Short:  "Remove the folder of a job whose master is gone",
		Hidden: true,
		Args:   cobra.ExactArgs(1),
		Run:    func(_ *cobra.Command, args []string) { launch.Sweep(args[0]) },
	}
}

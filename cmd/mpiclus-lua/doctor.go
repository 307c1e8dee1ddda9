package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/mpiclus/mpiclus-lua/host"
	"github.com/mpiclus/mpiclus-lua/internal/launch"
)

func doctorCommand() *cobra.Command {
	var np int
	var mpiexec string
	c := &cobra.Command{
		Use:   "doctor",
		Short: "Look at what this machine offers and what is missing",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if err := environment(c.Flags()); err != nil {
				return err
			}
			report := append(launch.Examine(c.Context(), mpiexec, np), pluginFindings(c.Context())...)
			if _, err := fmt.Fprint(c.OutOrStdout(), report); err != nil {
				return err
			}
			if !report.OK() {
				return exit(host.ExitLaunch)
			}
			return nil
		},
	}
	c.Flags().StringVar(&mpiexec, "mpiexec", "", "MPI launcher, instead of the one that is found")
	c.Flags().IntVarP(&np, "n", "n", 0, "number of workers that are to be started here (0: one for each processor)")
	return c
}

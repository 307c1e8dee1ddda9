package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/mpiclus/mpiclus-lua/host"
	"github.com/mpiclus/mpiclus-lua/internal/launch"
)

func doctorCommand() *cobra.Command {
	var np int
	c := &cobra.Command{
		Use:   "doctor",
		Short: "Look at what this machine offers and what is missing",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			report := append(launch.Examine(c.Context(), np), pluginFindings(c.Context())...)
			if _, err := fmt.Fprint(c.OutOrStdout(), report); err != nil {
				return err
			}
			if !report.OK() {
				return exit(host.ExitLaunch)
			}
			return nil
		},
	}
	c.Flags().IntVarP(&np, "n", "n", 0, "number of workers that are to be started here (0: one for each processor)")
	return c
}

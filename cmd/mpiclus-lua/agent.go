package main

import (
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"github.com/mpiclus/mpiclus-lua/host"
	"github.com/mpiclus/mpiclus-lua/internal/launch"
	"github.com/mpiclus/mpiclus-lua/internal/protocol"
)

// agentCommand is what mpirun runs in the place of ssh, never a person: it is
// not listed.
func agentCommand() *cobra.Command {
	return &cobra.Command{
		Use:                launch.AgentCommand + " HOST COMMAND…",
		Short:              "Start daemons on another host (run by mpirun)",
		Hidden:             true,
		DisableFlagParsing: true, // they are ssh's
		RunE: func(_ *cobra.Command, args []string) error {
			err := launch.Agent(args, protocol.EnvJoin, launch.EnvAgent)
			fmt.Fprintln(os.Stderr, "mpiclus-lua:", err)
			return exit(host.ExitLaunch)
		},
	}
}

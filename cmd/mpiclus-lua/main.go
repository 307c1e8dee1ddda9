// Command mpiclus-lua drives an MPI cluster from Lua scripts. This executable
// is not linked with MPI: it is the command, the master, and the supervisor
// of each worker. See README.md.
package main

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/mpiclus/mpiclus-lua/host"
)

func main() { os.Exit(run(os.Args[1:])) }

func run(args []string) int {
	root := &cobra.Command{
		Use:           "mpiclus-lua",
		Short:         "Drive an MPI cluster from Lua scripts",
		Version:       version,
		SilenceErrors: true,
		SilenceUsage:  true,

		DisableSuggestions: true, // unknownCommand has them
	}
	root.AddCommand(runCommand(), replCommand(), workerCommand(), sweepCommand(), agentCommand(), doctorCommand(), versionCommand(), pluginCommand())
	root.SetVersionTemplate(versionText())
	root.CompletionOptions.HiddenDefaultCmd = true
	root.SetFlagErrorFunc(func(c *cobra.Command, err error) error { return flagError(c.Flags(), args, err) })
	root.SetArgs(args)
	c, err := root.ExecuteC()
	var status exit
	switch {
	case err == nil:
		return host.ExitOK
	case errors.As(err, &status):
		return int(status)
	case runForgotten(root, args):
		err = fmt.Errorf("%w: did you mean mpiclus-lua run %s?", err, strings.Join(args, " "))
	case c == root && len(args) > 0 && !strings.HasPrefix(args[0], "-"):
		err = unknownCommand(root, args[0])
	}
	fmt.Fprintf(os.Stderr, "mpiclus-lua: %v\nSee %s --help.\n", err, c.CommandPath())
	return host.ExitUsage
}

package host

import (
	"errors"

	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
	"github.com/mpiclus/mpiclus-lua/internal/output"
)

// Exit statuses of the command.
const (
	ExitOK          = 0
	ExitScript      = 1                 // the script raised an error
	ExitUsage       = 2                 // wrong usage of the command
	ExitLaunch      = 3                 // workers could not be started
	ExitLost        = 4                 // a worker was lost
	ExitOutput      = output.ExitStatus // output could not be written, and is not complete
	ExitInterrupted = 130
	ExitReaderGone  = 141 // who read the output has gone, as SIGPIPE tells others
)

// errNoScript is wrong usage of the command, though found out late.
var errNoScript = errors.New("there is no script")

// errReaderGone ends a script whose output nobody reads any more.
var errReaderGone = errors.New("the reader of the output has gone")

// Status is the exit status for an error that ended what the user wanted to run.
func Status(err error) int { return exitStatus(err) }

// exitStatus is the status for an error that ended a script.
func exitStatus(err error) int {
	if err == nil {
		return ExitOK
	}
	if errors.Is(err, errReaderGone) {
		return ExitReaderGone
	}
	if errors.Is(err, errNoScript) {
		return ExitUsage
	}
	switch luaerr.From(err).Kind {
	case luaerr.Launch:
		return ExitLaunch
	case luaerr.Lost:
		return ExitLost
	case luaerr.Interrupted:
		return ExitInterrupted
	default:
		return ExitScript
	}
}

// Package worker is the life of a worker: the supervisor that the launcher
// starts, and the process that it runs, which is in MPI, serves requests and
// runs Lua chunks.
package worker

import (
	"context"

	"github.com/mpiclus/mpiclus-lua/internal/interp"
	"github.com/mpiclus/mpiclus-lua/internal/protocol"
)

// Library starts the MPI library of the process. The linked executable has
// the real one; tests have one in process.
type Library interface {
	// Init starts MPI. threadLevel is the least wanted, "" for any; an error
	// says what the library offers instead. It may take long.
	Init(threadLevel string) (Session, error)
}

// Session is MPI at work in a process.
type Session interface {
	Info() Info
	// Modules adds the Lua modules that need MPI to the interpreter.
	Modules(in *interp.Interp)
	// World is the script's world: what chunks run in.
	World() World
	// FlushC writes out what C code has buffered for its standard output.
	FlushC()
	// Finalize ends MPI. It is collective over all processes of the job.
	Finalize() error
}

// World is the script's own communicator over all ranks, and what is known
// about waits in it.
type World interface {
	// Begin makes the communicator of a chunk that runs on the given ranks
	// alone (nil: on all), collective over these. It may wait. Scripts see the
	// communicator once show was called by whoever holds the interpreter.
	Begin(ctx context.Context, ranks []int) (show func(), err error)
	// End ends the chunk, and reports whether an MPI wait was left in it. Its
	// caller holds the interpreter.
	End() (dirty bool)
	// Standing tells what of the script's operations is not over. It may wait
	// for a moment.
	Standing() protocol.Standing
	// Tally tells how the counts of a Standing are. It waits for nothing.
	Tally() protocol.Standing
	// Renew makes the world anew, collective over all ranks. It may wait.
	// Scripts see the new world once show was called by whoever holds the
	// interpreter.
	Renew(ctx context.Context) (show func(), err error)
	// Look tells which MPI calls run now, and which requests are not complete. It
	// waits for nothing.
	Look() protocol.Where
}

// Info is what a session tells about itself.
type Info struct {
	Rank, Size  int
	Library     string // "Open MPI v4.1.4, …"
	Version     string // of the MPI standard, "3.1"
	ThreadLevel string
}

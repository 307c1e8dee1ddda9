// Package job is the processes that work for a manager. A manager knows them as a
// Job, whoever started them, and each of them as a Worker:
//
//	err := j.Start(ctx, func(workers []*job.Worker) error { … }) // they become members
//	defer j.Free()
//	…                                                            // chunks run
//	if ended, err := j.Left(10 * time.Second); !ended {          // all were asked to leave
//		j.Kill()
//		<-j.Done()
//	}
//
// Launched is the job that a launcher starts: its folder, the listener and who may
// come in there, the launcher's process, the workers until they join, their ends. The
// ranks of an mpirun, which nobody has to start, are the other one (internal/ranks).
package job

import (
	"context"
	"time"

	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
)

// Job is what a manager asks of the processes that work for it. All but Start may be
// called at any time, by several goroutines. Start, Left, Obituary and Free wait, so that
// nobody who calls them holds a lock that others need; the others do not.
type Job interface {
	// Start brings the workers together. welcome is called with all of them, by rank,
	// and makes them members; nobody else can join once it has returned. It is called
	// once. The error is that of welcome, or of kind Launch, and says what to do about
	// it; the caller then ends the job by Kill and Free.
	Start(ctx context.Context, welcome func(workers []*Worker) error) error
	// Ours reports whether this process can end the job, and start one like it: nil, or
	// the error for who wants that.
	Ours() error
	// Obituary makes the error for a worker whose link broke, for that cause (nil: its
	// supervisor told). It waits for what others know of the end, about a second.
	Obituary(w *Worker, cause error) *luaerr.Error
	// Left is called when all workers have heard that they are to leave. It waits, no
	// longer than limit. ended: all have left, or will by themselves. Otherwise call
	// Kill; unclean is then the error of a worker that died while it was leaving, or nil.
	Left(limit time.Duration) (ended bool, unclean error)
	// Kill ends all processes of the job that this one can end.
	Kill()
	// Done returns a channel that is closed while nothing of the job runs: before
	// Start, and after its end.
	Done() <-chan struct{}
	// Free ends what the master has to do with the workers, and frees what the job
	// holds on this machine. It is called when the job is over, maybe several times.
	Free()
	// RemoveFiles removes the job's files, at an end that leaves no time for Free.
	RemoveFiles()
}

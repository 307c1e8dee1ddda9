package host

import (
	"slices"

	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
)

// stage is where the job of a manager stands.
type stage int

const (
	stageMade     stage = iota // nothing was started
	stageStarting              // the launcher is started, workers join
	stageRunning               // all workers have joined
	stageLost                  // a worker was lost: MPI cannot be used any more
	stageKilled                // this master ended the job, or gave up its start
	stageClosed                // Close was called: what workers there are end
)

func (s stage) String() string {
	return [...]string{"made", "starting", "running", "lost", "killed", "closed"}[s]
}

// follows lists the stages that may come next. A job that is killed twice keeps the
// later reason; one that is closed stays closed, whatever happens to its workers.
var follows = map[stage][]stage{
	stageMade:     {stageStarting, stageRunning, stageKilled, stageClosed}, // running: the ranks of an mpirun run already
	stageStarting: {stageRunning, stageLost, stageKilled, stageClosed},
	stageRunning:  {stageLost, stageKilled, stageClosed},
	stageLost:     {stageKilled, stageClosed},
	stageKilled:   {stageKilled, stageClosed},
}

// life is the stage of a job, with the reasons of its end. The zero value is a job
// that was not started.
type life struct {
	stage  stage
	begun  bool          // workers were started, or there were ranks, once
	broken *luaerr.Error // why MPI cannot be used any more: the first reason
	killed *luaerr.Error // why this master ended the job: the last reason
}

// enter goes on to a stage if that may follow, and reports whether it may. why is
// the reason of an end.
func (l *life) enter(next stage, why *luaerr.Error) bool {
	if !slices.Contains(follows[l.stage], next) {
		return false
	}
	l.stage = next
	switch next {
	case stageStarting, stageRunning:
		l.begun = true
	case stageLost:
		l.broken = why
	case stageKilled:
		l.killed = why
		if l.broken == nil {
			l.broken = why
		}
	case stageMade, stageClosed: // no reason is asked for
	}
	return true
}

// runs reports whether MPI can be used.
func (l *life) runs() bool { return l.stage == stageRunning }

// isClosed reports whether Close was called.
func (l *life) isClosed() bool { return l.stage == stageClosed }

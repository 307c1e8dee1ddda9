package main

import (
	"context"
	"time"

	"github.com/mpiclus/mpiclus-lua/internal/launch"
	"github.com/mpiclus/mpiclus-lua/internal/mpi"
	"github.com/mpiclus/mpiclus-lua/internal/protocol"
)

// watch looks after another rank: MPI tells nobody when one dies, and not
// every launcher ends the job then. The ranks of a machine look after each
// other in a ring.
type watch struct {
	neighbour launch.Neighbour
	found     bool
	ctx       context.Context
	stop      context.CancelFunc
}

// launcherTime is how long the launcher has to end the job by itself.
const launcherTime = 2 * time.Second

// newWatch finds the neighbour. It is collective.
func newWatch(system *mpi.System) (*watch, error) {
	words, err := system.Meet(context.Background(), protocol.Encode(launch.OwnPlace()))
	if err != nil {
		return nil, err
	}
	places := make([]launch.Place, len(words))
	for rank, word := range words {
		if err := protocol.Decode(word, &places[rank]); err != nil {
			return nil, err
		}
	}
	w := &watch{}
	w.neighbour, w.found = launch.NextHere(system.Rank(), places)
	w.ctx, w.stop = context.WithCancel(context.Background())
	return w, nil
}

// start calls lost when the neighbour has ended and this process still runs
// some time later.
func (w *watch) start(lost func(rank int, host string, pid int)) {
	if !w.found {
		return
	}
	go func() {
		if w.neighbour.AwaitEnd(w.ctx) != nil {
			return
		}
		select {
		case <-w.ctx.Done():
		case <-time.After(launcherTime):
			lost(w.neighbour.Rank, w.neighbour.Host, w.neighbour.Pid)
		}
	}()
}

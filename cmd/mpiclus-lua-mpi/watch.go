package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/mpiclus/mpiclus-lua/internal/launch"
	"github.com/mpiclus/mpiclus-lua/internal/mpi"
	"github.com/mpiclus/mpiclus-lua/internal/protocol"
)

// watch looks after another rank, and after the launcher: MPI tells nobody
// when one of them dies, and not every launcher ends the job when a rank does.
// The ranks of a machine look after each other in a ring; the first of them
// keeps the job's folder there, and whoever is the last removes it.
type watch struct {
	rank      int
	neighbour launch.Neighbour
	found     bool
	launcher  launch.Ancestor
	launched  bool
	leader    bool            // the first rank on this machine
	folder    *launch.Folder  // of the leader
	path      string          // of that folder
	ctx       context.Context // of the look after the neighbour, which ends first
	stop      context.CancelFunc
	// launcherCtx is that of the look after the launcher: until the process ends,
	// or has the launcher end.
	launcherCtx  context.Context
	stopLauncher context.CancelFunc
	cleaned      sync.Once
}

// launcherTime is how long the launcher has to end the job by itself.
const launcherTime = time.Second

// newWatch finds the neighbour and makes the job's folder. It is collective.
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
	w := &watch{rank: system.Rank()}
	w.neighbour, w.found = launch.NextHere(w.rank, places)
	w.launcher, w.launched = launch.FindAncestor()
	leader := launch.FirstHere(w.rank, places)
	w.leader = leader == w.rank
	w.launcherCtx, w.stopLauncher = context.WithCancel(context.Background())
	w.ctx, w.stop = context.WithCancel(w.launcherCtx)
	var problem error
	if w.leader {
		problem = w.makeFolder()
	}
	// All hear where the folders are, also of a leader that has none.
	paths, err := system.Meet(context.Background(), []byte(w.path))
	if err = errors.Join(problem, err); err != nil {
		return nil, err
	}
	w.path = string(paths[leader])
	go w.watchLauncher()
	return w, nil
}

func (w *watch) makeFolder() (err error) {
	if w.folder, err = launch.MakeFolder(0); err != nil {
		return err
	}
	w.path = w.folder.Path
	w.folder.Guard()
	if !w.launched {
		return nil
	}
	w.launcher.KeepWords()
	return w.folder.Record(launch.OwnerHere(w.launcher.ProcessID))
}

// clean removes what this rank may: the leader its folder, any other that of a
// leader that is gone.
func (w *watch) clean() {
	if w.leader {
		w.cleaned.Do(func() {
			if !w.launched || !w.launcher.Lives() || !w.folder.Leave() {
				_ = w.folder.Remove()
			}
		})
	} else if w.path != "" {
		launch.RemoveAbandoned(w.path)
	}
}

// watchLauncher ends this rank when the launcher is gone: nobody else does,
// for a while, and what the MPI library has in files would stay.
func (w *watch) watchLauncher() {
	if !w.launched || (launch.Neighbour{Pid: w.launcher.Pid}).AwaitEnd(w.launcherCtx) != nil {
		return
	}
	for end := time.Now().Add(time.Second); w.launcher.Lives() && time.Now().Before(end); {
		time.Sleep(time.Millisecond) // its last threads are ending
	}
	if w.leader {
		host, _ := os.Hostname()
		w.launcher.Say(fmt.Sprintf("mpiclus-lua: the launcher (%s, pid %d) on host %s has ended before its ranks: the job ends", w.launcher.Name, w.launcher.Pid, host))
	}
	w.clean()
	os.Exit(lostStatus)
}

// lostStatus is the exit status of ranks that lost their launcher.
const lostStatus = 4

// endLauncher ends a launcher that would take the loss of ranks for success,
// and reports whether it does: under --enable-recovery the status of the job
// is 0, whatever ranks end with.
func (w *watch) endLauncher() bool {
	recovers := false
	for _, name := range []string{"OMPI_MCA_orte_enable_recovery", "PRTE_MCA_prte_enable_recovery"} {
		value := strings.ToLower(os.Getenv(name))
		recovers = recovers || value != "" && value != "0" && value != "false"
	}
	return recovers && w.launched && w.launcher.Lives() && syscall.Kill(w.launcher.Pid, syscall.SIGTERM) == nil
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
		if !w.leader {
			w.clean() // it may have been the leader
		}
		select {
		case <-w.ctx.Done():
		case <-time.After(launcherTime):
			lost(w.neighbour.Rank, w.neighbour.Host, w.neighbour.Pid)
		}
	}()
}

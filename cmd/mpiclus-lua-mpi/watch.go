package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"os/signal"
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
// keeps the job's folder there, and whoever is the last removes it. A rank that
// is alone on its machine is looked after by the rank after it.
type watch struct {
	rank      int
	neighbour launch.Neighbour
	found     bool
	lone      launch.Neighbour // the rank before this one, where there is a loneConn
	loneConn  net.Conn         // to that rank, which is alone on its machine
	seen      *seen            // of this rank, where it is alone
	log       *slog.Logger
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

// newWatch finds the neighbour and makes the job's folder. It is collective.
func newWatch(system *mpi.System, log *slog.Logger) (*watch, error) {
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
	w := &watch{rank: system.Rank(), log: log}
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
	// All hear where the folders are, also of a leader that has none, and how a rank is
	// called that is alone.
	way := waysTo{Folder: w.path}
	if w.launched && !w.found && len(places) > 1 {
		if w.seen, err = beSeen(os.Getenv("MPICLUS_INTERFACE")); err != nil {
			log.Debug("no other rank looks after this one", "err", err)
		} else {
			way.Seen = w.seen.way
		}
	}
	words, err = system.Meet(context.Background(), protocol.Encode(way))
	if err = errors.Join(problem, err); err != nil {
		return nil, err
	}
	ways := make([]waysTo, len(words))
	for rank, word := range words {
		if err := protocol.Decode(word, &ways[rank]); err != nil {
			return nil, err
		}
	}
	w.path = ways[leader].Folder
	if err := w.visitLone(system, places, ways); err != nil {
		return nil, err
	}
	go w.watchLauncher()
	return w, nil
}

// waysTo is what a rank tells the others of itself.
type waysTo struct {
	Folder string  // the job's, of a leader
	Seen   waySeen // how the rank after it calls it, where it is alone on its machine
}

// visitLone has the ranks that are alone on their machines looked after. It is
// collective: nobody goes on before all of them are.
func (w *watch) visitLone(system *mpi.System, places []launch.Place, ways []waysTo) (err error) {
	some := false
	for _, way := range ways {
		some = some || len(way.Seen.Addresses) > 0
	}
	if !some {
		return nil
	}
	before := (w.rank + len(ways) - 1) % len(ways)
	if seen := ways[before].Seen; len(seen.Addresses) > 0 {
		w.lone = launch.Neighbour{Rank: before, Host: places[before].Host, Pid: places[before].Pid}
		if w.loneConn, err = visit(w.ctx, seen); err != nil {
			w.log.Debug("this rank does not look after the one before it", "rank", before, "err", err)
		}
	}
	_, err = system.Meet(context.Background(), nil)
	if w.seen != nil {
		w.seen.close()
	}
	return err
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

// errorOutput gives where this rank reports. The last words of one whose
// launcher was told to end, and passes on nothing from then on, go to the
// launcher's own standard error, where the first rank of its machine has a way.
func (w *watch) errorOutput() io.Writer {
	if !w.launched || !w.launcher.Hears() || launch.PassesLastWords(os.Environ()) {
		return os.Stderr
	}
	told := make(chan os.Signal, 1)
	for _, s := range []os.Signal{syscall.SIGTERM, syscall.SIGINT} { // Hydra passes a Ctrl-C on as it is
		if !signal.Ignored(s) {
			signal.Notify(told, s)
		}
	}
	return &lastWords{told, false, &w.launcher}
}

type lastWords struct {
	told     chan os.Signal
	ending   bool
	launcher *launch.Ancestor
}

// Write is for one writer at a time.
func (l *lastWords) Write(b []byte) (int, error) {
	select {
	case <-l.told:
		l.ending = true
	default:
	}
	if !l.ending {
		return os.Stderr.Write(b)
	}
	l.launcher.Say(strings.TrimSuffix(string(b), "\n"))
	return len(b), nil
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

// start calls lost when the neighbour, or the lone rank before this one, has ended
// and this process still runs some time later.
func (w *watch) start(lost func(why string)) {
	gone := func(n launch.Neighbour) {
		select {
		case <-w.ctx.Done():
		case <-time.After(launch.LauncherTime):
			lost(n.Gone())
		}
	}
	if w.found {
		go func() {
			if w.neighbour.AwaitEnd(w.ctx) != nil {
				return
			}
			if !w.leader {
				w.clean() // it may have been the leader
			}
			gone(w.neighbour)
		}()
	}
	if w.loneConn != nil {
		go func() {
			if err := awaitClose(w.ctx, w.loneConn); err != nil {
				w.log.Debug("this rank does not look after the one before it any more", "rank", w.lone.Rank, "err", err)
				return
			}
			gone(w.lone)
		}()
	}
}

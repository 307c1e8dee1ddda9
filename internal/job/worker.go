package job

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/mpiclus/mpiclus-lua/internal/link"
	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
	"github.com/mpiclus/mpiclus-lua/internal/output"
	"github.com/mpiclus/mpiclus-lua/internal/protocol"
	"github.com/mpiclus/mpiclus-lua/internal/rpc"
)

// Worker is a worker as the master sees it: from its first call, or its supervisor's,
// to its end. Who holds its mu takes no other lock but that of its Outlet.
type Worker struct {
	Outlet *output.Outlet // of what it writes

	// lossSeen is set once a script has got the error of the worker's loss, which
	// is made by each that notices the loss.
	lossSeen atomic.Bool

	mu         sync.Mutex
	presence   protocol.Presence
	ready      protocol.Ready
	pid        rpc.Pid
	link       link.Link // its own, for requests
	supervisor link.Link
	exit       *protocol.Exit
	exited     chan struct{} // closed when the supervisor told of its end, or is gone
	over       sync.Once     // closes it
	retired    bool
}

func newWorker(p protocol.Presence, d *output.Display) *Worker {
	return &Worker{Outlet: output.NewOutlet(d), presence: p, exited: make(chan struct{})}
}

// NewRank makes a worker that is a rank of this process's own MPI job, and has no
// supervisor: its pid is its rank and one. l may be nil, for this process itself.
func NewRank(rank, size int, host string, l link.Link, d *output.Display) *Worker {
	w := newWorker(protocol.Presence{Host: host, Rank: rank, Size: size}, d)
	w.ready = protocol.Ready{Rank: rank, Size: size}
	w.link = l
	w.Become(rpc.Pid(rank) + 1)
	return w
}

// Rank is the worker's rank in its job. It is known once the worker has joined.
func (w *Worker) Rank() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.ready.Rank
}

// Host is the machine that the worker runs on.
func (w *Worker) Host() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.presence.Host
}

// Link is the worker's own link, for requests; nil before the worker has called, and
// when it is over.
func (w *Worker) Link() link.Link {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.link
}

// Pid is the worker's pid; 0 before it has joined.
func (w *Worker) Pid() rpc.Pid {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.pid
}

// Become gives a worker that joins its pid, and what it writes its rank.
func (w *Worker) Become(pid rpc.Pid) {
	w.mu.Lock()
	w.pid = pid
	rank := w.ready.Rank
	w.mu.Unlock()
	w.Outlet.Name(fmt.Sprint(rank))
}

// Welcome tells a worker that waits for it that it has joined, and as whom.
// It gives the worker's link, which is from now on that of a node.
func (w *Worker) Welcome(as protocol.Welcome) (link.Link, error) {
	l := w.Link()
	if l == nil {
		return nil, errors.New("the job is over")
	}
	return l, protocol.Send(l, protocol.FrameWelcome, as)
}

// Retire notes that the worker takes no more calls (rmprocs).
func (w *Worker) Retire() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.retired = true
}

// HasRetired reports whether Retire was called.
func (w *Worker) HasRetired() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.retired
}

// Obituary makes the error for a worker of a job without a launcher.
func (w *Worker) Obituary() *luaerr.Error { return w.obituary(nil, launcherEnd{}) }

// obituary tells how a worker ended.
func (w *Worker) obituary(cause error, launcher launcherEnd) *luaerr.Error {
	w.mu.Lock()
	defer w.mu.Unlock()
	e := luaerr.New(luaerr.Lost, "worker lost on host %s: %s", w.presence.Host, w.how(cause, launcher))
	e.Output = w.Outlet.LastLines(10)
	e.Seen = &w.lossSeen
	e.Rank, e.Pid, e.Host = w.ready.Rank, int(w.pid), w.presence.Host
	return e
}

// how tells what ended a worker: the launcher, where that went first or had it
// end. w.mu is held.
func (w *Worker) how(cause error, launcher launcherEnd) string {
	switch {
	case w.exit == nil && cause != nil:
		return "the connection to it broke and its supervisor is gone (" + cause.Error() + ")" + launcher.clause("; the launcher", " has ended, too")
	case w.exit == nil:
		return "the connection to it broke" + launcher.clause("; the launcher", " has ended, too")
	case w.exit.Orphan && launcher.how != "":
		return launcher.clause("the launcher", " ended first")
	case w.exit.Orphan:
		return "the launcher's process on that host ended first"
	case w.exit.Told && launcher.how != "":
		return launcher.clause("the launcher", " ended it, and then itself")
	case w.exit.Told:
		return "the launcher ended it"
	}
	how := w.exit.String()
	if w.exit.Code == runtimeStatus && strings.Contains(w.Outlet.LastLines(10), outOfMemory) {
		how = "out of memory (a limit of the process: ulimit -v, or all that the machine has)"
	}
	return how + launcher.clause("; the launcher", " has ended, too")
}

// What the Go runtime says, and ends a process with, when it gets no memory.
const (
	outOfMemory   = "fatal error: out of memory"
	runtimeStatus = 2
)

// launcherEnd is how a launcher ended; how is "" for one that runs.
type launcherEnd struct{ name, how string }

// clause tells it in a sentence; "" for one that runs.
func (l launcherEnd) clause(who, did string) string {
	if l.how == "" {
		return ""
	}
	return fmt.Sprintf("%s (%s)%s (%s)", who, l.name, did, l.how)
}

// hasSupervisor tells whether somebody is there to say how the worker ended.
func (w *Worker) hasSupervisor() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.supervisor != nil
}

// end tells the worker's supervisor to end it.
func (w *Worker) end() {
	w.mu.Lock()
	supervisor := w.supervisor
	w.mu.Unlock()
	if supervisor != nil { // a send may wait for a supervisor that reads nothing
		_ = supervisor.Send(&link.Frame{Kind: protocol.FrameKill})
	}
}

// release ends what the master has to do with a worker.
func (w *Worker) release() {
	w.mu.Lock()
	own, supervisor := w.link, w.supervisor
	w.mu.Unlock()
	if own != nil {
		own.Close() // of one that has not joined: the node does not know it
	}
	if supervisor != nil {
		supervisor.Close()
	}
	w.Outlet.Close()
	w.mu.Lock()
	w.link, w.supervisor = nil, nil
	w.mu.Unlock()
}

// Hostname is the name of this machine, for messages.
var Hostname = sync.OnceValue(func() string {
	name, err := os.Hostname()
	if err != nil {
		return "?"
	}
	return name
})

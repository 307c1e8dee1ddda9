package host

import (
	"fmt"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/mpiclus/mpiclus-lua/internal/link"
	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
	"github.com/mpiclus/mpiclus-lua/internal/output"
	"github.com/mpiclus/mpiclus-lua/internal/protocol"
	"github.com/mpiclus/mpiclus-lua/internal/rpc"
)

// remote is a worker as the master sees it. Who holds its mu does not take the
// manager's.
type remote struct {
	// lossSeen is set once a script has got the error of the worker's loss, which
	// is made by each that notices the loss.
	lossSeen atomic.Bool

	manager *Manager
	outlet  *output.Outlet
	start   *gathering // that waits for it, or has

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

func (w *remote) hasRetired() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.retired
}

// obituary tells how a worker ended.
func (w *remote) obituary(cause error, launcher launcherEnd) *luaerr.Error {
	w.mu.Lock()
	defer w.mu.Unlock()
	e := luaerr.New(luaerr.Lost, "worker lost on host %s: %s", w.presence.Host, w.how(cause, launcher))
	e.Output = w.outlet.LastLines(10)
	e.Rank, e.Pid, e.Host = w.ready.Rank, int(w.pid), w.presence.Host
	return e
}

// how tells what ended a worker: the launcher, where that went first or had it
// end. w.mu is held.
func (w *remote) how(cause error, launcher launcherEnd) string {
	switch {
	case w.exit == nil && cause != nil && w.manager.transport == nil:
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
	if w.exit.Code == runtimeStatus && strings.Contains(w.outlet.LastLines(10), outOfMemory) {
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
func (w *remote) hasSupervisor() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.supervisor != nil
}

// member is the worker's pid; 0 before it has joined.
func (w *remote) member() rpc.Pid {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.pid
}

func (w *remote) setRetired() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.retired = true
}

func (w *remote) setPid(pid rpc.Pid) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.pid = pid
}

// end tells the worker's supervisor to end it, and breaks its link.
func (w *remote) end() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.supervisor != nil {
		_ = w.supervisor.Send(&link.Frame{Kind: protocol.FrameKill})
	}
}

// release ends what the master has to do with a worker.
func (w *remote) release() {
	w.mu.Lock()
	pid, own, supervisor := w.pid, w.link, w.supervisor
	w.mu.Unlock()
	if pid != 0 {
		w.manager.host.node.Forget(pid, closedManager(pid))
	}
	if own != nil && w.manager.transport == nil {
		own.Close() // of one that has not joined: the node does not know it
	}
	if supervisor != nil {
		supervisor.Close()
	}
	w.outlet.Close()
	w.mu.Lock()
	w.link, w.supervisor = nil, nil
	w.mu.Unlock()
}

func pidsOf(workers []*remote) []rpc.Pid {
	pids := make([]rpc.Pid, len(workers))
	for i, w := range workers {
		pids[i] = w.pid
	}
	return pids
}

package host

import (
	"sync"
	"sync/atomic"
	"time"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/cluster"
	"github.com/mpiclus/mpiclus-lua/internal/job"
	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
	"github.com/mpiclus/mpiclus-lua/internal/output"
	"github.com/mpiclus/mpiclus-lua/internal/rpc"
	"github.com/mpiclus/mpiclus-lua/internal/value"
)

// Mode says which processes are in MPI and what carries their messages.
type Mode string

// The modes of a manager, as scripts name them.
const (
	MPIOnWorkers    Mode = "MPI_ON_WORKERS"
	TCPTransportAll Mode = "TCP_TRANSPORT_ALL"
	MPITransportAll Mode = "MPI_TRANSPORT_ALL"
)

// Options say how a manager starts its workers. The zero value takes the
// defaults of the command line.
type Options struct {
	NP            int // number of workers; -1: the launcher decides
	Command       []string
	Mpiexec       string
	Flags         []string
	Hosts         string
	Hostfile      string
	Dir           string
	Env           map[string]string
	Exe           string
	ExeFlags      []string
	Interface     string
	LaunchTimeout time.Duration
	ThreadLevel   string
	Topology      string
	Output        string
	Redirect      [2]bool       // of ranks: standard output and error go to the master
	LeaveOutput   bool          // leave output to the launcher (stdout_to_master = false)
	ErrorGrace    time.Duration // how long other ranks have after one failed; 0: 2 s
	OnFailure     string        // what a loss leads to: "error" (or ""), "restart"
	StallNote     time.Duration // after which a note tells that no rank moves; 0: 30 s
}

// threadLevels are the values of Options.ThreadLevel, from the least on.
var threadLevels = []string{"single", "funneled", "serialized", "multiple"}

// Manager is what a script holds of a job of workers, and what the master knows of it.
// It waits for nothing with mu held.
type Manager struct {
	host    *Host
	number  uint32 // tells managers apart, also across a restart
	mode    Mode
	opts    Options
	np      int // as asked; -1: the launcher decides
	display *output.Display

	queue chan struct{} // holds one token: chunks run one after the other
	seq   uint64        // of the last chunk; who holds the token owns it
	// toldLeft are the kinds of what was left half done that the user was told of;
	// who holds the token owns it.
	toldLeft map[string]bool

	ending sync.Mutex // held by who ends the job: who comes second waits for that

	// running says where the chunk that runs is at work; nil: none runs.
	running atomic.Pointer[onRanks]

	mu         sync.Mutex
	life       life
	job        job.Job       // nil before the start, and where no workers are wanted
	workers    []*job.Worker // by rank, complete once the job runs
	loss       loss
	succession succession
	init       *value.Message // what each start of the job begins with
}

// recovery is the fresh start of a job that lost a worker, where the script
// wants that (on_failure = "restart").
type recovery struct {
	done  chan struct{}
	fresh *Manager // set before done is closed, as err is
	err   error
}

// loss is the first worker that a job lost, and whether the script knows.
type loss struct {
	err      *luaerr.Error
	handlers []*lua.LFunction // of on_lost
	coped    bool             // one of them was called
}

// current is the manager that has taken this one's place, or this one.
func (m *Manager) current() *Manager {
	for {
		m.mu.Lock()
		next := m.succession.next
		m.mu.Unlock()
		if next == nil {
			return m
		}
		m = next
	}
}

// Pids gives the workers' pids in rank order.
func (m *Manager) Pids() []rpc.Pid {
	m.mu.Lock()
	defer m.mu.Unlock()
	return pidsOf(m.workers)
}

func (m *Manager) worker(pid rpc.Pid) *job.Worker {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, w := range m.workers {
		if w.Pid() == pid {
			return w
		}
	}
	return nil
}

// errReuse is raised by a second start of a manager.
var errReuse = luaerr.New(luaerr.Argument, "Reuse of an MPIManager is not allowed: create another MPIManager")

// ours is nil if the job is this master's to end and to start, else the error for who
// wants that. m.mu is held.
func (m *Manager) ours() error {
	if m.job == nil {
		return nil
	}
	return m.job.Ours()
}

// closedManager is the error of what is lost with a worker in an orderly end.
func closedManager(pid rpc.Pid) *luaerr.Error {
	e := luaerr.New(luaerr.Lost, "the manager of pid %d was closed", pid)
	e.Cause = cluster.ErrClosed
	return e
}

// debug logs a step of the manager for --log-level debug, with keys and values as
// of slog. It may wait for whoever reads the log, so m.mu may not be held.
func (m *Manager) debug(step string, attrs ...any) {
	m.host.cfg.Log.Debug(step, append([]any{"manager", m.number}, attrs...)...)
}

// Travel implements value.Traveller: on a worker a manager arrives as a table
// that tells what it was like, and on the master as itself.
func (m *Manager) Travel() (kind string, data []byte, err error) {
	return m.current().snapshot().Travel()
}

// snapshot tells what a manager is like.
func (m *Manager) snapshot() cluster.ManagerSnapshot {
	m.mu.Lock()
	defer m.mu.Unlock()
	s := cluster.ManagerSnapshot{
		Number: m.number, Mode: string(m.mode), Launched: m.life.begun, Initialized: len(m.workers) > 0 && !m.life.isClosed(),
	}
	s.Pids = append(s.Pids, pidsOf(m.workers)...) // nil before there are any
	return s
}

func (m *Manager) alreadyLaunched() bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.life.begun
}

func (m *Manager) hostOf(rank int) string {
	m.mu.Lock()
	defer m.mu.Unlock()
	if rank < len(m.workers) {
		return m.workers[rank].Host()
	}
	return ""
}

func (m *Manager) isClosed() bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.life.isClosed()
}

func pidsOf(workers []*job.Worker) []rpc.Pid {
	pids := make([]rpc.Pid, len(workers))
	for i, w := range workers {
		pids[i] = w.Pid()
	}
	return pids
}

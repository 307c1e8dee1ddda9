package host

import (
	"fmt"
	"sync"
	"time"

	"github.com/mpiclus/mpiclus-lua/internal/launch"
	"github.com/mpiclus/mpiclus-lua/internal/link"
	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
	"github.com/mpiclus/mpiclus-lua/internal/output"
	"github.com/mpiclus/mpiclus-lua/internal/protocol"
	"github.com/mpiclus/mpiclus-lua/internal/rpc"
)

// adoptRanks makes the manager of the ranks of this job, on rank 0: workers
// that nobody launched, and this process as rank 0 among them.
func (h *Host) adoptRanks(mode Mode, opts Options, links []link.Link) (*Manager, error) {
	words := h.loop.words
	m := h.NewManager(mode, opts)
	m.np = len(words)
	m.life.enter(stageRunning, nil)
	m.job = &rankJob{done: make(chan struct{})}
	m.transport = h.loop.transport
	h.takePids(len(words) - 1)
	for rank, w := range words {
		r := &remote{
			manager: m, outlet: output.NewOutlet(m.display), exited: closedChannel(), pid: rpc.Pid(rank) + 1, link: links[rank],
			presence: protocol.Presence{Host: w.Host, Rank: rank, Size: len(words)},
			ready:    protocol.Ready{Rank: rank, Size: len(words)},
		}
		r.outlet.Name(fmt.Sprint(rank))
		m.workers = append(m.workers, r)
		if rank > 0 {
			m.present[fmt.Sprint(rank)] = r
		}
	}
	h.adopt(m)
	pids := m.Pids()
	h.noteJob(pids)
	for _, r := range m.workers[1:] {
		if err := h.node.Attach(r.pid, r.link); err != nil {
			return nil, err
		}
	}
	h.node.Join(pids...)
	return m, nil
}

// rankJob is the job that the ranks of an mpirun are: its processes are not
// this one's to start, and they end with it.
type rankJob struct {
	done chan struct{}
	once sync.Once
}

func (j *rankJob) Done() <-chan struct{} { return j.done }

// Kill ends nothing yet: a manager that is broken makes the script's process
// end with an error, and with it the whole job.
func (j *rankJob) Kill() { j.once.Do(func() { close(j.done) }) }

func (j *rankJob) Launcher(time.Duration) (name, how string) { return "", "" }

func (j *rankJob) Explain(launch.Outcome) error {
	return luaerr.New(luaerr.Launch, "the ranks of this job did not come together")
}

func closedChannel() chan struct{} {
	c := make(chan struct{})
	close(c)
	return c
}

func (m *Manager) noteLeft() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.life.enter(stageLeft, nil)
}

// hasLeft reports whether all workers were told to end and have heard it.
func (m *Manager) hasLeft() bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.life.stage == stageLeft
}

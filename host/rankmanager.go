package host

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"github.com/mpiclus/mpiclus-lua/internal/job"
	"github.com/mpiclus/mpiclus-lua/internal/link"
	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
)

// adoptRanks makes the manager of the ranks of this job, on rank 0: workers
// that nobody launched, and this process as rank 0 among them.
func (h *Host) adoptRanks(mode Mode, opts Options, links []link.Link) (*Manager, error) {
	words := h.loop.words
	m := h.NewManager(mode, opts)
	m.np = len(words)
	m.life.enter(stageRunning, nil)
	j := &rankJob{done: make(chan struct{}), transport: h.loop.transport}
	for rank, w := range words {
		j.workers = append(j.workers, job.NewRank(rank, len(words), w.Host, links[rank], m.display))
	}
	h.takePids(len(words) - 1)
	m.job, m.workers = j, j.workers
	h.loop.mu.Lock()
	h.loop.job = j
	h.loop.mu.Unlock()
	h.adopt(m)
	pids := m.Pids()
	h.noteJob(pids)
	for _, r := range m.workers[1:] {
		if err := h.node.Attach(r.Pid(), r.Link()); err != nil {
			return nil, err
		}
	}
	h.node.Join(pids...)
	return m, nil
}

// rankJob is the job that the ranks of an mpirun are: its processes are not
// this one's to start, and they end with it.
type rankJob struct {
	transport Transport
	workers   []*job.Worker // by rank
	left      atomic.Bool   // all were told to end and have heard it
	done      chan struct{}
	once      sync.Once
}

// Start implements job.Job: the ranks have come together already.
func (j *rankJob) Start(_ context.Context, welcome func([]*job.Worker) error) error {
	return welcome(j.workers)
}

// Ours implements job.Job.
func (j *rankJob) Ours() error {
	return luaerr.New(luaerr.Argument, "the workers of this manager are the ranks of an mpirun: they cannot be restarted")
}

// Obituary implements job.Job.
func (j *rankJob) Obituary(w *job.Worker, _ error) *luaerr.Error { return w.Obituary() }

// Left implements job.Job: ranks end when their link is closed.
func (j *rankJob) Left(time.Duration) (ended bool, unclean error) {
	j.left.Store(true)
	return true, nil
}

// Kill ends nothing yet: a manager that is broken makes the script's process
// end with an error, and with it the whole job.
func (j *rankJob) Kill() { j.once.Do(func() { close(j.done) }) }

// Done implements job.Job.
func (j *rankJob) Done() <-chan struct{} { return j.done }

// Free implements job.Job.
func (j *rankJob) Free() {
	for _, w := range j.workers[1:] {
		w.Outlet.Close()
	}
	_ = j.transport.Close() // what was lost on the way has no receiver any more
}

// RemoveFiles implements job.Job: the job's files are those of the rank (Ranks.Clean).
func (j *rankJob) RemoveFiles() {}

package ranks

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"github.com/mpiclus/mpiclus-lua/internal/job"
	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
	"github.com/mpiclus/mpiclus-lua/internal/output"
)

// Job is the job that the ranks of an mpirun are, as job.Job: its processes are not
// this one's to start, and they end with it.
type Job struct {
	transport Transport
	workers   []*job.Worker // by rank
	left      atomic.Bool   // all were told to end and have heard it
	done      chan struct{}
	once      sync.Once
}

// Job makes the job, on rank 0 and after Open, with this process as the first of its
// workers. What the others write for the master is shown by d.
func (r *Rank) Job(d *output.Display) *Job {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.job = &Job{done: make(chan struct{}), transport: r.transport}
	for rank, w := range r.words {
		r.job.workers = append(r.job.workers, job.NewRank(rank, len(r.words), w.Host, r.links[rank], d))
	}
	return r.job
}

// Start implements job.Job: the ranks have come together already.
func (j *Job) Start(_ context.Context, welcome func([]*job.Worker) error) error {
	return welcome(j.workers)
}

// Ours implements job.Job.
func (j *Job) Ours() error {
	return luaerr.New(luaerr.Argument, "the workers of this manager are the ranks of an mpirun: they cannot be restarted")
}

// Obituary implements job.Job.
func (j *Job) Obituary(w *job.Worker, _ error) *luaerr.Error { return w.Obituary() }

// Left implements job.Job: ranks end when their link is closed.
func (j *Job) Left(time.Duration) (ended bool, unclean error) {
	j.left.Store(true)
	return true, nil
}

// Kill implements job.Job. It ends nothing yet: a manager that is broken makes the
// script's process end with an error, and with it the whole job.
func (j *Job) Kill() { j.once.Do(func() { close(j.done) }) }

// Done implements job.Job.
func (j *Job) Done() <-chan struct{} { return j.done }

// Free implements job.Job.
func (j *Job) Free() {
	for _, w := range j.workers[1:] {
		w.Outlet.Close()
	}
	_ = j.transport.Close() // what was lost on the way has no receiver any more
}

// RemoveFiles implements job.Job: the job's files are those of the rank (Config.Clean).
func (j *Job) RemoveFiles() {}

package job

import (
	"time"

	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
)

// Ours implements Job.
func (j *Launched) Ours() error { return nil }

// Kill implements Job.
func (j *Launched) Kill() {
	for _, w := range j.everyone() {
		w.end()
	}
	if l := j.running(); l != nil {
		l.Kill()
	}
}

// Done implements Job.
func (j *Launched) Done() <-chan struct{} {
	if l := j.running(); l != nil {
		return l.Done()
	}
	nothing := make(chan struct{})
	close(nothing)
	return nothing
}

// Left implements Job: it waits for the launcher, after its workers.
func (j *Launched) Left(limit time.Duration) (ended bool, unclean error) {
	select {
	case <-j.Done():
		return true, nil
	case <-j.spoilt: // the others would wait for it in MPI_Finalize
		return false, j.diedLeaving()
	case <-time.After(limit):
		return false, nil
	}
}

// diedLeaving tells of a worker that a signal ended while it was leaving; nil
// for none.
func (j *Launched) diedLeaving() error {
	for _, w := range j.everyone() {
		w.mu.Lock()
		died := w.exit != nil && w.exit.Signal != "" && !w.exit.Told && !w.exit.Orphan
		w.mu.Unlock()
		if died {
			return w.obituary(nil, launcherEnd{})
		}
	}
	return nil
}

// Free implements Job.
func (j *Launched) Free() {
	j.mu.Lock()
	listener, folder := j.listener, j.folder
	j.mu.Unlock()
	if listener != nil {
		listener.Close()
	}
	j.accepting.Wait() // nobody comes any more
	for _, w := range j.everyone() {
		w.release()
	}
	if folder != nil {
		_ = folder.Remove()
	}
}

// RemoveFiles implements Job.
func (j *Launched) RemoveFiles() {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.folder != nil {
		_ = j.folder.Remove()
	}
}

// exitWait is how long the master waits for a supervisor's word on how its
// worker ended, after the worker's link broke.
const exitWait = time.Second

// Obituary implements Job: with the worker's end, as its supervisor tells it, the
// launcher's, and the last lines of output.
func (j *Launched) Obituary(w *Worker, cause error) *luaerr.Error {
	if w.hasSupervisor() {
		select {
		case <-w.exited:
		case <-time.After(exitWait):
		}
	}
	return w.obituary(cause, j.launcherEnd(w))
}

// launcherWait is how long the news of a launcher's end may take when a worker
// went with it.
const launcherWait = 500 * time.Millisecond

// launcherEnd tells how the launcher ended by itself, if it has, or is about
// to since the end of a worker has to do with it.
func (j *Launched) launcherEnd(w *Worker) launcherEnd {
	l := j.running()
	if l == nil {
		return launcherEnd{}
	}
	limit := launcherWait
	w.mu.Lock()
	if w.exit != nil && !w.exit.Told && !w.exit.Orphan {
		limit = 0
	}
	w.mu.Unlock()
	name, how := l.Launcher(limit)
	return launcherEnd{name, how}
}

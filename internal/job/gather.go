package job

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"time"

	"github.com/mpiclus/mpiclus-lua/internal/launch"
	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
)

// DefaultTimeout is how long few workers have to join, unless somebody says more.
const DefaultTimeout = 60 * time.Second

const (
	perWorker   = 250 * time.Millisecond // more time for many workers
	patience    = 2 * time.Second        // of a user who is told nothing
	remindEvery = 5 * time.Second
	lookEvery   = 250 * time.Millisecond // for ranks that have no process any more
)

// gather waits until all workers have joined, and gives them by rank. It says what it
// waits for when that takes long.
func (j *Launched) gather(ctx context.Context) ([]*Worker, error) {
	limit := j.cfg.Timeout
	if limit == 0 {
		limit = DefaultTimeout + time.Duration(max(j.cfg.NP, 0))*perWorker
	}
	deadline := time.NewTimer(limit)
	defer deadline.Stop()
	remind := time.NewTimer(patience)
	defer remind.Stop()
	look := time.NewTicker(lookEvery)
	defer look.Stop()
	var gone missing
	ready := map[int]*Worker{}
	size := -1
	for size < 0 || len(ready) < size {
		select {
		case news := <-j.start.news:
			if news.err != nil {
				return nil, j.explain(news.err, len(ready), size, 0)
			}
			if size = news.worker.ready.Size; j.cfg.NP > 0 && size != j.cfg.NP {
				return nil, j.explain(nil, len(ready), size, 0)
			}
			if other := ready[news.worker.ready.Rank]; other != nil {
				return nil, luaerr.New(luaerr.Launch, "two workers say that they are rank %d", news.worker.ready.Rank)
			}
			ready[news.worker.ready.Rank] = news.worker
			j.cfg.Log.Debug("start: a worker joined", "rank", news.worker.ready.Rank, "host", news.worker.presence.Host, "joined", len(ready), "of", size)
		case <-remind.C:
			j.cfg.Say("%s", j.progress(ready, size))
			remind.Reset(remindEvery)
		case <-look.C:
			if j.launch.Hopeless() {
				return nil, j.explain(nil, len(ready), size, 0)
			}
			if rank := gone.look(j.alive()); rank >= 0 {
				// The launcher, or a worker, may say more about it.
				over := j.endsWithin(launch.LauncherTime)
				if err := j.start.lastWord(); err != nil || over {
					return nil, j.explain(err, len(ready), size, 0)
				}
				return nil, luaerr.New(luaerr.Launch, "rank %d: a worker on host %s was lost before it had joined: its process is gone: killed, or out of memory", rank, Hostname())
			}
		case <-j.launch.Done():
			// What a worker said before it died explains more than its end.
			if err := j.start.lastWord(); err != nil {
				return nil, j.explain(err, len(ready), size, 0)
			}
			return nil, j.explain(nil, len(ready), size, 0)
		case <-deadline.C:
			return nil, j.explain(errors.New(j.progress(ready, size)), len(ready), size, limit)
		case <-ctx.Done():
			return nil, luaerr.From(context.Cause(ctx))
		}
	}
	workers := make([]*Worker, size)
	for rank := range workers {
		if workers[rank] = ready[rank]; workers[rank] == nil {
			return nil, luaerr.New(luaerr.Launch, "%d workers joined, but none of them is rank %d", size, rank)
		}
	}
	return workers, nil
}

// missing finds ranks whose process is gone, by looks some time apart. A launcher with
// much to do may not have started a rank yet.
type missing struct {
	seen   map[int]bool // ranks that had a process at some look
	absent map[int]int  // ranks that have none: at how many looks in a row
	steady int          // looks since the last time that a new rank was seen
}

const (
	// looksGone is how many looks in a row must not find a process of a rank that had
	// one, before the rank is lost: fewer may be the end of the whole job.
	looksGone = 4
	// looksNoStart, and one for every second rank, is how many looks must not find a new
	// rank before one that was never seen is lost: its process may have ended before the
	// first look, but a machine with much to do takes its time to start many.
	looksNoStart = 8
)

// look takes the ranks that have a process now, of size in all, and returns one that
// has lost its own; -1 when there is none.
func (m *missing) look(running map[int]bool, size int) (gone int) {
	gone = -1
	if len(running) == 0 {
		return gone // they cannot be told
	}
	if m.seen == nil {
		m.seen, m.absent = map[int]bool{}, map[int]int{}
	}
	m.steady++
	for rank := range running {
		if !m.seen[rank] {
			m.seen[rank], m.steady = true, 0
		}
	}
	for rank := range size {
		if running[rank] {
			m.absent[rank] = 0
			continue
		}
		m.absent[rank]++
		if m.absent[rank] >= looksGone && (m.seen[rank] || m.steady >= looksNoStart+size/2) {
			gone = rank
		}
	}
	return gone
}

// alive returns the ranks that have a process or have called, and of how many, once
// one has called: the launcher need not say that a rank is gone. It is empty where
// processes cannot be told.
func (j *Launched) alive() (ranks map[int]bool, size int) {
	size, callers := j.cfg.NP, map[int]bool{}
	for _, w := range j.everyone() {
		w.mu.Lock()
		callers[w.presence.Rank] = true
		size = max(size, w.presence.Size)
		w.mu.Unlock()
	}
	if len(callers) == 0 {
		return nil, size
	}
	if ranks = j.launch.Running(); len(ranks) == 0 {
		return nil, size
	}
	maps.Copy(ranks, callers)
	return ranks, size
}

// endsWithin waits for the end of the launcher and of all that it started, no longer
// than limit, and reports whether it came.
func (j *Launched) endsWithin(limit time.Duration) bool {
	select {
	case <-j.launch.Done():
		return true
	case <-time.After(limit):
		return false
	}
}

// lastWord gives what a worker said of its failure before all ended, nil when
// none did.
func (g *gathering) lastWord() error {
	for {
		select {
		case j := <-g.news:
			if j.err != nil {
				return j.err
			}
		case <-time.After(100 * time.Millisecond):
			return nil
		}
	}
}

func (j *Launched) explain(cause error, joined, size int, timeout time.Duration) error {
	var launchErr *luaerr.Error
	if errors.As(cause, &launchErr) && launchErr.Kind == luaerr.Launch {
		return launchErr
	}
	o := launch.Outcome{Joined: joined, WorldSize: max(size, 0), Timeout: timeout}
	if cause != nil {
		o.Waiting = cause.Error()
	}
	return j.launch.Explain(o)
}

// progress tells who has joined and who is waited for.
func (j *Launched) progress(ready map[int]*Worker, size int) string {
	if size < 0 {
		size = j.cfg.NP
	}
	starting, everyone := "", j.everyone()
	for _, w := range everyone {
		w.mu.Lock()
		if p := w.presence; p.Rank >= 0 && ready[p.Rank] == nil {
			starting = fmt.Sprintf("; waiting for rank %d on host %s", p.Rank, p.Host)
			if w.link != nil {
				starting += " (in MPI_Init)"
			}
		}
		w.mu.Unlock()
	}
	if starting == "" {
		starting = fmt.Sprintf("; %d processes have called", len(everyone))
	}
	if size <= 0 {
		return fmt.Sprintf("%d workers joined%s", len(ready), starting)
	}
	return fmt.Sprintf("%d of %d workers joined%s", len(ready), size, starting)
}

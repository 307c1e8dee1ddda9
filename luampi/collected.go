package luampi

import (
	"runtime"
	"sync/atomic"

	"github.com/mpiclus/mpiclus-lua/internal/mpi"
)

// collected tells whether the garbage collector has run. A request that a
// script drops has to be taken over by the session, but to have the collector
// watch each one costs as much as the message: only those that are still at
// work after it has run are watched.
type collected struct {
	ran   atomic.Bool // the collector has
	armed bool        // to notice that
}

// marker is garbage from the start: its end tells that the collector ran. It
// has a pointer, so that it shares its memory with nothing.
type marker struct{ _ *marker }

// arm has the next collection noticed.
func (g *collected) arm() {
	if !g.armed {
		g.armed = true
		runtime.AddCleanup(&marker{}, func(ran *atomic.Bool) { ran.Store(true) }, &g.ran)
	}
}

// sweep has the collector watch the requests that have outlived it once, and
// frees what scripts have dropped.
func (m *module) sweep() {
	if m.collected.ran.Load() {
		m.collected.ran.Store(false)
		m.collected.armed = false
		m.s.Outlived(func(r *mpi.Request, holder any) { m.watch(holder.(*request)) })
	}
	m.s.Sweep()
}

// watch has the session take the request over when it is garbage.
func (m *module) watch(q *request) {
	if !q.watched {
		q.watched = true
		runtime.AddCleanup(q, m.s.Orphan, q.r)
	}
}

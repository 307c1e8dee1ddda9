package luampi

import (
	"runtime"
	"sync/atomic"

	"github.com/mpiclus/mpiclus-lua/internal/bag"
)

// nursery holds the requests that were made since the garbage collector last
// ran, and are neither complete nor given up. A request that a script drops has to be taken over
// by the session, but to have the collector watch each one costs as much as
// the message: only those that live on after it has run are watched.
type nursery struct {
	young bag.Bag[*request]
	ran   atomic.Bool // the collector has
	armed bool        // to notice that
}

// marker is garbage from the start: its end tells that the collector ran. It
// has a pointer, so that it shares its memory with nothing.
type marker struct{ _ *marker }

// Place implements bag.Entry.
func (q *request) Place() *int { return &q.place }

// add takes a new request in.
func (n *nursery) add(q *request) {
	n.young.Add(q)
	if !n.armed {
		n.armed = true
		runtime.AddCleanup(&marker{}, func(ran *atomic.Bool) { ran.Store(true) }, &n.ran)
	}
}

// sweep has the collector watch what has outlived it once, and frees what
// scripts have dropped.
func (m *module) sweep() {
	if m.nursery.ran.Load() {
		m.nursery.ran.Store(false)
		m.nursery.armed = false
		for all := m.nursery.young.All(); len(all) > 0; all = m.nursery.young.All() {
			q := all[len(all)-1]
			m.nursery.young.Remove(q)
			m.watch(q)
		}
	}
	m.s.Sweep()
}

// watch has the session take the request over when it is garbage.
func (m *module) watch(q *request) { runtime.AddCleanup(q, m.s.Orphan, q.r) }

package luampi

import (
	"runtime"
	"sync/atomic"
)

// nursery holds the requests that were made since the garbage collector last
// ran, and are neither complete nor given up. A request that a script drops has to be taken over
// by the session, but to have the collector watch each one costs as much as
// the message: only those that live on after it has run are watched.
type nursery struct {
	young []*request
	ran   atomic.Bool // the collector has
	armed bool        // to notice that
}

// marker is garbage from the start: its end tells that the collector ran. It
// has a pointer, so that it shares its memory with nothing.
type marker struct{ _ *marker }

// add takes a new request in.
func (n *nursery) add(q *request) {
	q.young = len(n.young) + 1
	n.young = append(n.young, q)
	if !n.armed {
		n.armed = true
		runtime.AddCleanup(&marker{}, func(ran *atomic.Bool) { ran.Store(true) }, &n.ran)
	}
}

// remove is for a request that is complete and holds nothing any more.
func (n *nursery) remove(q *request) {
	if q.young == 0 {
		return
	}
	last := len(n.young) - 1
	moved := n.young[last]
	n.young[q.young-1], n.young[last] = moved, nil
	moved.young, q.young = q.young, 0
	n.young = n.young[:last]
}

// sweep has the collector watch what has outlived it once, and frees what
// scripts have dropped.
func (m *module) sweep() {
	if m.nursery.ran.Load() {
		m.nursery.ran.Store(false)
		m.nursery.armed = false
		for _, q := range m.nursery.young {
			q.young = 0
			m.watch(q)
		}
		clear(m.nursery.young)
		m.nursery.young = m.nursery.young[:0]
	}
	m.s.Sweep()
}

// watch has the session take the request over when it is garbage.
func (m *module) watch(q *request) { runtime.AddCleanup(q, m.s.Orphan, q.r) }

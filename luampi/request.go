package luampi

import (
	"runtime"
	"sync/atomic"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/mpi"
)

// request is what scripts hold of an operation that was started. A zero one
// is REQUEST_NULL.
type request struct {
	ud   lua.LUserData // of newRequest
	r    *mpi.Request
	name string // of the call that made it
	// finish makes the value that a twin's request gives beside its status,
	// once it is complete.
	finish  func(L *lua.LState) (lua.LValue, error)
	value   lua.LValue // from finish; nil if there is none
	err     error
	busy    *lua.LState // that runs finish
	watched bool        // by the collector
}

// Kind names it in errors about arguments.
func (*request) Kind() string { return "request" }

// forget makes it REQUEST_NULL.
func (q *request) forget() {
	q.r, q.name, q.finish, q.value, q.err = nil, "", nil, nil, nil
}

func (q *request) text() string {
	switch {
	case q.r == nil:
		return "mpi.REQUEST_NULL"
	case q.r.Active():
		return q.name + " request"
	}
	return q.name + " request (complete)"
}

// newRequest returns the userdata of a request. When that is garbage the
// session takes the request over.
func (m *module) newRequest(q *request) *lua.LUserData {
	if q.r.Active() {
		q.r.Holder = q
		m.collected.arm()
	} else {
		m.watch(q)
	}
	q.ud.Value, q.ud.Metatable = q, m.requestMT
	return &q.ud
}

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

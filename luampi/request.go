package luampi

import (
	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/args"
	"github.com/mpiclus/mpiclus-lua/internal/lua51/vm"
	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
	"github.com/mpiclus/mpiclus-lua/internal/mpi"
	"github.com/mpiclus/mpiclus-lua/internal/mpi/table"
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

// requestObject makes the request of a call that is over.
func (m *module) requestObject(x *call) *lua.LUserData {
	q := &request{r: x.c.Detach(), name: x.row.Name}
	if after := x.after; after != nil {
		q.finish = func(L *lua.LState) (lua.LValue, error) { return nil, after(L) }
	}
	return m.newRequest(q)
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

// readRequest reads a request of argument n, nil for a null one.
func (m *module) readRequest(L *lua.LState, call string, n int, v lua.LValue) *request {
	var q *request
	if ud, ok := v.(*lua.LUserData); ok {
		q, _ = ud.Value.(*request)
	}
	if q == nil {
		luaerr.RaiseArg(L, call, n, "request", "%s", args.Expected("request", v)+dotted(L))
	}
	if q.r != nil && q.r.Lost() {
		luaerr.RaiseArg(L, call, n, "request", "%s", mpi.ErrLost)
	}
	return q
}

// refuseTaken raises when another task has the request in hand.
func (m *module) refuseTaken(L *lua.LState, call string, q *request) {
	if taken := q.r.ByWhom(); taken != nil {
		luaerr.RaiseArg(L, call, 1, "request", "%s", taken)
	}
	m.refuseBusy(L, call, q)
}

// refuseBusy raises while another task makes what a complete request gives.
func (m *module) refuseBusy(L *lua.LState, call string, q *request) {
	if q.busy != nil {
		luaerr.RaiseArg(L, call, 1, "request", "the request is in the hands of another task, which combines or reads what came (%s)", place(q.busy))
	}
}

// mustAwait has the call wait for requests, or raises.
func (x *call) mustAwait(family mpi.Family, list []*mpi.Request) {
	if err := x.c.AwaitRequests(family, list); err != nil {
		L, name, what := x.L, x.row.Name, x.row.Args[0].Name
		x.end()
		luaerr.RaiseArg(L, name, 1, what, "%s", err)
	}
}

// one returns the call on one request; only looks means Test.
func (m *module) one(row *table.Call, test bool) implementation {
	return func(L *lua.LState, base int, _ *mpi.Comm) int {
		q := m.readRequest(L, row.Name, 1, L.Get(base))
		if q.r != nil {
			m.refuseTaken(L, row.Name, q)
		}
		waited := q.r != nil && q.r.Active()
		if waited {
			x := m.begin(L, row)
			x.mustAwait(mpi.One, []*mpi.Request{q.r})
			done := true
			var err error
			if test {
				done, err = x.look()
			} else {
				err = x.await()
			}
			if err != nil && !x.c.Over() {
				x.c.StopWaiting()
				x.fail(err)
			}
			if !done {
				x.c.StopWaiting()
				x.end()
				L.Push(lua.LFalse)
				return 1
			}
			x.c.CompleteOne(q.r)
			if err != nil {
				m.keepUnread(q)
				x.fail(m.explained(L, err, q.r.Row, q.r.Room, &q.r.Status))
			}
			if err := m.shortWrite(L, q.r, &q.r.Status); err != nil {
				x.fail(err)
			}
			x.end()
		}
		n := 0
		if test {
			L.Push(lua.LTrue)
			n++
		}
		if !waited && q.r != nil && q.r.Persistent() { // of one that is not started the status is empty (MPI 3.1, section 3.7.3)
			return n + m.pushStatus(L, mpi.NullStatus(), n+1)
		}
		return n + m.pushCompleted(L, q)
	}
}

// keepUnread has the session end a complete request whose value may be fetched later,
// or never.
func (m *module) keepUnread(q *request) {
	if q.finish != nil {
		m.watch(q)
	}
}

// look tests prepared requests once.
func (x *call) look() (done bool, err error) {
	if done, busy := x.c.Look(); !busy {
		return done, x.c.Err()
	}
	if err := x.m.refuseInside(x.row.Name); err != nil {
		return false, err
	}
	x.task, x.c.Caller = x.m.in.Current(), x
	looker := &looker{c: x.c}
	err = x.m.in.WaitFor(x.L, looker)
	return looker.done, err
}

// pushCompleted pushes what a complete request gives: its status, before it
// the value of a twin.
func (m *module) pushCompleted(L *lua.LState, q *request) int {
	st := mpi.NullStatus()
	if q.r != nil {
		st = q.r.Status
	}
	m.settle(L, q)
	if q.err != nil {
		luaerr.Raise(L, luaerr.From(q.err))
	}
	n := 0
	if q.value != nil {
		L.Push(q.value)
		n++
	}
	return n + m.pushStatus(L, st, n+1)
}

// settle makes what a request gives once it is complete. Other tasks may run
// meanwhile.
func (m *module) settle(L *lua.LState, q *request) {
	finish := q.finish
	if finish == nil {
		return
	}
	q.finish, q.busy = nil, L
	defer func() { q.busy = nil }()
	q.value, q.err = finish(L)
}

// readRequests reads a list of requests, into one that is empty.
func (m *module) readRequests(L *lua.LState, call string, v lua.LValue, list []*request) []*request {
	t, ok := v.(*lua.LTable)
	if !ok {
		args.RaiseExpected(L, call, 1, "requests", "list of requests", v)
	}
	n, wrong := args.List(t)
	if wrong != "" {
		luaerr.RaiseArg(L, call, 1, "requests", "%s", wrong)
	}
	for i := range n {
		list = append(list, m.readRequest(L, call, 1, vm.GetInt(t, i+1)))
	}
	return list
}

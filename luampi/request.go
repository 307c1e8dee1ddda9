package luampi

import (
	lua "github.com/yuin/gopher-lua"

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
	finish func(L *lua.LState) (lua.LValue, error)
	value  lua.LValue // from finish; nil if there is none
	err    error
	place  int // in the nursery
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
	return m.newRequest(&request{r: x.c.Detach(), name: x.row.Name})
}

// newRequest gives the userdata of a request. When that is garbage the
// session takes the request over.
func (m *module) newRequest(q *request) *lua.LUserData {
	if q.r.Active() {
		m.nursery.add(q)
	} else {
		m.watch(q)
	}
	q.ud.Value, q.ud.Metatable = q, m.requestMT
	return &q.ud
}

// settled is called for a request that is complete.
func (m *module) settled(q *request) {
	if q.finish == nil { // or else there may be a value that nobody fetches
		m.nursery.young.Remove(q)
	}
}

// readRequest reads a request of argument n, nil for a null one.
func (m *module) readRequest(L *lua.LState, call string, n int, v lua.LValue) *request {
	ud, ok := v.(*lua.LUserData)
	if ok {
		if q, ok := ud.Value.(*request); ok {
			if q.r != nil && q.r.Lost() {
				luaerr.RaiseArg(L, call, n, "request", "the request was given up when the world was renewed")
			}
			return q
		}
	}
	luaerr.RaiseArg(L, call, n, "request", "request expected, got %s", kindOf(v))
	return nil
}

// one gives the call on one request; only looks means Test.
func (m *module) one(row *table.Call, test bool) implementation {
	return func(L *lua.LState, base int, _ *mpi.Comm) int {
		q := m.readRequest(L, row.Name, 1, L.Get(base))
		if q.r != nil && q.r.Active() {
			x := m.begin(L, row)
			x.c.AwaitRequests(mpi.One, []*mpi.Request{q.r})
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
			m.settled(q)
			if err != nil {
				x.fail(m.explained(L, err, q.r.Row, q.r.Room, &q.r.Status))
			}
			x.end()
		}
		n := 0
		if test {
			L.Push(lua.LTrue)
			n++
		}
		return n + m.pushCompleted(L, q)
	}
}

// look tests prepared requests once.
func (x *call) look() (done bool, err error) {
	if x.c.Quick() {
		if done, busy := x.c.Look(); !busy {
			return done, x.c.Err()
		}
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
	if q.finish != nil {
		finish := q.finish
		q.finish = nil
		q.value, q.err = finish(L)
		m.settled(q)
	}
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

// readRequests reads a list of requests, into one that is empty.
func (m *module) readRequests(L *lua.LState, call string, v lua.LValue, list []*request) []*request {
	t, ok := v.(*lua.LTable)
	if !ok {
		luaerr.RaiseArg(L, call, 1, "requests", "list of requests expected, got %s", kindOf(v))
	}
	for i := range vm.Entries(t) {
		list = append(list, m.readRequest(L, call, 1, vm.GetInt(t, i+1)))
	}
	return list
}

package luampi

import (
	"context"
	"errors"
	"time"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/args"
	"github.com/mpiclus/mpiclus-lua/internal/lua51/vm"
	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
	"github.com/mpiclus/mpiclus-lua/internal/mpi"
	"github.com/mpiclus/mpiclus-lua/internal/mpi/table"
)

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
func (x *call) mustAwait(until mpi.Until, list []*mpi.Request) {
	if err := x.c.AwaitRequests(until, list); err != nil {
		L, name, what := x.L, x.row.Name, x.row.Args[0].Name
		x.end()
		luaerr.RaiseArg(L, name, 1, what, "%s", err)
	}
}

// awaitAll waits for requests that nobody else knows.
func (x *call) awaitAll(list []*mpi.Request) error {
	if err := x.c.AwaitRequests(mpi.All, list); err != nil {
		return err
	}
	err := x.await()
	if err != nil && !x.c.Over() {
		x.c.StopWaiting()
	} else {
		x.c.Completed(list, func(int, mpi.Status) {})
	}
	return err
}

// one returns the call on one request; test means Test.
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

// looker is one look at requests while MPI is in use by another task.
type looker struct {
	c    *mpi.Call
	done bool
}

// Wait implements interp.Waiter.
func (l *looker) Wait(ctx context.Context) (err error) {
	l.done, err = l.c.LookSoon(ctx)
	return err
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

func (m *module) cancelRequest(L *lua.LState, base int, _ *mpi.Comm) int {
	q := m.readRequest(L, "Cancel", 1, L.Get(base))
	if q.r == nil || !q.r.Active() {
		luaerr.RaiseArg(L, "Cancel", 1, "request", "the request is not active")
	}
	switch row := q.r.Row; {
	case row.Class == table.Coll || row.Name == "Comm_idup":
		luaerr.RaiseArg(L, "Cancel", 1, "request", "a collective operation (%s) cannot be cancelled", q.name)
	case row.HasWin() || len(row.Args) > 0 && row.Args[0].Kind == table.File:
		luaerr.RaiseArg(L, "Cancel", 1, "request", "%s cannot be cancelled: only messages can", q.name)
	}
	x := m.begin(L, table.ByName["Cancel"])
	done, err := x.c.TryCancel(q.r)
	for pause := time.Microsecond; !done && err == nil; pause = min(2*pause, time.Millisecond) {
		if err = x.pause(pause); err == nil && q.r.Active() {
			done, err = x.c.TryCancel(q.r)
		} else {
			done = true // nothing is left to be cancelled
		}
	}
	switch {
	case errors.Is(err, mpi.ErrLost):
		x.end()
		luaerr.RaiseArg(L, "Cancel", 1, "request", "%s", err)
	case err != nil:
		x.fail(err)
	}
	x.end()
	return 0
}

// pause lets other tasks run for a while, and who is in MPI leave it.
func (x *call) pause(d time.Duration) error {
	if err := x.m.refuseInside(x.row.Name); err != nil {
		return err
	}
	return x.m.in.Wait(x.L, func(ctx context.Context) error {
		select {
		case <-time.After(d):
			return nil
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	})
}

// freeRequest gives a request up: the session completes it by and by.
func (m *module) freeRequest(L *lua.LState, base int, _ *mpi.Comm) int {
	q := m.readRequest(L, "Request_free", 1, L.Get(base))
	if q.r != nil {
		m.refuseTaken(L, "Request_free", q)
		m.s.Orphan(q.r)
		q.forget()
	}
	return 0
}

func (m *module) requestStatus(L *lua.LState, base int, _ *mpi.Comm) int {
	q := m.readRequest(L, "Request_get_status", 1, L.Get(base))
	if q.r != nil {
		m.refuseTaken(L, "Request_get_status", q)
	}
	if q.r == nil || !q.r.Active() {
		L.Push(lua.LTrue)
		L.Push(m.statusValue(mpi.NullStatus()))
		return 2
	}
	x := m.begin(L, table.ByName["Request_get_status"])
	x.mustAwait(mpi.Peek, []*mpi.Request{q.r})
	x.run()
	flag, st := x.c.Flag(), x.c.Status()
	x.end()
	L.Push(lua.LBool(flag))
	if !flag {
		return 1
	}
	L.Push(m.statusValue(st))
	return 2
}

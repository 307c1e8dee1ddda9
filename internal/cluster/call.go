package cluster

import (
	"errors"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/args"
	"github.com/mpiclus/mpiclus-lua/internal/eval"
	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
	"github.com/mpiclus/mpiclus-lua/internal/objects"
	"github.com/mpiclus/mpiclus-lua/internal/rpc"
)

// remotecall is remotecall(f, pid or pool, ...) → future.
func (m *Module) remotecall(L *lua.LState) int {
	fn := BodyArgument(m.interp, L, 1, "remotecall")
	if p := poolArgument(L, 2); p != nil {
		pid := m.takeWorker(L, p)
		lent := true
		defer func() {
			if lent { // the call could not be made
				p.put(pid)
			}
		}()
		ref := m.spawn(L, fn, pid, Rest(L, 3))
		lent = false
		ref.WhenDone(func() { p.put(pid) })
		return m.pushReference(L, ref)
	}
	return m.pushReference(L, m.spawn(L, fn, m.pidArgument(L, 2, "remotecall"), Rest(L, 3)))
}

// spawn starts a call and gives its future.
func (m *Module) spawn(L *lua.LState, fn lua.LValue, pid rpc.Pid, args []lua.LValue) *objects.Reference {
	ref, call := m.Objects.Spawn(pid, m.message(L, "the function, argument", fn, args))
	if err := m.interp.Wait(L, call.Sent); err != nil {
		ref.Void()
		luaerr.Raise(L, luaerr.From(err))
	}
	return ref
}

// remotecallFetch is remotecall_fetch(f, pid or pool, ...): calls f there and
// gives what it returns.
func (m *Module) remotecallFetch(L *lua.LState) int {
	fn := BodyArgument(m.interp, L, 1, "remotecall_fetch")
	if p := poolArgument(L, 2); p != nil {
		return m.push(L, m.applyInPool(L, p, fn, Rest(L, 3)))
	}
	pid := m.pidArgument(L, 2, "remotecall_fetch")
	return m.push(L, m.call(L, pid, eval.Call(m.message(L, "the function, argument", fn, Rest(L, 3)))))
}

// remotecallWait is remotecall_wait(f, pid or pool, ...) → future, once its
// call is over; an error of the call is raised.
func (m *Module) remotecallWait(L *lua.LState) int {
	fn := BodyArgument(m.interp, L, 1, "remotecall_wait")
	p := poolArgument(L, 2)
	var pid rpc.Pid
	if p != nil {
		pid = m.takeWorker(L, p)
		defer p.put(pid)
	} else {
		pid = m.pidArgument(L, 2, "remotecall_wait")
	}
	ref := m.spawn(L, fn, pid, Rest(L, 3))
	m.await(L, ref, limit{})
	return m.pushReference(L, ref)
}

// remoteDo is remote_do(f, pid, ...): nothing comes back; an error of the
// call is printed here.
func (m *Module) remoteDo(L *lua.LState) int {
	fn := BodyArgument(m.interp, L, 1, "remote_do")
	pid := m.pidArgument(L, 2, "remote_do")
	req := eval.Do(m.message(L, "the function, argument", fn, Rest(L, 3)))
	req.OnReply = func(_ *rpc.Reply, err error) {
		if err != nil && luaerr.From(err).Kind != luaerr.Interrupted && !m.expected(err) {
			m.Eval.Report("mpiclus-lua: a call that nobody waits for was lost: " + err.Error())
		}
	}
	m.wait(L, m.start(pid, req).Sent)
	return 0
}

// ErrClosed is behind the error of a process that is gone because the script
// closed its manager.
var ErrClosed = errors.New("the manager was closed")

// Leave tells that this process and those that it knows are about to end in
// order.
func (m *Module) Leave() { m.leaving.Store(true) }

// expected tells whether a call was lost in an orderly end: who closes a
// manager has no use for what runs there.
func (m *Module) expected(err error) bool { return m.leaving.Load() || errors.Is(err, ErrClosed) }

// spawnat is spawnat(pid or "any", f, ...) → future. "any" takes the workers
// in turn.
func (m *Module) spawnat(L *lua.LState) int {
	var pid rpc.Pid
	if s, ok := L.Get(1).(lua.LString); ok {
		if s != "any" {
			luaerr.RaiseArg(L, "spawnat", 1, "pid", "a pid or \"any\" expected, got %s", args.Show(s))
		}
		workers := m.workers()
		pid = workers[m.turn%len(workers)]
		m.turn++
	} else {
		pid = m.pidArgument(L, 1, "spawnat")
	}
	return m.pushReference(L, m.spawn(L, BodyArgument(m.interp, L, 2, "spawnat"), pid, Rest(L, 3)))
}

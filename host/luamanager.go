package host

import (
	"cmp"
	"context"
	"fmt"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/args"
	"github.com/mpiclus/mpiclus-lua/internal/cluster"
	"github.com/mpiclus/mpiclus-lua/internal/interp"
	"github.com/mpiclus/mpiclus-lua/internal/lua51/vm"
	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
)

const managerMeta = "mpiclus.manager"

// wrapManager gives the value that a script holds.
func wrapManager(L *lua.LState, m *Manager, in *interp.Interp) *lua.LUserData {
	ud := L.NewUserData()
	ud.Value = m
	mt := L.NewTypeMetatable(managerMeta)
	if mt.RawGetString("__index") == lua.LNil {
		methods := L.SetFuncs(L.NewTable(), map[string]lua.LGFunction{
			"mpido":   m.host.methodMpido,
			"restart": luaRestart,
			"on_lost": m.host.luaOnLost,
			"where":   m.host.luaManagerWhere,
			"close": func(L *lua.LState) int {
				m := checkManager(L, 1, "close")
				err := in.Wait(L, func(ctx context.Context) error { return m.Close(ctx) })
				if err != nil {
					luaerr.Raise(L, luaerr.From(err))
				}
				return 0
			},
		})
		mt.RawSetString(vm.NameKey, lua.LString("manager"))
		mt.RawSetString("methods", methods) // for who lists them
		mt.RawSetString("__index", L.NewFunction(func(L *lua.LState) int {
			m := checkManager(L, 1, "index")
			v := m.field(L, L.CheckString(2))
			if v == lua.LNil {
				v = methods.RawGetString(L.CheckString(2))
			}
			L.Push(v)
			return 1
		}))
		mt.RawSetString("__newindex", L.NewFunction(luaSetField))
		mt.RawSetString("__tostring", L.NewFunction(func(L *lua.LState) int {
			L.Push(lua.LString(checkManager(L, 1, "tostring").String()))
			return 1
		}))
	}
	ud.Metatable = mt
	return ud
}

// luaSetField is manager.on_failure = "error" | "restart".
func luaSetField(L *lua.LState) int {
	m, name, v := checkManager(L, 1, "newindex"), L.CheckString(2), L.Get(3)
	if name != "on_failure" {
		luaerr.Raise(L, luaerr.New(luaerr.Argument, "a manager has no field '%s' to set; on_failure is one", name))
	}
	if v != lua.LString(failureIsError) && v != lua.LString(failureRestart) {
		luaerr.Raise(L, luaerr.New(luaerr.Argument, "manager.on_failure: \"%s\" or \"%s\" expected, got %s", failureIsError, failureRestart, args.Show(v)))
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := m.ours(); err != nil && v == lua.LString(failureRestart) {
		luaerr.Raise(L, luaerr.New(luaerr.Argument, "manager.on_failure: %w", err))
	}
	m.opts.OnFailure = string(v.(lua.LString))
	return 0
}

func (m *Manager) String() string {
	m.mu.Lock()
	defer m.mu.Unlock()
	switch {
	case !m.life.begun:
		return fmt.Sprintf("MPIManager(np=%d, not launched)", m.np)
	case m.life.isClosed():
		return fmt.Sprintf("MPIManager(np=%d, closed)", len(m.workers))
	default:
		return fmt.Sprintf("MPIManager(np=%d, pids %v)", len(m.workers), pidsOf(m.workers))
	}
}

// field returns what a script reads of a manager. Before its start np is the
// number of workers wanted.
func (m *Manager) field(L *lua.LState, name string) lua.LValue {
	if name == "on_failure" {
		m.mu.Lock()
		defer m.mu.Unlock()
		return lua.LString(cmp.Or(m.opts.OnFailure, failureIsError))
	}
	s := m.snapshot()
	if name == "np" && s.Pids == nil {
		return lua.LNumber(max(m.np, 0))
	}
	return s.Field(L, name)
}

// luaRestart is manager:restart() → the new pids, in rank order.
func luaRestart(L *lua.LState) int {
	m := checkManager(L, 1, "restart")
	err := m.host.interp.Wait(L, func(ctx context.Context) (err error) {
		if fresh, err := m.present(ctx); err == nil && fresh != m { // on_failure has done it
			m = fresh
			return nil
		}
		m, err = m.Restart(ctx)
		return err
	})
	if err != nil {
		luaerr.Raise(L, luaerr.From(err))
	}
	L.Push(cluster.PidList(L, m.Pids()))
	return 1
}

// luaOnLost is manager:on_lost(f): f is called with the error of the first
// worker that the job loses, at once when it has lost one already. The script
// has then coped with the loss.
func (h *Host) luaOnLost(L *lua.LState) int {
	m := checkManager(L, 1, "on_lost")
	fn, ok := L.Get(2).(*lua.LFunction)
	if !ok {
		luaerr.RaiseArg(L, "on_lost", 2, "f", "a function expected, got %s", L.Get(2).Type())
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.loss.handlers = append(m.loss.handlers, fn)
	if m.loss.err != nil {
		m.loss.coped = true
		go m.callOnLost([]*lua.LFunction{fn}, m.loss.err)
	}
	return 0
}

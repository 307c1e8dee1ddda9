package cluster

import (
	"fmt"
	"slices"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/lua51/vm"
	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
	"github.com/mpiclus/mpiclus-lua/internal/protocol"
	"github.com/mpiclus/mpiclus-lua/internal/rpc"
)

// KindManager is the kind under which a manager travels. On a worker it
// arrives as a value with the fields that the manager had when it was sent; on
// the master, also by way of a worker, as the manager itself.
const KindManager = "manager"

// ManagerSnapshot is a manager on its way, and what stands for it on a worker.
type ManagerSnapshot struct {
	Number                uint32 // tells the managers of the master apart
	Mode                  string
	Launched, Initialized bool
	Pids                  []rpc.Pid // by rank
}

// Travel gives what value.Traveller asks for.
func (s ManagerSnapshot) Travel() (kind string, data []byte, err error) {
	return KindManager, protocol.Encode(s), nil
}

// snapshotMeta is the metatable of managers on workers, in Lua's registry.
const snapshotMeta = "mpiclus.managersnapshot"

// decodeManager makes the manager that arrived: the master's own, or what a
// worker sees of it.
func (m *Module) decodeManager(L *lua.LState, data []byte) (lua.LValue, error) {
	var s ManagerSnapshot
	if err := protocol.Decode(data, &s); err != nil {
		return nil, err
	}
	if m.cfg.Manager != nil && m.Node.Self() == rpc.Master {
		if own := m.cfg.Manager(L, s.Number); own != nil {
			return own, nil
		}
	}
	ud := L.NewUserData()
	ud.Value, ud.Metatable = s, m.snapshotMetatable(L)
	return ud, nil
}

// snapshotMetatable makes a manager on a worker readable, and what only the
// master can do raise an error that says so.
func (m *Module) snapshotMetatable(L *lua.LState) *lua.LTable {
	mt := L.NewTypeMetatable(snapshotMeta)
	if mt.RawGetString("__index") != lua.LNil {
		return mt
	}
	mt.RawSetString(vm.NameKey, lua.LString("manager"))
	mt.RawSetString("__index", L.NewFunction(func(L *lua.LState) int {
		s := L.CheckUserData(1).Value.(ManagerSnapshot)
		name, _ := L.Get(2).(lua.LString)
		L.Push(s.Field(L, string(name)))
		if slices.Contains(managerMethods, string(name)) {
			L.Push(L.NewFunction(m.refuse("manager:" + string(name))))
		}
		return 1
	}))
	mt.RawSetString("__newindex", L.NewFunction(func(L *lua.LState) int {
		luaerr.Raise(L, luaerr.New(luaerr.Argument, "%sthe fields of a manager cannot be set", luaerr.Where(L)))
		return 0
	}))
	mt.RawSetString("__tostring", L.NewFunction(func(L *lua.LState) int {
		s := L.CheckUserData(1).Value.(ManagerSnapshot)
		L.Push(lua.LString(fmt.Sprintf("MPIManager(np=%d, pids %v, on the master)", len(s.Pids), s.Pids)))
		return 1
	}))
	return mt
}

// managerMethods are the methods that a manager has on the master only.
var managerMethods = []string{"mpido", "restart", "close", "where"}

// Field returns a field of a manager, nil when there is none.
func (s ManagerSnapshot) Field(L *lua.LState, name string) lua.LValue {
	switch name {
	case "np":
		return lua.LNumber(len(s.Pids))
	case "mode":
		return lua.LString(s.Mode)
	case "launched":
		return lua.LBool(s.Launched)
	case "initialized":
		return lua.LBool(s.Initialized)
	case "j2mpi", "pid2rank":
		t := L.NewTable()
		for rank, pid := range s.Pids {
			vm.SetInt(t, int(pid), lua.LNumber(rank))
		}
		return t
	case "mpi2j", "rank2pid":
		t := L.NewTable()
		for rank, pid := range s.Pids {
			vm.SetInt(t, rank, lua.LNumber(pid))
		}
		return t
	}
	return lua.LNil
}

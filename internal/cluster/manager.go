package cluster

import (
	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/node"
	"github.com/mpiclus/mpiclus-lua/internal/protocol"
)

// KindManager is the kind under which a manager travels. It arrives as a
// table that tells what the manager was like when it was sent.
const KindManager = "manager"

// ManagerSnapshot is a manager on its way.
type ManagerSnapshot struct {
	Mode                  string
	Launched, Initialized bool
	Pids                  []node.Pid // by rank
}

// Travel gives what value.Traveller asks for.
func (s ManagerSnapshot) Travel() (kind string, data []byte, err error) {
	return KindManager, protocol.Encode(s), nil
}

func decodeManager(L *lua.LState, data []byte) (lua.LValue, error) {
	var s ManagerSnapshot
	if err := protocol.Decode(data, &s); err != nil {
		return nil, err
	}
	byPid, byRank := L.NewTable(), L.NewTable()
	for rank, pid := range s.Pids {
		byPid.RawSetInt(int(pid), lua.LNumber(rank))
		byRank.RawSetInt(rank, lua.LNumber(pid))
	}
	t := L.NewTable()
	for name, v := range map[string]lua.LValue{
		"np": lua.LNumber(len(s.Pids)), "mode": lua.LString(s.Mode),
		"launched": lua.LBool(s.Launched), "initialized": lua.LBool(s.Initialized),
		"j2mpi": byPid, "pid2rank": byPid, "mpi2j": byRank, "rank2pid": byRank,
	} {
		t.RawSetString(name, v)
	}
	return t, nil
}

package cluster

import (
	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/node"
)

// OnMaster gives a function that only the master may call: a rank of an MPI
// job has all of the host's functions, and may become a worker.
func (m *Module) OnMaster(name string, f lua.LGFunction) lua.LGFunction {
	refuse := m.refuse("cluster." + name)
	return func(L *lua.LState) int {
		if m.node.Self() != node.Master {
			return refuse(L)
		}
		return f(L)
	}
}

// Package outside is the Lua module "mpi" of a process that is not in MPI,
// such as the master: every name is there, so that a script can name calls
// and constants and send them to workers, but calls raise. It needs neither C
// nor MPI.
package outside

import (
	"time"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
	"github.com/mpiclus/mpiclus-lua/internal/mpi/table"
	"github.com/mpiclus/mpiclus-lua/luampi/absent"
)

// Message is what every call that needs MPI raises.
const Message = "this process is not part of an MPI job: run it on workers with cluster.mpido, or start with mpirun"

// constant stands for a constant, whose value only the MPI library knows.
type constant struct{ name string }

// Open returns the loader of the module. version is what Get_version would tell
// of this software, for mpi.Get_library_version.
func Open(version string) lua.LGFunction {
	return func(L *lua.LState) int {
		module := L.NewTable()
		mt := metatable(L)
		for _, c := range table.Constants {
			module.RawSetString(c.Name, &lua.LUserData{Value: constant{c.Name}, Metatable: mt})
		}
		for _, row := range table.All {
			module.RawSetString(row.Name, L.NewFunction(refuse(row.Name)))
		}
		for name, fn := range answers(version) {
			module.RawSetString(name, L.NewFunction(fn))
		}
		absent.Refuse(L, module)
		L.Push(module)
		return 1
	}
}

// metatable makes constants print as their name. A method of a communicator,
// such as mpi.COMM_WORLD:rank(), raises as the call would.
func metatable(L *lua.LState) *lua.LTable {
	mt := L.NewTable()
	mt.RawSetString("__tostring", L.NewFunction(func(L *lua.LState) int {
		L.Push(lua.LString("mpi." + L.CheckUserData(1).Value.(constant).name))
		return 1
	}))
	mt.RawSetString("__index", L.NewFunction(func(L *lua.LState) int {
		L.Push(L.NewFunction(refuse(L.CheckString(2))))
		return 1
	}))
	return mt
}

func refuse(name string) lua.LGFunction {
	return func(L *lua.LState) int {
		e := luaerr.New(luaerr.MPI, "mpi.%s: %s", name, Message)
		e.Call = name
		luaerr.Raise(L, e)
		return 0
	}
}

// answers are the calls that make sense everywhere.
func answers(version string) map[string]lua.LGFunction {
	push := func(v lua.LValue) lua.LGFunction {
		return func(L *lua.LState) int {
			L.Push(v)
			return 1
		}
	}
	began := time.Now()
	return map[string]lua.LGFunction{
		"Wtime": func(L *lua.LState) int {
			L.Push(lua.LNumber(time.Since(began).Seconds()))
			return 1
		},
		"Wtick":               push(lua.LNumber(1e-9)),
		"Initialized":         push(lua.LFalse),
		"Finalized":           push(lua.LFalse),
		"Get_library_version": push(lua.LString("none (" + version + ", outside of MPI)")),
		"help": func(L *lua.LState) int {
			text := table.Help(L.OptString(1, ""))
			if text == "" {
				luaerr.RaiseArg(L, "help", 1, "name", "%s", table.Unknown(L.CheckString(1)))
			}
			L.Push(lua.LString(text))
			return 1
		},
	}
}

package cluster

import (
	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/args"
	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
)

// mostArguments is how many arguments the functions of the module take at
// most. Those that are not in it hand all of theirs on to a function that they
// call, or look at none, as myid: pmap(cluster.myid, list) is sensible.
var mostArguments = map[string]int{
	"procs": 1, "mpiprocs": 1, "each": 1, "interrupt": 1, "timedwait": 2, "sleep": 1,
	"fetch": 2, "wait": 2, "waitany": 2, "as_completed": 2, "isready": 1,
	"RemoteChannel": 2, "put": 3, "take": 2, "close": 1, "isopen": 1,
	"distributed": 5, "pmap": 3, "WorkerPool": 1, "CachingPool": 1,
	"MPIManager": 1, "MPIWorkerManager": 1, "addprocs": 2, "rmprocs": 2, "start_main_loop": 2, "stop_main_loop": 1,
}

// refuseSurplus makes a function of the module raise when it is given more
// than it looks at: what a script wrote there would silently have no effect.
// Values nil at the end do not count.
func refuseSurplus(name string, f lua.LGFunction) lua.LGFunction {
	most, limited := mostArguments[name]
	if !limited {
		return f
	}
	return func(L *lua.LState) int {
		for n := L.GetTop(); n > most; n-- {
			if v := L.Get(n); v != lua.LNil {
				luaerr.RaiseArg(L, name, n, "", "%d at most expected, got %s as well", most, args.Show(v))
			}
		}
		return f(L)
	}
}

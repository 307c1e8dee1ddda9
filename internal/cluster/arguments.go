package cluster

import (
	"math"
	"time"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/args"
	"github.com/mpiclus/mpiclus-lua/internal/interp"
	"github.com/mpiclus/mpiclus-lua/internal/lua51/stdlib"
	"github.com/mpiclus/mpiclus-lua/internal/lua51/vm"
	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
	"github.com/mpiclus/mpiclus-lua/internal/rpc"
)

// Rest gives the arguments of a call from the nth on.
func Rest(L *lua.LState, n int) []lua.LValue {
	top := L.GetTop()
	if n > top {
		return nil
	}
	vs := make([]lua.LValue, 0, top-n+1)
	for ; n <= top; n++ {
		vs = append(vs, L.Get(n))
	}
	return vs
}

// BodyKinds is what Body takes, for errors.
const BodyKinds = "a function or a string of Lua source"

// Body gives what is to run elsewhere: a function as it is, a string of Lua
// source compiled, so that its errors show here and at once. nil: v is neither.
func Body(in *interp.Interp, L *lua.LState, v lua.LValue) *lua.LFunction {
	switch v := v.(type) {
	case *lua.LFunction:
		return v
	case lua.LString:
		fn, err := in.Codec().Chunks.LoadTemporary(L, stdlib.ShortSource(string(v)), string(v))
		if err != nil {
			luaerr.Raise(L, luaerr.New(luaerr.Argument, "%s%w", luaerr.Where(L), err))
		}
		return fn
	}
	return nil
}

// BodyArgument reads argument n of a call as what is to run elsewhere.
func BodyArgument(in *interp.Interp, L *lua.LState, n int, call string) *lua.LFunction {
	fn := Body(in, L, L.Get(n))
	if fn == nil {
		luaerr.RaiseArg(L, call, n, "", "%s expected, got %s", BodyKinds, args.Show(L.Get(n)))
	}
	return fn
}

// pidArgument reads the pid of a process that is here.
func (m *Module) pidArgument(L *lua.LState, n int, call string) rpc.Pid {
	number, ok := L.Get(n).(lua.LNumber)
	if !ok || lua.LNumber(rpc.Pid(number)) != number {
		luaerr.RaiseArg(L, call, n, "pid", "the pid of a process expected, got %s", args.Show(L.Get(n)))
	}
	return rpc.Pid(number)
}

// Pids reads an argument that must be a pid or a list of pids.
func (m *Module) Pids(L *lua.LState, n int, call string) []rpc.Pid {
	if L.Get(n) == lua.LNil {
		luaerr.RaiseArg(L, call, n, "pids", "a pid or a list of pids expected, got nil")
	}
	return m.pidsArgument(L, n, call, nil)
}

// pidsArgument reads a pid or a list of pids; missing when there is none.
func (m *Module) pidsArgument(L *lua.LState, n int, call string, missing []rpc.Pid) []rpc.Pid {
	switch v := L.Get(n).(type) {
	case *lua.LNilType:
		return missing
	case *lua.LTable:
		entries, wrong := args.List(v)
		if wrong != "" {
			luaerr.RaiseArg(L, call, n, "pids", "%s", wrong)
		}
		pids := make([]rpc.Pid, 0, entries)
		for i := 1; i <= entries; i++ {
			number, ok := vm.GetInt(v, i).(lua.LNumber)
			if !ok || lua.LNumber(rpc.Pid(number)) != number {
				luaerr.RaiseArg(L, call, n, "pids", "entry %d: the pid of a process expected, got %s", i, args.Show(vm.GetInt(v, i)))
			}
			pids = append(pids, rpc.Pid(number))
		}
		return pids
	}
	return []rpc.Pid{m.pidArgument(L, n, call)}
}

// PidList makes a list of pids for a script.
func PidList(L *lua.LState, pids []rpc.Pid) *lua.LTable {
	t := L.CreateTable(len(pids), 0)
	for _, pid := range pids {
		vm.Append(t, lua.LNumber(pid))
	}
	return t
}

// seconds reads a time.
func seconds(L *lua.LState, n int, call string) time.Duration {
	s, ok := L.Get(n).(lua.LNumber)
	if !ok || s < 0 || s != s {
		luaerr.RaiseArg(L, call, n, "seconds", "a number from 0 expected, got %s", args.Show(L.Get(n)))
	}
	return Duration(float64(s))
}

// Duration turns seconds into a time; what is too long is for ever.
func Duration(s float64) time.Duration {
	if s >= math.MaxInt64/1e9 {
		return math.MaxInt64
	}
	return time.Duration(s * 1e9)
}

package cluster

import (
	"time"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
)

// options are what a script says about a pmap.
type options struct {
	pool       *workerPool
	batch      int
	auto       bool
	onError    lua.LValue // nil when there is none
	retryCheck lua.LValue
	delays     []time.Duration
	progress   progress
}

func (m *Module) mapOptions(L *lua.LState, n int) options {
	o := options{batch: 1}
	if t, ok := L.Get(n).(*lua.LTable); ok {
		t.ForEach(func(k, v lua.LValue) { m.mapOption(L, &o, k.String(), v) })
	} else if L.Get(n) != lua.LNil {
		luaerr.RaiseArg(L, "pmap", n, "opts", "a table expected, got %s", Describe(L.Get(n)))
	}
	if o.pool == nil {
		o.pool = m.defaultPool()
	}
	return o
}

func (m *Module) mapOption(L *lua.LState, o *options, name string, v lua.LValue) {
	bad := func(want string) {
		luaerr.Raise(L, luaerr.New(luaerr.Argument, "pmap: option '%s' must be %s, got %s", name, want, Describe(v)))
	}
	switch name {
	case "batch_size":
		size, ok := v.(lua.LNumber)
		switch {
		case v == lua.LString("auto"):
			o.auto = true
		case ok && size >= 1 && lua.LNumber(int(size)) == size:
			o.batch = int(size)
		default:
			bad(`a whole number from 1 or "auto"`)
		}
	case "on_error", "retry_check":
		if v.Type() != lua.LTFunction {
			bad("a function")
		}
		if name == "on_error" {
			o.onError = v
		} else {
			o.retryCheck = v
		}
	case "retry_delays":
		var ok bool
		if o.delays, ok = delays(v); !ok {
			bad("a list of seconds")
		}
	case "pool":
		L.Push(v)
		if o.pool = poolArgument(L, L.GetTop()); o.pool == nil {
			bad("a worker pool")
		}
		L.Pop(1)
	case "progress":
		if o.progress.wanted = lua.LVAsBool(v); v.Type() != lua.LTBool {
			bad("true or false")
		}
	default:
		luaerr.Raise(L, luaerr.New(luaerr.Argument,
			"pmap has no option '%s'; it knows batch_size, on_error, retry_delays, retry_check, pool, progress", name))
	}
}

// delays reads a list of seconds.
func delays(v lua.LValue) (list []time.Duration, ok bool) {
	t, ok := v.(*lua.LTable)
	if !ok {
		return nil, false
	}
	for i := 1; i <= t.Len(); i++ {
		s, ok := t.RawGetInt(i).(lua.LNumber)
		if !ok || !(s >= 0) {
			return nil, false
		}
		list = append(list, Duration(float64(s)))
	}
	return list, true
}

package cluster

import (
	"time"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/args"
	"github.com/mpiclus/mpiclus-lua/internal/array"
	"github.com/mpiclus/mpiclus-lua/internal/lua51/vm"
	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
)

// options are what a script says about a pmap.
type options struct {
	pool       *workerPool
	batch      int
	auto       bool
	onError    lua.LValue // nil when there is none, as the next two
	onResult   lua.LValue
	retryCheck lua.LValue
	unordered  bool // results in the order in which they come
	delays     []time.Duration
	progress   progress
}

func (m *Module) mapOptions(L *lua.LState, n int) options {
	o := options{batch: 1}
	if t, ok := L.Get(n).(*lua.LTable); ok {
		vm.ForEach(t, func(k, v lua.LValue) { m.mapOption(L, &o, k.String(), v) })
	} else if L.Get(n) != lua.LNil {
		luaerr.RaiseArg(L, "pmap", n, "opts", "a table expected, got %s", args.Show(L.Get(n)))
	}
	if o.pool == nil {
		o.pool = m.defaultPool()
	}
	return o
}

func (m *Module) mapOption(L *lua.LState, o *options, name string, v lua.LValue) {
	bad := func(want string) {
		luaerr.Raise(L, luaerr.New(luaerr.Argument, "pmap: option '%s' must be %s, got %s", name, want, args.Show(v)))
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
	case "on_error", "on_result", "retry_check":
		if v.Type() != lua.LTFunction {
			bad("a function")
		}
		switch name {
		case "on_error":
			o.onError = v
		case "on_result":
			o.onResult = v
		default:
			o.retryCheck = v
		}
	case "ordered":
		if o.unordered = !lua.LVAsBool(v); v.Type() != lua.LTBool {
			bad("true or false")
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
			"pmap has no option '%s'; it knows batch_size, on_error, on_result, ordered, retry_delays, retry_check, pool, progress", name))
	}
}

// delays reads a list of seconds.
func delays(v lua.LValue) (list []time.Duration, ok bool) {
	t, ok := v.(*lua.LTable)
	if !ok {
		return nil, false
	}
	n, wrong := args.List(t)
	if wrong != "" {
		return nil, false
	}
	for i := range n {
		s, ok := vm.GetInt(t, i+1).(lua.LNumber)
		if !ok || !(s >= 0) {
			return nil, false
		}
		list = append(list, Duration(float64(s)))
	}
	return list, true
}

// mapItems reads argument n of pmap: a list or an array. A table with other
// keys is refused, since what stands there would silently be left out.
func mapItems(L *lua.LState, n int) []lua.LValue {
	if a, ok := array.To(L.Get(n)); ok {
		items := make([]lua.LValue, a.Len())
		for i := range items { // as a script would read them
			items[i] = vm.Index(L, L.Get(n), lua.LNumber(i+1))
		}
		return items
	}
	list, ok := L.Get(n).(*lua.LTable)
	if !ok {
		luaerr.RaiseArg(L, "pmap", n, "list", "a list or an array expected, got %s", args.Show(L.Get(n)))
	}
	entries, wrong := args.List(list)
	if wrong != "" {
		luaerr.RaiseArg(L, "pmap", n, "list", "%s", wrong)
	}
	items := make([]lua.LValue, entries)
	for i := range items {
		items[i] = vm.GetInt(list, i+1)
	}
	return items
}

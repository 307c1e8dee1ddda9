package stdlib

import (
	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/lua51/number"
	"github.com/mpiclus/mpiclus-lua/internal/lua51/vm"
)

// OpenBase puts the basic functions into the globals (manual, section 5.1) but
// for those about errors, which belong to the interpreter, and tostring and
// tonumber (OpenNumber).
func OpenBase(L *lua.LState, env *Env) {
	env.install(L)
	walk := L.NewFunction(baseNext) // not next itself, in lua5.1 either
	step := L.NewFunction(ipairsStep)
	vm.StepPairs(walk)
	vm.StepList(step)
	functions := map[string]lua.LGFunction{
		"assert":         baseAssert,
		"collectgarbage": func(L *lua.LState) int { return collectGarbage(L, env) },
		"dofile":         func(L *lua.LState) int { return doFile(L, env) },
		"gcinfo":         func(L *lua.LState) int { L.Push(lua.LNumber(env.Memory() / 1024)); return 1 },
		"getfenv":        getFEnv,
		"getmetatable":   getMetatable,
		"ipairs":         func(L *lua.LState) int { checkList(L, 1); return triple(L, step, lua.LNumber(0)) },
		"load":           func(L *lua.LState) int { return load(L, env) },
		"loadfile":       func(L *lua.LState) int { return loadFile(L, env) },
		"loadstring":     func(L *lua.LState) int { return loadString(L, env) },
		"newproxy":       newProxy,
		"next":           baseNext,
		"pairs":          func(L *lua.LState) int { return triple(L, walk, lua.LNil) },
		"print":          func(L *lua.LState) int { return print(L, env) },
		"rawequal":       rawEqual,
		"rawget":         rawGet,
		"rawset":         rawSet,
		"select":         baseSelect,
		"setfenv":        setFEnv,
		"setmetatable":   setMetatable,
		"type":           baseType,
		"unpack":         unpack,
	}
	for name, fn := range functions {
		L.G.Global.RawSetString(name, L.NewFunction(fn))
	}
	shorten(L.G.Global, baseShortcuts)
	L.G.Global.RawSetString("_G", L.G.Global)
	L.G.Global.RawSetString("_VERSION", lua.LString("Lua 5.1"))
	vm.StepPairs(L.G.Global.RawGetString("next").(*lua.LFunction))
	loadedTable(L).RawSetString("_G", L.G.Global)
}

// triple returns what a for statement goes through a table with.
func triple(L *lua.LState, step *lua.LFunction, from lua.LValue) int {
	t := checkTable(L, 1)
	L.Push(step)
	L.Push(t)
	L.Push(from)
	return 3
}

func ipairsStep(L *lua.LState) int {
	i := checkInt(L, 2) + 1
	v := vm.GetInt(checkTable(L, 1), i)
	if v == lua.LNil {
		return 0
	}
	L.Push(lua.LNumber(i))
	L.Push(v)
	return 2
}

func baseNext(L *lua.LState) int {
	k, v := nextOf(L, checkTable(L, 1), L.Get(2))
	L.Push(k)
	if k == lua.LNil {
		return 1
	}
	L.Push(v)
	return 2
}

// baseAssert raises what its second argument is. That may be any value, as in
// later versions of Lua: errors of this software are tables.
func baseAssert(L *lua.LState) int {
	if lua.LVAsBool(checkAny(L, 1)) {
		return L.GetTop()
	}
	switch message := L.Get(2); message.(type) {
	case *lua.LTable, *lua.LUserData:
		L.Error(message, 0)
	default:
		raise(L, "%s", optString(L, 2, "assertion failed!"))
	}
	return 0
}

func getMetatable(L *lua.LState) int {
	L.Push(L.GetMetatable(checkAny(L, 1)))
	return 1
}

func setMetatable(L *lua.LState) int {
	t := checkTable(L, 1)
	mt := L.Get(2)
	if mt.Type() != lua.LTTable && (mt != lua.LNil || L.GetTop() < 2) {
		argError(L, 2, "nil or table expected")
	}
	if L.GetMetaField(t, "__metatable") != lua.LNil {
		raise(L, "cannot change a protected metatable")
	}
	t.Metatable = mt
	vm.NoteMetatable(L, t)
	L.SetTop(1)
	return 1
}

// proxy marks the userdata that newproxy makes.
type proxy struct{}

func newProxy(L *lua.LState) int {
	ud := L.NewUserData()
	ud.Value = proxy{}
	switch of := L.Get(1).(type) {
	case lua.LBool:
		if of {
			ud.Metatable = L.NewTable()
		}
	case *lua.LUserData:
		if _, ok := of.Value.(proxy); !ok || of.Metatable == lua.LNil {
			argError(L, 1, "boolean or proxy expected")
		}
		ud.Metatable = of.Metatable
	default:
		if of != lua.LNil {
			argError(L, 1, "boolean or proxy expected")
		}
	}
	L.Push(ud)
	return 1
}

func rawEqual(L *lua.LState) int {
	L.Push(lua.LBool(L.RawEqual(checkAny(L, 1), checkAny(L, 2))))
	return 1
}

func rawGet(L *lua.LState) int {
	L.Push(vm.RawGet(checkTable(L, 1), checkAny(L, 2)))
	return 1
}

func rawSet(L *lua.LState) int {
	t, key, v := checkTable(L, 1), checkAny(L, 2), checkAny(L, 3)
	switch k := key.(type) {
	case *lua.LNilType:
		L.Error(lua.LString("table index is nil"), 0)
	case lua.LNumber:
		if k != k {
			L.Error(lua.LString("table index is NaN"), 0)
		}
	}
	vm.RawSet(t, key, v)
	L.SetTop(1)
	return 1
}

func baseSelect(L *lua.LState) int {
	n := L.GetTop()
	if s, ok := L.Get(1).(lua.LString); ok && s != "" && s[0] == '#' {
		L.Push(lua.LNumber(n - 1))
		return 1
	}
	i := checkInt(L, 1)
	switch {
	case i < 0:
		i += n
	case i > n:
		i = n
	}
	if i < 1 {
		argError(L, 1, "index out of range")
	}
	return n - i
}

func baseType(L *lua.LState) int {
	L.Push(typeNames[checkAny(L, 1).Type()])
	return 1
}

// typeNames are the results of type, made once.
var typeNames = func() (names [9]lua.LValue) {
	for i := range names {
		names[i] = lua.LString(lua.LValueType(i).String())
	}
	return names
}()

// unpack returns more results than lua5.1 does, which stops at 8,000: as many as
// fit into half of the registers of a thread, since its caller may copy them.
func unpack(L *lua.LState) int {
	t := checkList(L, 1)
	first := optInt(L, 2, 1)
	var last int
	if L.Get(3) == lua.LNil {
		last = vm.Length(t)
	} else {
		last = checkInt(L, 3)
	}
	if first > last {
		return 0
	}
	n := last - first + 1
	if limit := max(L.Options.RegistryMaxSize, L.Options.RegistrySize) / 2; n > limit {
		raise(L, "too many results to unpack")
	}
	list := vm.List(t)
	for i := first; i <= last; i++ {
		switch {
		case i >= 1 && i <= len(list):
			L.Push(list[i-1])
		default:
			L.Push(vm.GetInt(t, i))
		}
	}
	return n
}

// print writes what the global function tostring makes of its arguments. As in
// Lua 5.1 an output that takes nothing is no error of the script: whoever owns
// it hears of that.
func print(L *lua.LState, env *Env) int {
	n := L.GetTop()
	toString := L.Env.RawGetString("tostring")
	if toString == lua.LNil {
		toString = L.GetField(L.Env, "tostring")
	}
	var line []byte
	for i := 1; i <= n; i++ {
		if i > 1 {
			line = append(line, '\t')
		}
		v := L.Get(i)
		if toString == env.tostring && L.GetMetaField(v, "__tostring") == lua.LNil {
			line = append(line, number.Text(v)...)
			continue
		}
		s, ok := toText(call(L, toString, v))
		if !ok {
			raise(L, "'tostring' must return a string to 'print'")
		}
		line = append(line, s...)
	}
	if env.stdout.failed = nil; !env.stdout.write(L, append(line, '\n')) {
		env.Check(L)
	}
	return 0
}

// collectGarbage is collectgarbage([option [, arg]]). Go's collector cannot be
// stopped or paced by a script: those options are taken, and change nothing.
func collectGarbage(L *lua.LState, env *Env) int {
	options := []string{"collect", "stop", "restart", "count", "step", "setpause", "setstepmul"}
	option := options[checkOption(L, 1, "collect", options)]
	arg := optInt(L, 2, 0)
	switch option {
	case "collect":
		env.Collect(L)
		L.Push(lua.LNumber(0))
	case "count":
		L.Push(lua.LNumber(float64(env.Memory()) / 1024))
	case "step":
		env.Collect(L)
		L.Push(lua.LTrue) // a cycle is over
	case "setpause":
		L.Push(lua.LNumber(env.pause))
		env.pause = arg
	case "setstepmul":
		L.Push(lua.LNumber(env.stepmul))
		env.stepmul = arg
	default:
		L.Push(lua.LNumber(0))
	}
	return 1
}

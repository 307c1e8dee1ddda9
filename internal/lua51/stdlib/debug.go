package stdlib

import (
	"fmt"
	"math"
	"os"
	"sort"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/lua51/number"
	"github.com/mpiclus/mpiclus-lua/internal/lua51/vm"
)

// OpenDebug puts the library debug into the globals (manual, section 5.9).
// Hooks are not there: the machine calls none.
func OpenDebug(L *lua.LState, env *Env) {
	env.install(L)
	env.typeMetatables = map[lua.LValueType]lua.LValue{lua.LTString: L.GetMetatable(emptyString)}
	openLibrary(L, "debug", map[string]lua.LGFunction{
		"debug":        func(L *lua.LState) int { return debugDebug(L, env) },
		"getfenv":      debugGetFEnv,
		"gethook":      debugGetHook,
		"getinfo":      func(L *lua.LState) int { return debugGetInfo(L, env) },
		"getlocal":     func(L *lua.LState) int { return debugGetLocal(L, env) },
		"getmetatable": debugGetMetatable,
		"getregistry":  func(L *lua.LState) int { L.Push(L.G.Registry); return 1 },
		"getupvalue":   debugGetUpvalue,
		"setfenv":      debugSetFEnv,
		"sethook":      debugSetHook,
		"setlocal":     func(L *lua.LState) int { return debugSetLocal(L, env) },
		"setmetatable": debugSetMetatable,
		"setupvalue":   debugSetUpvalue,
		"traceback":    func(L *lua.LState) int { return debugTraceback(L, env) },
	})
}

// threadArg returns the thread that a function is asked about, and how many
// arguments that took.
func threadArg(L *lua.LState) (of *lua.LState, arg int) {
	if thread, ok := L.Get(1).(*lua.LState); ok {
		return thread, 1
	}
	return L, 0
}

// info is what is known of a function, and of its place in the stack when it
// has one.
type info struct {
	fn               *lua.LFunction // nil: lost by a tail call
	chunk, short     string
	what             string
	line             int // that runs, -1 when there is none
	first, last      int // lines
	name, kindOfName string
}

// infoOf tells of a function that need not run.
func (env *Env) infoOf(fn *lua.LFunction) info {
	if vm.IsNative(fn) {
		return info{fn: fn, chunk: "=[C]", short: "[C]", what: "C", line: -1, first: -1, last: -1}
	}
	i := info{fn: fn, chunk: env.chunkOf(fn), what: "Lua", line: -1, first: fn.Proto.LineDefined, last: fn.Proto.LastLineDefined}
	i.short = cutSource(fn.Proto.SourceName, i.chunk)
	if isMain(fn.Proto) {
		i.what, i.first, i.last = "main", 0, 0
	}
	return i
}

// isMain reports whether a function is a whole chunk.
func isMain(p *lua.FunctionProto) bool { return p.LineDefined == 0 }

// cutSource shortens the name of a file as lua5.1 does, for which LUA_IDSIZE
// leaves so much room.
func cutSource(short, chunk string) string {
	const idSize, room = 60, 52 // LUA_IDSIZE of luaconf.h, and what it leaves behind the dots
	if strings.HasPrefix(chunk, "@") && len(short) > room {
		return "..." + short[len(short)-room:]
	}
	if strings.HasPrefix(chunk, "=") {
		return short[:min(len(short), idSize-1)]
	}
	return short
}

// yields reports whether a coroutine waits in coroutine.yield, of which the
// machine keeps no frame: level 0 of lua5.1.
func yields(of *lua.LState) bool {
	if of.Parent != nil || of.Dead {
		return false
	}
	_, started := of.GetStack(0)
	return started
}

// stackOf returns the level of the machine's stack that is a level of a
// thread's. It is -1 for coroutine.yield.
func stackOf(L, of *lua.LState, level int) int {
	if of != L && yields(of) {
		return level - 1
	}
	return level
}

// infoAt tells of a level of the stack of a thread, and reports whether there
// is one. L is the thread that asks.
func (env *Env) infoAt(L, of *lua.LState, level int) (info, bool) {
	at := stackOf(L, of, level)
	none := info{chunk: "=[C]", short: "[C]", what: "C", line: -1, first: -1, last: -1}
	switch {
	case level >= 0 && at < 0:
		none.name, none.kindOfName = env.called(of, at)
		return none, true
	case level < 0 || env.Tail(of, at):
		return info{chunk: "=(tail call)", short: "(tail call)", what: "tail", line: -1, first: -1, last: -1}, true
	}
	dbg, ok := of.GetStack(at)
	if !ok {
		return none, isBottom(L, of, at) // what a program starts with is C
	}
	fn, err := of.GetInfo("fl", dbg, lua.LNil)
	f, ok := fn.(*lua.LFunction)
	if err != nil || !ok {
		return info{}, false
	}
	i := env.infoOf(f)
	if !vm.IsNative(f) {
		i.line = dbg.CurrentLine
	}
	if !env.Tail(of, at+1) {
		i.name, i.kindOfName = env.called(of, at)
	}
	return i, true
}

// isBottom reports whether a level is the one below all functions of a main
// thread.
func isBottom(L, of *lua.LState, level int) bool {
	if of != L || of.Parent != nil || level < 1 {
		return false
	}
	if _, ok := of.GetStack(level); ok {
		return false
	}
	_, ok := of.GetStack(level - 1)
	return ok || envOf(L).Tail(of, level-1)
}

func debugGetInfo(L *lua.LState, env *Env) int {
	of, arg := threadArg(L)
	options := optString(L, arg+2, "flnSu")
	var i info
	if level, ok := toNumber(L.Get(arg + 1)); ok {
		var there bool
		if i, there = env.infoAt(L, of, number.ToInt(level)); !there {
			L.Push(lua.LNil)
			return 1
		}
	} else if fn, ok := L.Get(arg + 1).(*lua.LFunction); ok {
		i = env.infoOf(fn)
	} else {
		argError(L, arg+1, "function or level expected")
	}
	t := L.NewTable()
	for _, option := range []byte(options) {
		if !i.fill(L, t, option) {
			argError(L, arg+2, "invalid option")
		}
	}
	L.Push(t)
	return 1
}

// fill sets the fields of one option, and reports whether there is such a one.
func (i info) fill(L *lua.LState, t *lua.LTable, option byte) bool {
	switch option {
	case 'S':
		t.RawSetString("source", lua.LString(i.chunk))
		t.RawSetString("short_src", lua.LString(i.short))
		t.RawSetString("what", lua.LString(i.what))
		t.RawSetString("linedefined", lua.LNumber(i.first))
		t.RawSetString("lastlinedefined", lua.LNumber(i.last))
	case 'l':
		t.RawSetString("currentline", lua.LNumber(i.line))
	case 'u':
		n := 0
		if i.fn != nil {
			n = len(i.fn.Upvalues)
		}
		t.RawSetString("nups", lua.LNumber(n))
	case 'n':
		if i.kindOfName != "" {
			t.RawSetString("name", lua.LString(i.name))
		} else if i.what == "tail" {
			t.RawSetString("name", emptyString)
		}
		t.RawSetString("namewhat", lua.LString(i.kindOfName))
	case 'f':
		if i.fn != nil {
			t.RawSetString("func", i.fn)
		}
	case 'L':
		if i.fn != nil && !vm.IsNative(i.fn) {
			t.RawSetString("activelines", activeLines(L, i.fn.Proto))
		}
	default:
		return false
	}
	return true
}

func activeLines(L *lua.LState, p *lua.FunctionProto) *lua.LTable {
	lines := L.NewTable()
	for _, line := range p.DbgSourcePositions {
		if line > 0 {
			vm.SetInt(lines, line, lua.LTrue)
		}
	}
	return lines
}

// frame returns the frame at the level that argument n gives; nil for one without
// local variables that are known.
func frame(L, of *lua.LState, env *Env, n int) *lua.Debug {
	level := checkInt(L, n)
	at := stackOf(L, of, level)
	if level >= 0 && (at < 0 || env.Tail(of, at) || isBottom(L, of, at)) {
		return nil
	}
	dbg, ok := of.GetStack(at)
	if !ok || level < 0 {
		argError(L, n, "level out of range")
	}
	return dbg
}

func debugGetLocal(L *lua.LState, env *Env) int {
	of, arg := threadArg(L)
	dbg := frame(L, of, env, arg+1)
	n := checkInt(L, arg+2)
	if dbg != nil && n > 0 {
		if name, v := of.GetLocal(dbg, n); name != "" {
			L.Push(lua.LString(name))
			if v == nil {
				v = lua.LNil
			}
			L.Push(v)
			return 2
		}
	}
	L.Push(lua.LNil)
	return 1
}

func debugSetLocal(L *lua.LState, env *Env) int {
	of, arg := threadArg(L)
	dbg := frame(L, of, env, arg+1)
	v := checkAny(L, arg+3)
	n := checkInt(L, arg+2)
	if dbg != nil && n > 0 {
		if name := of.SetLocal(dbg, n, v); name != "" {
			L.Push(lua.LString(name))
			return 1
		}
	}
	L.Push(lua.LNil)
	return 1
}

// upvalue returns the upvalue of a function of Lua, nil if there is none.
func upvalue(L *lua.LState) (fn *lua.LFunction, n int) {
	n = checkInt(L, 2)
	fn = checkFunction(L, 1)
	if vm.IsNative(fn) || n < 1 || n > len(fn.Upvalues) || fn.Upvalues[n-1] == nil {
		return nil, 0
	}
	return fn, n
}

func debugGetUpvalue(L *lua.LState) int {
	fn, n := upvalue(L)
	if fn == nil {
		return 0
	}
	name, v := L.GetUpvalue(fn, n)
	L.Push(lua.LString(name))
	L.Push(v)
	return 2
}

func debugSetUpvalue(L *lua.LState) int {
	v := checkAny(L, 3)
	fn, n := upvalue(L)
	if fn == nil {
		return 0
	}
	L.Push(lua.LString(L.SetUpvalue(fn, n, v)))
	return 1
}

func debugGetMetatable(L *lua.LState) int {
	var mt lua.LValue
	switch v := checkAny(L, 1).(type) {
	case *lua.LTable:
		mt = v.Metatable
	case *lua.LUserData:
		mt = v.Metatable
	default:
		mt = envOf(L).typeMetatables[v.Type()]
	}
	if mt == nil {
		mt = lua.LNil
	}
	L.Push(mt)
	return 1
}

func debugSetMetatable(L *lua.LState) int {
	mt := L.Get(2)
	if mt.Type() != lua.LTTable && (mt != lua.LNil || L.GetTop() < 2) {
		argError(L, 2, "nil or table expected")
	}
	v := L.Get(1)
	L.SetMetatable(v, mt)
	if t, ok := v.(*lua.LTable); ok {
		vm.NoteMetatable(L, t)
	}
	if kind := v.Type(); kind != lua.LTTable && kind != lua.LTUserData {
		envOf(L).typeMetatables[kind] = mt
	}
	L.Push(lua.LTrue)
	return 1
}

func debugGetFEnv(L *lua.LState) int {
	v := checkAny(L, 1)
	if f, ok := v.(*lua.LFunction); ok && f.IsG && f.Env == nil {
		L.Push(L.G.Global)
		return 1
	}
	L.Push(L.GetFEnv(v))
	return 1
}

func debugSetFEnv(L *lua.LState) int {
	t := checkTable(L, 2)
	L.SetTop(2)
	switch v := L.Get(1).(type) {
	case *lua.LFunction, *lua.LUserData, *lua.LState:
		L.SetFEnv(v, t)
	default:
		raise(L, "'setfenv' cannot change environment of given object")
	}
	L.SetTop(1)
	return 1
}

func debugGetHook(L *lua.LState) int {
	L.Push(lua.LNil)
	L.Push(emptyString)
	L.Push(wholeValue(0))
	return 3
}

func debugSetHook(L *lua.LState) int {
	_, arg := threadArg(L)
	if L.Get(arg+1) != lua.LNil {
		raise(L, "debug.sethook: this machine calls no hooks; an endless script is ended by an interrupt")
	}
	return 0
}

// debugDebug runs the lines that a person types, up to "cont".
func debugDebug(L *lua.LState, env *Env) int {
	in := env.files.stdin(env)
	for {
		fmt.Fprint(os.Stderr, "lua_debug> ")
		in.failed = nil
		line, ok := in.readLine(L).(lua.LString)
		if !ok || line == "cont" {
			return 0
		}
		fn, err := compile(L, env, "=(debug command)", string(line), false)
		if err == nil {
			L.Push(fn)
			err = vm.PCall(L, 0, 0, nil)
			env.Check(L)
		}
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
		}
		L.SetTop(0)
	}
}

// Levels of a traceback at its begin and end.
const (
	tracebackHead = 12
	tracebackTail = 10
)

// debugTraceback is debug.traceback([thread,] [message [, level]]).
func debugTraceback(L *lua.LState, env *Env) int {
	of, arg := threadArg(L)
	level := 0
	if of == L {
		level = 1
	}
	if n, ok := toNumber(L.Get(arg + 2)); ok {
		level = number.ToInt(n)
	}
	message := ""
	if L.GetTop() > arg {
		text, ok := toText(L.Get(arg + 1))
		if !ok {
			L.Push(L.Get(arg + 1))
			return 1
		}
		message = text + "\n"
	}
	L.Push(lua.LString(message + env.traceback(L, of, level)))
	return 1
}

// traceback returns the stack of a thread from a level on.
func (env *Env) traceback(L, of *lua.LState, from int) string {
	lines := []string{"stack traceback:"}
	end := sort.Search(math.MaxInt32, func(level int) bool { // to walk to each would take seconds
		_, ok := env.infoAt(L, of, level)
		return !ok
	})
	for level := from; level < end; level++ {
		if level == from+tracebackHead-1 && end-level > tracebackTail+1 {
			lines = append(lines, "\t...")
			level = end - tracebackTail
		}
		i, _ := env.infoAt(L, of, level)
		lines = append(lines, "\t"+i.String())
	}
	return strings.Join(lines, "\n")
}

// String is a line of a traceback.
func (i info) String() string {
	place := i.short + ":"
	if i.line > 0 {
		place += fmt.Sprintf("%d:", i.line)
	}
	switch {
	case i.kindOfName != "":
		return fmt.Sprintf("%s in function '%s'", place, i.name)
	case i.what == "main":
		return place + " in main chunk"
	case i.what == "C" || i.what == "tail":
		return place + " ?"
	}
	return fmt.Sprintf("%s in function <%s:%d>", place, i.short, i.first)
}

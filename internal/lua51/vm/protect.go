package vm

import (
	"errors"
	"fmt"
	"strings"
	"unsafe"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/lua51/tree"
)

// An error goes up the stack of Go as a panic. What runs the functions of a
// thread recovers it when a call of pcall or xpcall stands between, unwinds
// Lua's stack to there, closes the captured variables that stood above, and
// goes on. pcall and xpcall are functions of Lua for the machine (twins of those
// that scripts see): they take no stack of Go, so a coroutine can yield inside
// them.

// Native is the source name of the twins; they have no lines.
const Native = "=[C]"

// twins are the functions that instructions call in place of pcall and xpcall.
// f, in the first register, becomes false for the last return.
var pcallTwin, xpcallTwin = twin(`return function(f, ...)
  local result
  do return true, f(...) end
  return f, result
end`), twin(`return function(f, handler)
  local result
  do return true, f() end
  return f, result
end`)

// protector is the prototype of a twin.
type protector struct {
	proto  *lua.FunctionProto
	failed int // index of the instruction that returns the error
	result int // register of the error
}

func twin(source string) *protector {
	main, err := tree.Compile(Native, source)
	if err != nil {
		panic(err)
	}
	p := &protector{proto: main.FunctionPrototypes[0]}
	for int(p.proto.Code[p.failed]>>26) != lua.OP_RETURN {
		p.failed++
	}
	p.failed++
	for p.proto.DbgLocals[p.result].Name != "result" {
		p.result++
	}
	clear(p.proto.DbgSourcePositions)
	p.proto.DbgCalls, p.proto.LineDefined, p.proto.LastLineDefined = nil, -1, -1
	return p
}

// NewPcall makes the function pcall (Lua 5.1 manual, section 5.1), NewXpcall
// the function xpcall. refuse raises what is wrong with an argument.
func NewPcall(L *lua.LState, refuse func(L *lua.LState, argument int, what string)) *lua.LFunction {
	fn := L.NewFunction(func(L *lua.LState) int {
		if L.GetTop() < 1 {
			refuse(L, 1, "value expected")
		}
		return protectedCall(L, L.GetTop()-1, nil)
	})
	mark(fn, &special{twin: newTwin(L, pcallTwin), needs: 1})
	return fn
}

func NewXpcall(L *lua.LState, refuse func(L *lua.LState, argument int, what string)) *lua.LFunction {
	fn := L.NewFunction(func(L *lua.LState) int {
		if L.GetTop() < 2 {
			refuse(L, 2, "value expected")
		}
		handler := L.Get(2)
		L.SetTop(1)
		return protectedCall(L, 0, handler)
	})
	mark(fn, &special{twin: newTwin(L, xpcallTwin), needs: 2})
	return fn
}

func newTwin(L *lua.LState, p *protector) *lua.LFunction {
	fn := L.NewFunctionFromProto(p.proto)
	fn.Env = L.G.Global
	return fn
}

// IsNative reports whether a function is of Go, or stands for one on the stack.
func IsNative(fn *lua.LFunction) bool { return fn.IsG || twinOf(fn) != nil }

func twinOf(fn *lua.LFunction) *protector {
	switch fn.Proto {
	case nil:
	case pcallTwin.proto:
		return pcallTwin
	case xpcallTwin.proto:
		return xpcallTwin
	}
	return nil
}

// protectedCall is pcall and xpcall for who calls them from Go.
func protectedCall(L *lua.LState, nargs int, handler lua.LValue) int {
	if err := pcall(L, nargs, lua.MultRet, func(v lua.LValue) lua.LValue { return of(L).handled(v, handler) }); err != nil {
		hooks.Recovered(L)
		L.Push(lua.LFalse)
		L.Push(err.Object)
		return 2
	}
	L.Insert(lua.LTrue, 1)
	return L.GetTop()
}

// PCall is lua.LState.PCall for threads of Guard: captured variables survive
// the error. handler, if it is not nil, gets what was raised while the stack
// still stands, and returns the error's value.
func PCall(L *lua.LState, nargs, nret int, handler func(raised lua.LValue) lua.LValue) error {
	if err := pcall(L, nargs, nret, handler); err != nil {
		return err
	}
	return nil
}

func pcall(lstate *lua.LState, nargs, nret int, handler func(raised lua.LValue) lua.LValue) (err *lua.ApiError) {
	L := of(lstate)
	depth, base, m, normal := -1, L.reg.top-nargs-1, L.machine(), false
	nested := m.nested
	if L.currentFrame != nil {
		depth = L.currentFrame.Idx
	}
	defer func() {
		if normal {
			return
		}
		r := recover()
		if r == nil {
			return // the goroutine ends
		}
		err = apiError(r)
		L.begin()
		if handler != nil {
			L.withRoom(func() { err.Object = handler(err.Object) })
		}
		L.closeFrom(base)
		L.unwind(depth)
		setTop(L.reg, base)
		m.nested, m.searched = nested, nil
		L.G.CurrentThread = lstate
	}()
	L.checkCallable(L.reg.array[base], noOperand)
	lstate.Call(nargs, nret)
	normal = true
	if depth < 0 {
		L.unwind(depth)
		m.walked = nil
	}
	return nil
}

// apiError returns what a panic has raised.
func apiError(r any) *lua.ApiError {
	var e *lua.ApiError
	if err, ok := r.(error); !ok || !errors.As(err, &e) {
		return &lua.ApiError{Type: lua.ApiErrorPanic, Object: lua.LString(fmt.Sprint(r))}
	}
	if s, ok := e.Object.(lua.LString); ok { // a Go function that pcall calls has no place in Lua
		e.Object = lua.LString(strings.TrimPrefix(string(s), Native+":0: "))
	}
	return e
}

// reserve is how many registers there are for who handles an error, beyond
// those of other code.
const reserve = 1 << 14

// withRoom runs fn with some more registers than others may use.
func (L *state) withRoom(fn func()) {
	L.reg.maxSize += reserve
	defer func() { L.reg.maxSize -= reserve }()
	fn()
}

// machine is what there is to know of a thread beyond what gopher-lua does, in
// the place of its store of numbers.
type machine struct {
	allocator
	nested        int    // how often mainLoop runs for it
	top, searched *Frame // there is no protector from top, the innermost frame, to searched
	walked        *table // which a for statement goes through
	at            int    // and the place of its key among the table's keys
}

// machine returns that of a thread of Guard.
func (L *state) machine() *machine { return (*machine)(unsafe.Pointer(L.alloc)) }

// numbersInBlock is how many numbers are made at a time.
const numbersInBlock = 32

// Guard makes a new thread one of this machine.
func Guard(lstate *lua.LState) {
	L := of(lstate)
	L.alloc = &(&machine{allocator: allocator{size: numbersInBlock}}).allocator
	L.hasErrorFunc = true // or else an error would close what is in use, see raiseError
	L.Panic = func(L *state) {
		panic(&lua.ApiError{Type: lua.ApiErrorRun, Object: L.reg.array[L.reg.top-1]})
	}
	L.mainLoop = mainLoop
}

// mainLoop runs what Go has called in a thread, until it returns or yields.
// base is its frame, nil for the first one of a coroutine.
func mainLoop(L *state, base *Frame) {
	if attention.Load() != 0 && L.currentFrame != nil && !L.currentFrame.Fn.IsG { // one of Go may be the handler of the error that ends the task
		L.attend()
	}
	if L.currentFrame != nil && L.currentFrame.Idx+1 >= hooks.MaxDepth {
		hooks.Deep(L.lua())
	}
	m := L.machine()
	if base == nil {
		m.nested = 0
	}
	m.nested++
	m.searched = nil
	L.hasErrorFunc = true
	for L.guarded(base) {
	}
	m.nested--
}

// guarded runs code and reports whether it ended in an error that was caught,
// so that there is more to run.
func (L *state) guarded(base *Frame) (again bool) {
	m, normal := L.machine(), false
	nested := m.nested
	defer func() {
		if normal {
			return
		}
		f := L.protector(base)
		if f == nil && base != nil {
			return
		}
		r := recover()
		if r == nil {
			return
		}
		if f == nil { // the end of a coroutine
			e := apiError(r)
			L.begin()
			L.withRoom(func() { e.Object = hooks.Explain(L.lua(), e.Object) })
			L.closeFrom(0)
			panic(e)
		}
		L.settle(f, r)
		m.nested, m.searched = nested, nil
		again = true
	}()
	run(L, base)
	normal = true
	return false
}

func run(L *state, base *Frame) {
	if L.currentFrame = L.frames().last(); L.currentFrame == nil {
		return
	}
	if L.currentFrame.Fn.IsG {
		callNative(L, false)
		return
	}
	for {
		f := L.currentFrame
		code := f.Fn.Proto.Code[f.Pc]
		f.Pc++
		if jumpTable[code>>26](L, code, base) == 1 {
			return
		}
	}
}

// protector returns the innermost call of pcall or xpcall, not outside base, nil
// if there is none. An error that passes many bases on its way asks once for
// each frame.
func (L *state) protector(base *Frame) *Frame {
	m, f := L.machine(), L.currentFrame
	if m.searched != nil && m.top == f {
		f = m.searched.Parent
	}
	m.top = L.currentFrame
	for ; f != nil && (base == nil || f.Idx >= base.Idx); f = f.Parent {
		if twinOf(f.Fn) != nil {
			return f
		}
		m.searched = f
	}
	return nil
}

// begin gives a function that an error has ended before its first instruction
// the line of that: gopher-lua looks for one when the handler of the error fails.
func (L *state) begin() {
	if f := L.currentFrame; f != nil && !f.Fn.IsG && f.Pc == 0 {
		f.Pc = 1
	}
}

// settle has a call of pcall or xpcall return an error.
func (L *state) settle(f *Frame, raised any) {
	twin, e := twinOf(f.Fn), apiError(raised)
	L.begin()
	var handler lua.LValue
	if twin == xpcallTwin {
		handler = L.reg.array[f.LocalBase+1]
	}
	L.withRoom(func() { e.Object = L.handled(e.Object, handler) })
	L.closeFrom(f.LocalBase)
	L.unwind(f.Idx)
	setTop(L.reg, f.LocalBase+int(twin.proto.NumUsedRegisters))
	L.reg.array[f.LocalBase] = lua.LFalse
	L.reg.array[f.LocalBase+twin.result] = e.Object
	f.Pc = twin.failed
	L.G.CurrentThread = L.lua()
	hooks.Recovered(L.lua())
}

// handled returns what an error comes to: what the handler of xpcall makes of it.
func (L *state) handled(v, handler lua.LValue) lua.LValue {
	v = hooks.Explain(L.lua(), v)
	if handler == nil {
		return v
	}
	l := L.lua()
	l.Push(handler)
	l.Push(v)
	if err := pcall(l, 1, 1, nil); err != nil {
		return lua.LString("error in error handling")
	}
	v = l.Get(-1)
	l.Pop(1)
	return v
}

// last returns the innermost frame.
func (s *frames) last() *Frame {
	switch {
	case s.segSp > 0:
		return &s.segments[s.segIdx].array[s.segSp-1]
	case s.segIdx > 0:
		return &s.segments[s.segIdx-1].array[lua.FramesPerSegment-1]
	}
	return nil
}

// Package vm corrects what gopher-lua runs: calls and their limits, tables and their
// length, operators, comparisons, errors and protected calls, so that all of them
// do what Lua 5.1 does. It sets gopher-lua's own tables of instructions when it is
// imported; docs/adr/0009 has the record of what each correction costs.
package vm

import (
	"sync/atomic"
	"unsafe"

	lua "github.com/yuin/gopher-lua"
)

// Code that does not end jumps back or calls, so the instructions that do this
// look whether somebody wants the attention of the machine, and those that call
// at how deep the calls are nested. What they do then is for who runs the
// interpreter to say, see Hooks.

var attention atomic.Int32

// Attention is how many times somebody wants Hooks.Attend to be called at each
// jump and call of every thread, until they take that back.
func Attention(change int32) { attention.Add(change) }

// Wanted reports whether anybody wants attention.
func Wanted() bool { return attention.Load() != 0 }

// Hooks are what the machine asks of who runs it. All are called with the
// thread that runs, and may raise errors.
type Hooks struct {
	// Attend is called at jumps and calls while attention is wanted.
	Attend func(L *lua.LState)
	// MaxDepth is how many calls may be nested before Deep is called at each.
	MaxDepth int
	Deep     func(L *lua.LState)
	// Explain gives what pcall and xpcall make of an error, while the stack of
	// the place where it was raised still stands: the same, or with a better
	// message.
	Explain func(L *lua.LState, raised lua.LValue) lua.LValue
	// Describe gives the message of what an instruction of Lua cannot do, which
	// begins with Lua 5.1's words, while the stack still stands.
	Describe func(L *lua.LState, f Fault) string
	// Recovered is called when an error was handled in a thread.
	Recovered func(L *lua.LState)
}

var hooks = Hooks{
	Attend: func(*lua.LState) {}, MaxDepth: 1 << 30, Deep: func(*lua.LState) {},
	Explain:   func(_ *lua.LState, raised lua.LValue) lua.LValue { return raised },
	Describe:  func(_ *lua.LState, f Fault) string { return f.Words("", "") },
	Recovered: func(*lua.LState) {},
}

// SetHooks says what the machine does beside running code. It is for the start
// of the process, before any code runs.
func SetHooks(h Hooks) { hooks = h }

func (L *state) attend() { hooks.Attend(L.lua()) }

func init() {
	jumpTable[lua.OP_JMP] = func(L *state, code uint32, _ *Frame) int {
		if attention.Load() != 0 {
			L.attend()
		}
		f := L.currentFrame
		if j := jump(code); j >= 0 || !offering.Load() || !L.repeat(f) {
			f.Pc += j
		}
		return 0
	}
	stockCall, stockTail := jumpTable[lua.OP_CALL], jumpTable[lua.OP_TAILCALL]
	call := func(L *state, code uint32, base *Frame) int {
		L.beforeCall()
		at := L.currentFrame.LocalBase + argA(code)
		if fn, ok := L.reg.array[at].(*lua.LFunction); !ok {
			L.checkCallable(L.reg.array[at], 0)
		} else if s := specialOf(fn); s != nil {
			if s.run != nil && L.shortcut(code, at, s.run) {
				return 0
			}
			if s.twin != nil && L.arguments(code, at) >= s.needs {
				L.reg.array[at] = s.twin
			}
		}
		return stockCall(L, code, base)
	}
	jumpTable[lua.OP_CALL] = call
	jumpTable[lua.OP_TAILCALL] = func(L *state, code uint32, base *Frame) int {
		fn, ok := L.reg.array[L.currentFrame.LocalBase+argA(code)].(*lua.LFunction)
		if !ok || fn.IsG { // the frame stays until it returns, for who looks at the stack and for yield
			return call(L, code, base)
		}
		L.beforeCall()
		at := L.currentFrame.LocalBase + argA(code)
		L.checkRoom(L, fn, max(L.reg.top, at+1+L.arguments(code, at)))
		return stockTail(L, code, base)
	}
}

func (L *state) beforeCall() {
	if attention.Load() != 0 {
		L.attend()
	}
	if L.currentFrame.Idx+1 >= hooks.MaxDepth {
		hooks.Deep(L.lua())
	}
}

// checkRoom raises that thread co has no registers for a call of fn with
// arguments up to top. gopher-lua would say so when the function has begun but
// has no line yet, and dies when it looks for that.
func (L *state) checkRoom(co *state, fn *lua.LFunction, top int) {
	need := top + int(fn.Proto.NumParameters) + int(fn.Proto.NumUsedRegisters)
	if need > cap(co.reg.array) && need > co.reg.maxSize {
		L.lua().RaiseError("registry overflow")
	}
}

// special is what is particular about a Go function, in the shape of an upvalue
// so that the function can hold it: a list of upvalues that is empty and has
// room for one.
type special struct {
	lua.Upvalue
	run   Shortcut
	twin  *lua.LFunction // of Lua, that instructions call in its place
	needs int            // with as many arguments at least
	step  iterator       // what it does as the iterator of a for statement

	intrinsic *Intrinsic
}

func mark(fn *lua.LFunction, s *special) { fn.Upvalues = []*lua.Upvalue{&s.Upvalue}[:0:1] }

func specialOf(fn *lua.LFunction) *special {
	if !fn.IsG || len(fn.Upvalues) != 0 || cap(fn.Upvalues) != 1 {
		return nil
	}
	return (*special)(unsafe.Pointer(fn.Upvalues[:1][0]))
}

// Shortcut is another way of a function of Go, without a frame of Lua's, which
// takes longer to make than many a call: it reads its arguments where Lua has
// put them. taken is how many results the caller takes, 0 or 1. It carries the
// call out at once and gives its result, if one is taken, or it leaves the call
// to the function. It raises no errors, runs no Lua and does not keep args;
// Lua's registers hold them until something else is put there.
type Shortcut func(args []lua.LValue, taken int) (result lua.LValue, done bool)

// SetShortcut gives fn, a function of Go without upvalues, a shortcut.
func SetShortcut(fn *lua.LFunction, run Shortcut) { mark(fn, &special{run: run}) }

// arguments reports how many there are for the function in register at.
func (L *state) arguments(code uint32, at int) int {
	if n := argB(code) - 1; n >= 0 {
		return n
	}
	return L.reg.top - at - 1 // all that the call or the vararg before has left
}

// frameRoom is how many registers must be free, so that the function surely
// runs after a shortcut that has begun something and leaves the rest to it.
const frameRoom = 16

// shortcut carries out a call of the function in register at, if it takes it.
func (L *state) shortcut(code uint32, at int, run Shortcut) bool {
	taken := argC(code) - 1
	if taken < 0 || taken > 1 || cap(L.reg.array)-L.reg.top < frameRoom {
		return false
	}
	result, done := run(L.reg.array[at+1:at+1+L.arguments(code, at)], taken)
	if !done {
		return false
	}
	if taken == 1 {
		L.reg.array[at] = result
	}
	setTop(L.reg, at+taken) // "return (f())" goes by it
	return true
}

package vm

import (
	"sync/atomic"
	"unsafe"

	lua "github.com/yuin/gopher-lua"
)

// Whoever can run loops in another way learns here which loops are at work. Each
// jump back has a Loop that counts down; at its end the loop is offered, in front
// of the instruction that jumps back.

// Loop is a jump back of a function of Lua, in one interpreter. It belongs to who
// holds that interpreter.
type Loop struct {
	global *lua.Global
	Proto  *lua.FunctionProto
	Pc     int // of the instruction that jumps back
	// Left is how many more times it is carried out before it is offered.
	Left int64
	// State is for who takes the offers.
	State any
}

// offer takes the loop that a frame is about to repeat, and reports whether it
// has carried out something of it: the frame then stands where to go on.
var offer func(L *lua.LState, f *Frame, l *Loop) bool

var offering atomic.Bool

// SetOffer says who is offered loops. It is for the start of the process.
func SetOffer(take func(L *lua.LState, f *Frame, l *Loop) bool) { offer = take }

// Offer turns the offers of all interpreters on or off.
func Offer(on bool) { offering.Store(on && offer != nil) }

// Offering reports whether loops are offered.
func Offering() bool { return offering.Load() }

// loops are those that ran last. One that finds its places taken pushes another
// out, which then begins anew.
var loops [loopPlaces]atomic.Pointer[Loop]

const (
	loopPlaces = 1 << 11
	loopWays   = 4 // places that a loop can have
)

// repeat offers the loop that frame f repeats, and reports whether that was taken.
func (L *state) repeat(f *Frame) bool {
	p, pc := f.Fn.Proto, f.Pc-1
	first := (uintptr(unsafe.Pointer(p))>>6*31 + uintptr(pc)) % (loopPlaces / loopWays) * loopWays
	for i := first; i < first+loopWays; i++ {
		if l := loops[i].Load(); l != nil && l.Pc == pc && l.Proto == p && l.global == L.G {
			if l.Left--; l.Left >= 0 {
				return false
			}
			return offer(L.lua(), f, l)
		}
	}
	l := &Loop{global: L.G, Proto: p, Pc: pc, Left: 1}
	for i := first; i < first+loopWays; i++ {
		if loops[i].CompareAndSwap(nil, l) {
			return false
		}
	}
	loops[first+uintptr(pushed.Add(1))%loopWays].Store(l)
	return false
}

var pushed atomic.Uint32

// Loops lists those of an interpreter that are known.
func Loops(L *lua.LState) (all []*Loop) {
	for i := range loops {
		if l := loops[i].Load(); l != nil && l.global == L.G {
			all = append(all, l)
		}
	}
	return all
}

// ForgetLoops is for an interpreter that is closed.
func ForgetLoops(L *lua.LState) {
	for i := range loops {
		if l := loops[i].Load(); l != nil && l.global == L.G {
			loops[i].CompareAndSwap(l, nil)
		}
	}
}

// Intrinsic is what is known of a function of Go that other code may carry out in
// its place: it makes its result of its arguments and of nothing else that a
// script can see, runs no Lua, and fails for nothing but a wrong argument.
type Intrinsic struct {
	Name string // "sin"
	// One of these, by the number of arguments it needs; none for what the name
	// tells.
	F0 func() float64
	F1 func(x float64) float64
	F2 func(x, y float64) float64
}

// SetIntrinsic says so of fn, a function of Go without upvalues.
func SetIntrinsic(fn *lua.LFunction, n *Intrinsic) { mark(fn, &special{intrinsic: n}) }

// IntrinsicOf returns what SetIntrinsic has said of a function, nil for nothing.
func IntrinsicOf(fn *lua.LFunction) *Intrinsic {
	if s := specialOf(fn); s != nil {
		return s.intrinsic
	}
	return nil
}

// What who takes loops needs of a thread's inside.

// Boxed returns a number as a value, from the memory that a thread has for them.
func Boxed(L *lua.LState, x float64) lua.LValue { return of(L).alloc.boxed(x) }

// SetRegister writes a register of a thread, which may not be there yet.
func SetRegister(L *lua.LState, i int, v lua.LValue) { of(L).reg.set(i, v) }

// RoomFor reports whether a thread can have so many registers, and call frames.
func RoomFor(L *lua.LState, registers, frames int) bool {
	l := of(L)
	return registers <= l.reg.maxSize && l.currentFrame.Idx+1+frames < hooks.MaxDepth
}

// PushFrame makes the innermost frame of a thread call the function in register
// at, which is one of Lua's, as its instruction CALL does.
func PushFrame(L *lua.LState, at, nargs, nret int) *Frame {
	l := of(L)
	fn := l.reg.array[at].(*lua.LFunction)
	pushFrame(l, Frame{Fn: fn, Base: at, LocalBase: at + 1, ReturnBase: at, NArgs: nargs, NRet: nret, Parent: l.currentFrame}, fn, false)
	return l.currentFrame
}

//go:linkname pushFrame github.com/yuin/gopher-lua.(*LState).pushCallFrame
func pushFrame(L *state, f Frame, fn lua.LValue, meta bool)

// OpenIn reports in which register of a thread a captured variable still lives.
func OpenIn(L *lua.LState, uv *lua.Upvalue) (register int, open bool) {
	u := (*upvalue)(unsafe.Pointer(uv))
	if u.closed || u.reg != of(L).reg {
		return 0, false
	}
	return u.index, true
}

// FieldOf returns a field of a table without metamethods.
func FieldOf(t *lua.LTable, name string) (v lua.LValue, ok bool) {
	v, ok = inside(t).strdict[name]
	return v, ok && v != lua.LNil
}

// SetField writes a field that a table has already.
func SetField(t *lua.LTable, name string, v lua.LValue) { inside(t).strdict[name] = v }

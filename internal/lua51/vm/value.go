package vm

import (
	"math"
	"unsafe"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/lua51/number"
)

// numberKind is what says that a value is a number.
var numberKind = func() unsafe.Pointer {
	v := lua.LValue(lua.LNumber(0.5))
	return (*struct{ kind, data unsafe.Pointer })(unsafe.Pointer(&v)).kind
}()

// boxed returns a number as a value. Numbers lie together in blocks, as
// gopher-lua has it; small whole ones are there already. -0 is none of these.
func (a *allocator) boxed(f float64) (v lua.LValue) {
	if i := int64(f); uint64(i) < uint64(len(preloads)) && float64(i) == f && (i != 0 || !math.Signbit(f)) {
		return preloads[i]
	}
	if len(a.fptrs) == cap(a.fptrs) {
		a.fptrs = make([]float64, 0, a.size)
	}
	n := len(a.fptrs)
	a.fptrs = a.fptrs[:n+1]
	a.fptrs[n] = f
	box := struct{ kind, data unsafe.Pointer }{numberKind, unsafe.Pointer(&a.fptrs[n])}
	return *(*lua.LValue)(unsafe.Pointer(&box))
}

// toNumber reads a value as a number, as arithmetic does.
func toNumber(v lua.LValue) (float64, bool) {
	switch v := v.(type) {
	case lua.LNumber:
		return float64(v), true
	case lua.LString:
		return number.Parse(string(v))
	}
	return 0, false
}

// set puts a value into a register that may not be there yet.
func (r *registry) set(i int, v lua.LValue) {
	if i >= len(r.array) {
		setRegister(r, i, v)
		return
	}
	r.array[i] = v
	if i >= r.top {
		r.top = i + 1
	}
}

// An instruction's operands, in the layout of gopher-lua's opcode.go.
func argA(code uint32) int { return int(code >> 18 & 0xff) }
func argB(code uint32) int { return int(code & 0x1ff) }
func argC(code uint32) int { return int(code >> 9 & 0x1ff) }
func jump(code uint32) int { return int(code&(1<<18-1)) - (1<<17 - 1) }

// constantBit is set in an operand that is a constant, not a register.
const constantBit = 1 << 8

// rk returns the value of an operand.
func (L *state) rk(n int) lua.LValue {
	f := L.currentFrame
	if n&constantBit != 0 {
		return f.Fn.Proto.Constants[n&^constantBit]
	}
	return L.reg.array[f.LocalBase+n]
}

// result puts the value of an instruction where it belongs. The function has
// that register, or else it is for set.
func (L *state) result(code uint32, v lua.LValue) {
	i, r := L.currentFrame.LocalBase+argA(code), L.reg
	r.array[i] = v
	if i >= r.top {
		r.top = i + 1
	}
}

// call calls a value and returns its first result.
func (L *state) call(fn lua.LValue, args ...lua.LValue) lua.LValue {
	L.checkCallable(fn, noOperand)
	l := L.lua()
	l.Push(fn)
	for _, a := range args {
		l.Push(a)
	}
	callFromGo(L, len(args), 1, -1)
	v := L.reg.array[L.reg.top-1]
	setTop(L.reg, L.reg.top-1)
	return v
}

// metamethod returns what the metatable of a value has for an event, lua.LNil if
// that is nothing.
func (L *state) metamethod(v lua.LValue, event string) lua.LValue {
	if t, ok := v.(*lua.LTable); ok {
		return field(t.Metatable, event)
	}
	return L.lua().GetMetaField(v, event)
}

// field returns a field of what may be a table.
func field(v lua.LValue, name string) lua.LValue {
	if t, ok := v.(*lua.LTable); ok {
		if v, ok := inside(t).strdict[name]; ok {
			return v
		}
	}
	return lua.LNil
}

func truth(v lua.LValue) bool { return v != lua.LNil && v != lua.LFalse }

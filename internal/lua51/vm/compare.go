package vm

import (
	"unsafe"

	lua "github.com/yuin/gopher-lua"
)

// Comparisons of the Lua 5.1 manual, sections 2.5.2 and 2.8.

func init() {
	jumpTable[lua.OP_EQ] = func(L *state, code uint32, _ *Frame) int {
		a, b := L.rk(argB(code)), L.rk(argC(code))
		if x, ok := a.(lua.LNumber); ok {
			y, ok := b.(lua.LNumber)
			L.branch(code, ok && x == y)
			return 0
		}
		L.branch(code, L.equal(a, b))
		return 0
	}
	jumpTable[lua.OP_LT] = func(L *state, code uint32, _ *Frame) int {
		a, b := L.rk(argB(code)), L.rk(argC(code))
		if x, ok := a.(lua.LNumber); ok {
			if y, ok := b.(lua.LNumber); ok {
				L.branch(code, x < y)
				return 0
			}
		}
		L.branch(code, L.less(a, b))
		return 0
	}
	jumpTable[lua.OP_LE] = func(L *state, code uint32, _ *Frame) int {
		a, b := L.rk(argB(code)), L.rk(argC(code))
		if x, ok := a.(lua.LNumber); ok {
			if y, ok := b.(lua.LNumber); ok {
				L.branch(code, x <= y)
				return 0
			}
		}
		L.branch(code, L.lessOrEqual(a, b))
		return 0
	}
}

// branch goes past the next instruction, a jump, when a comparison does not
// come to what operand A has.
func (L *state) branch(code uint32, is bool) {
	if is == (argA(code) == 0) {
		L.currentFrame.Pc++
	}
}

func (L *state) equal(a, b lua.LValue) bool {
	switch x := a.(type) {
	case lua.LNumber:
		y, ok := b.(lua.LNumber)
		return ok && x == y
	case lua.LString:
		y, ok := b.(lua.LString)
		return ok && x == y
	case *lua.LTable:
		y, ok := b.(*lua.LTable)
		return ok && (x == y || L.sameBy(x.Metatable, y.Metatable, a, b))
	case *lua.LUserData:
		y, ok := b.(*lua.LUserData)
		return ok && (x == y || L.sameBy(x.Metatable, y.Metatable, a, b))
	}
	return a == b
}

// sameBy asks the metamethod of two objects, if they have one in common.
func (L *state) sameBy(mt1, mt2, a, b lua.LValue) bool {
	fn := field(mt1, "__eq")
	if fn == lua.LNil || mt1 != mt2 && fn != field(mt2, "__eq") {
		return false
	}
	return truth(L.call(fn, a, b))
}

func (L *state) less(a, b lua.LValue) bool {
	switch x := a.(type) {
	case lua.LNumber:
		if y, ok := b.(lua.LNumber); ok {
			return x < y
		}
	case lua.LString:
		if y, ok := b.(lua.LString); ok {
			return x < y
		}
	}
	is, ok := L.ordered("__lt", a, b)
	if !ok {
		L.failCompare(a, b)
	}
	return is
}

func (L *state) lessOrEqual(a, b lua.LValue) bool {
	switch x := a.(type) {
	case lua.LNumber:
		if y, ok := b.(lua.LNumber); ok {
			return x <= y
		}
	case lua.LString:
		if y, ok := b.(lua.LString); ok {
			return x <= y
		}
	}
	if is, ok := L.ordered("__le", a, b); ok {
		return is
	}
	is, ok := L.ordered("__lt", b, a)
	if !ok {
		L.failCompare(a, b)
	}
	return !is
}

// ordered asks the metamethod of two values of one type, if it is the same.
func (L *state) ordered(event string, a, b lua.LValue) (is, ok bool) {
	if a.Type() != b.Type() {
		return false, false
	}
	fn := L.metamethod(a, event)
	if fn == lua.LNil || fn != L.metamethod(b, event) {
		return false, false
	}
	return truth(L.call(fn, a, b)), true
}

// asString returns bytes that nobody changes any more as a string.
func asString(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }

package vm

import (
	"math"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/lua51/number"
)

// Arithmetic of the Lua 5.1 manual, sections 2.5.1 and 2.8: strings that read
// as numbers count as such, metamethods may be whatever can be called, the
// remainder is a - floor(a/b)*b, and -0 stays what it is.

func init() {
	jumpTable[lua.OP_ADD] = func(L *state, code uint32, _ *Frame) int {
		a, b := L.rk(argB(code)), L.rk(argC(code))
		if x, ok := a.(lua.LNumber); ok {
			if y, ok := b.(lua.LNumber); ok {
				L.result(code, L.alloc.boxed(float64(x+y)))
				return 0
			}
		}
		return L.arith(code, '+', "__add", a, b)
	}
	jumpTable[lua.OP_SUB] = func(L *state, code uint32, _ *Frame) int {
		a, b := L.rk(argB(code)), L.rk(argC(code))
		if x, ok := a.(lua.LNumber); ok {
			if y, ok := b.(lua.LNumber); ok {
				L.result(code, L.alloc.boxed(float64(x-y)))
				return 0
			}
		}
		return L.arith(code, '-', "__sub", a, b)
	}
	jumpTable[lua.OP_MUL] = func(L *state, code uint32, _ *Frame) int {
		a, b := L.rk(argB(code)), L.rk(argC(code))
		if x, ok := a.(lua.LNumber); ok {
			if y, ok := b.(lua.LNumber); ok {
				L.result(code, L.alloc.boxed(float64(x*y)))
				return 0
			}
		}
		return L.arith(code, '*', "__mul", a, b)
	}
	jumpTable[lua.OP_DIV] = func(L *state, code uint32, _ *Frame) int {
		return L.arith(code, '/', "__div", L.rk(argB(code)), L.rk(argC(code)))
	}
	jumpTable[lua.OP_MOD] = func(L *state, code uint32, _ *Frame) int {
		return L.arith(code, '%', "__mod", L.rk(argB(code)), L.rk(argC(code)))
	}
	jumpTable[lua.OP_POW] = func(L *state, code uint32, _ *Frame) int {
		return L.arith(code, '^', "__pow", L.rk(argB(code)), L.rk(argC(code)))
	}
	jumpTable[lua.OP_UNM] = negate
	jumpTable[lua.OP_LEN] = length
	jumpTable[lua.OP_CONCAT] = concat
}

func (L *state) arith(code uint32, op byte, event string, a, b lua.LValue) int {
	x, isX := toNumber(a)
	y, isY := toNumber(b)
	if isX && isY {
		L.result(code, L.alloc.boxed(number.Arith(op, x, y)))
		return 0
	}
	fn := L.metamethod(a, event)
	if fn == lua.LNil {
		fn = L.metamethod(b, event)
	}
	if fn == lua.LNil {
		if isX {
			L.failArith(1, b)
		}
		L.failArith(0, a)
	}
	L.result(code, L.call(fn, a, b))
	return 0
}

func negate(L *state, code uint32, _ *Frame) int {
	v := L.rk(argB(code))
	if n, ok := toNumber(v); ok {
		L.result(code, L.alloc.boxed(-n))
		return 0
	}
	fn := L.metamethod(v, "__unm")
	if fn == lua.LNil {
		L.failArith(0, v)
	}
	L.result(code, L.call(fn, v, v))
	return 0
}

func length(L *state, code uint32, _ *Frame) int {
	switch v := L.rk(argB(code)).(type) {
	case lua.LString:
		L.result(code, L.alloc.boxed(float64(len(v))))
	case *lua.LTable: // a metamethod is for other values in Lua 5.1
		CheckList(L.lua(), v)
		L.result(code, L.alloc.boxed(float64(Length(v))))
	default:
		fn := L.metamethod(v, "__len")
		if fn == lua.LNil {
			L.fail(Fault{Attempt: "get length of", Value: v})
		}
		L.result(code, L.call(fn, v, lua.LNil))
	}
	return 0
}

// concat joins the values of registers B to C, from the right.
func concat(L *state, code uint32, _ *Frame) int {
	base := L.currentFrame.LocalBase
	first, at := base+argB(code), base+argC(code)
	right := L.reg.array[at]
	for at--; at >= first; {
		left := L.reg.array[at]
		if !isText(left) || !isText(right) {
			right = L.concatObjects(left, right, at-first)
			at--
			continue
		}
		from := at
		for from > first && isText(L.reg.array[from-1]) {
			from--
		}
		right = L.joined(L.reg.array[from:at+1], right)
		at = from - 1
	}
	L.result(code, right)
	return 0
}

// concatObjects joins an operand, counted from 0, with what comes after it.
func (L *state) concatObjects(a, b lua.LValue, operand int) lua.LValue {
	fn := L.metamethod(a, "__concat")
	if fn == lua.LNil {
		fn = L.metamethod(b, "__concat")
	}
	if fn == lua.LNil {
		if isText(a) {
			a, operand = b, operand+1
		}
		L.fail(Fault{Attempt: "concatenate", Operand: operand, Value: a})
	}
	return L.call(fn, a, b)
}

func isText(v lua.LValue) bool {
	switch v.(type) {
	case lua.LString, lua.LNumber:
		return true
	}
	return false
}

// MaxString is how long a string can be. Go ends a process that asks for more
// memory than there is, where C tells Lua of it.
const MaxString = math.MaxInt32

// CheckLength raises what Lua says of a string that is too long.
func CheckLength(L *lua.LState, n int) {
	if n > MaxString {
		L.RaiseError("not enough memory")
	}
}

// joined joins strings and numbers with one more behind them.
func (L *state) joined(parts []lua.LValue, last lua.LValue) lua.LValue {
	if s, ok := last.(lua.LString); ok && len(parts) == 1 {
		if p, ok := parts[0].(lua.LString); ok {
			CheckLength(L.lua(), len(p)+len(s))
			return p + s
		}
	}
	size := textSize(last)
	for _, p := range parts {
		size += textSize(p)
	}
	CheckLength(L.lua(), size)
	b := make([]byte, 0, size)
	for _, p := range parts {
		b = appendText(b, p)
	}
	return lua.LString(asString(appendText(b, last)))
}

func textSize(v lua.LValue) int {
	if s, ok := v.(lua.LString); ok {
		return len(s)
	}
	return 24
}

func appendText(b []byte, v lua.LValue) []byte {
	switch v := v.(type) {
	case lua.LString:
		return append(b, v...)
	case lua.LNumber:
		return number.Append(b, float64(v))
	}
	return b
}

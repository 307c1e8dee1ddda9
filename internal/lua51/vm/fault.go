package vm

import (
	lua "github.com/yuin/gopher-lua"
)

// Fault is what an instruction cannot do with a value.
type Fault struct {
	// Attempt is what it was to do, in Lua 5.1's words: "call", "index". It is
	// "" where these have no place for a name, and Whole is all that they say.
	Attempt, Whole string
	Value          lua.LValue // the one at fault
	Operand        int        // which of the instruction's values that is, or noOperand
	Key            lua.LValue // of the field that is looked for, or nil
	Cure           string     // what to do instead, where a value at fault says it
}

// noOperand is the Operand of a value that no instruction names, such as one
// that a metatable has.
const noOperand = -1

// Words are what Lua 5.1 says of a fault, with how it calls the value: "global"
// and "x", or "" and "" for one that has no name.
func (f Fault) Words(kind, name string) string {
	switch {
	case f.Attempt == "":
		return f.Whole
	case kind == "":
		return "attempt to " + f.Attempt + " a " + f.Value.Type().String() + " value"
	default:
		return "attempt to " + f.Attempt + " " + kind + " '" + name + "' (a " + f.Value.Type().String() + " value)"
	}
}

// fail raises a fault of the instruction that runs, or of the function of Go.
func (L *state) fail(f Fault) {
	l, text := L.lua(), ""
	if c := L.currentFrame; c == nil || c.Fn.IsG {
		text = f.Words("", "")
	} else {
		text = hooks.Describe(l, f)
	}
	panic(&lua.ApiError{Type: lua.ApiErrorRun, Object: lua.LString(Where(l, 0) + text)})
}

// failArith raises that one of the operands of an arithmetic instruction does
// not read as a number.
func (L *state) failArith(operand int, v lua.LValue) {
	L.fail(Fault{Attempt: "perform arithmetic on", Operand: operand, Value: v})
}

// CheckCallable raises that a function of Go, or a metamethod, calls what cannot
// be called.
func CheckCallable(L *lua.LState, v lua.LValue) { of(L).checkCallable(v, noOperand) }

func (L *state) checkCallable(v lua.LValue, operand int) {
	if _, ok := v.(*lua.LFunction); ok {
		return
	}
	if _, ok := L.metamethod(v, "__call").(*lua.LFunction); !ok {
		L.fail(Fault{Attempt: "call", Operand: operand, Value: v})
	}
}

// FailCompare raises that two values have no order.
func FailCompare(L *lua.LState, a, b lua.LValue) { of(L).failCompare(a, b) }

func (L *state) failCompare(a, b lua.LValue) {
	f := Fault{Value: a}
	if a != lua.LNil && b != lua.LNil {
		f.Cure = Order(a, b)
	}
	if _, isNumber := a.(lua.LNumber); isNumber || a != lua.LNil && b == lua.LNil {
		f.Operand, f.Value = 1, b
	}
	t1, t2 := a.Type().String(), b.Type().String()
	if t1[2] == t2[2] { // so Lua 5.1 compares their names: a string and a thread are "two string values"
		f.Whole = "attempt to compare two " + t1 + " values"
	} else {
		f.Whole = "attempt to compare " + t1 + " with " + t2
	}
	L.fail(f)
}

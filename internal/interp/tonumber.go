package interp

import (
	"errors"
	"math"
	"strconv"
	"strings"

	lua "github.com/yuin/gopher-lua"
)

// toNumber is tonumber of the Lua 5.1 manual (section 5.1). gopher-lua's own
// gives nil for numbers such as "1e3", which have an exponent and no dot.
func toNumber(L *lua.LState) int {
	v := L.CheckAny(1)
	base := L.OptInt(2, 10)
	if base < 2 || base > 36 {
		L.ArgError(2, "base out of range: 2 to 36")
	}
	var result lua.LValue = lua.LNil
	switch v := v.(type) {
	case lua.LNumber:
		result = v
	case lua.LString:
		if n, ok := parseNumber(string(v), base); ok {
			result = n
		}
	}
	L.Push(result)
	return 1
}

// parseNumber reads a number like C's strtod, or in a base other than 10 a
// whole number.
func parseNumber(s string, base int) (lua.LNumber, bool) {
	s = strings.ToLower(strings.Trim(s, " \f\n\r\t\v"))
	if strings.Contains(s, "_") { // which Go allows
		return 0, false
	}
	digits, sign := strings.TrimLeft(s, "+-"), 1.0
	if len(s)-len(digits) > 1 {
		return 0, false
	}
	if strings.HasPrefix(s, "-") {
		sign = -1
	}
	hex, isHex := strings.CutPrefix(digits, "0x")
	switch {
	case base == 16 && isHex:
		digits = hex
		fallthrough
	case base != 10:
		n, err := strconv.ParseUint(digits, base, 64)
		if errors.Is(err, strconv.ErrRange) {
			return lua.LNumber(sign * float64(n)), true // the largest, as C has it
		}
		return lua.LNumber(sign * float64(n)), err == nil
	case isHex && !strings.Contains(hex, "p"):
		digits += "p0"
	}
	n, err := strconv.ParseFloat(digits, 64)
	return lua.LNumber(sign * n), err == nil || errors.Is(err, strconv.ErrRange)
}

// stringArithmetic has arithmetic read strings like tonumber. gopher-lua's own
// takes "010" for 8; it asks metamethods before.
func (in *Interp) stringArithmetic(L *lua.LState) {
	in.operators = map[*lua.LFunction]bool{}
	mt, ok := L.GetMetatable(lua.LString("")).(*lua.LTable)
	if !ok {
		return
	}
	for name, op := range map[string]func(a, b float64) float64{
		"add": func(a, b float64) float64 { return a + b },
		"sub": func(a, b float64) float64 { return a - b },
		"mul": func(a, b float64) float64 { return a * b },
		"div": func(a, b float64) float64 { return a / b },
		"pow": math.Pow,
		"mod": modulo,
	} {
		fn := L.NewFunction(func(L *lua.LState) int {
			a, isA := operandNumber(L.Get(1))
			b, isB := operandNumber(L.Get(2))
			if isA && isB {
				L.Push(lua.LNumber(op(float64(a), float64(b))))
				return 1
			}
			for i := 1; i <= 2; i++ {
				if other := L.Get(i); other.Type() != lua.LTString {
					if fn, ok := L.GetMetaField(other, "__"+name).(*lua.LFunction); ok {
						x, y := L.Get(1), L.Get(2)
						L.Push(fn)
						L.Push(x)
						L.Push(y)
						L.Call(2, 1)
						return 1
					}
				}
			}
			L.RaiseError("cannot perform %s operation between %s and %s", name, operandType(L.Get(1)), operandType(L.Get(2)))
			return 0
		})
		in.operators[fn] = true
		mt.RawSetString("__"+name, fn)
	}
	negate := L.NewFunction(func(L *lua.LState) int {
		n, ok := operandNumber(L.Get(1))
		if !ok {
			L.RaiseError("__unm undefined")
		}
		L.Push(-n)
		return 1
	})
	in.operators[negate] = true
	mt.RawSetString("__unm", negate)
}

// operandType gives the type of an operand, after it was read as a number.
func operandType(v lua.LValue) string {
	if n, ok := operandNumber(v); ok {
		v = n
	}
	return v.Type().String()
}

// operandNumber gives the number that a value is in arithmetic.
func operandNumber(v lua.LValue) (lua.LNumber, bool) {
	switch v := v.(type) {
	case lua.LNumber:
		return v, true
	case lua.LString:
		return parseNumber(string(v), 10)
	}
	return 0, false
}

// modulo is that of gopher-lua, and of Lua from 5.3 on: the exact remainder,
// with the sign of b.
func modulo(a, b float64) float64 {
	m := math.Mod(a, b)
	if m*b < 0 {
		m += b
	}
	return m
}

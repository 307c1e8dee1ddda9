package interp

import (
	"math"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/lua51/number"
)

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
		n, ok := number.Parse(string(v))
		return lua.LNumber(n), ok
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

package array

import (
	"errors"
	"math"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/args"
)

// events names the metamethods of the operators; idiv is a method only.
var events = map[string]operator{
	"__add": opAdd, "__sub": opSub, "__mul": opMul, "__div": opQuo, "__mod": opMod, "__pow": opPow,
}

// setArithmetic fills a metatable with the operators.
func setArithmetic(L *lua.LState, mt *lua.LTable) {
	for event, op := range events {
		mt.RawSetString(event, L.NewFunction(func(L *lua.LState) int {
			L.Push(operate(L, op, L.Get(1), L.Get(2)))
			return 1
		}))
	}
}

// operate returns x op y where at least one is an array or complex number.
func operate(L *lua.LState, op operator, x, y lua.LValue) lua.LValue {
	a, isArray := To(x)
	b, ok := To(y)
	if !isArray && !ok {
		return operateComplex(L, op, x, y)
	}
	left, right := operand{Array: a}, operand{Array: b}
	var err error
	switch {
	case !isArray:
		left, err = scalarFor(b, x, op == opQuo || op == opPow)
	case !ok:
		right, err = scalarFor(a, y, op == opQuo || op == opPow)
	}
	if err == nil {
		var r *Array
		if r, err = arith(op, left, right); err == nil {
			return ToLua(L, r)
		}
	}
	raise(L, "%s %s %s: %w", nameOf(x), operatorNames[op], nameOf(y), err)
	return nil
}

// operateComplex returns x op y of complex numbers and numbers.
func operateComplex(L *lua.LState, op operator, x, y lua.LValue) lua.LValue {
	a, ok := ToComplex(x)
	b, ok2 := ToComplex(y)
	if !ok || !ok2 {
		raise(L, "cannot compute %s %s %s", nameOf(x), operatorNames[op], nameOf(y))
	}
	switch op {
	case opAdd:
		a += b
	case opSub:
		a -= b
	case opMul:
		a *= b
	case opQuo:
		a /= b
	case opPow:
		a = power(a, b)
	default:
		raise(L, "%s %s %s: complex numbers have no '%s'", nameOf(x), operatorNames[op], nameOf(y), operatorNames[op])
	}
	return ComplexToLua(L, a)
}

// nameOf names one side of an operation in an error.
func nameOf(v lua.LValue) string {
	if a, ok := To(v); ok {
		return a.describe()
	}
	if c, ok := ToComplex(v); ok {
		if imag(c) != 0 {
			return Complex(c).String()
		}
		return formatNumber(real(c))
	}
	return args.Kind(v)
}

// scalarFor brings v to the type in which it is combined with a: the type of a if
// that holds it, else the next that does. An integer array and a whole number
// stay integer, with an error if the number is out of the type's range.
func scalarFor(a *Array, v lua.LValue, quotient bool) (operand, error) {
	t := a.typ
	switch n := v.(type) {
	case lua.LNumber:
		f := float64(n)
		if t == Bool || t.isInteger() && (quotient || f != math.Trunc(f) || math.IsInf(f, 0)) {
			t = Float64
		}
	default:
		if _, ok := ToComplex(v); !ok {
			return operand{}, errors.New(args.Expected("array or number", v))
		}
		switch {
		case t == Float32:
			t = Complex64
		case t.class() != complexed:
			t = Complex128
		}
	}
	one := New(t, 1)
	return operand{one, true}, one.store(0, v)
}

func unaryMinus(L *lua.LState) int {
	r, err := negated(selfOf(L))
	if err != nil {
		raise(L, "%w", err)
	}
	L.Push(ToLua(L, r))
	return 1
}

// arithmeticRows lists the methods that combine arrays.
func arithmeticRows() []function {
	rows := []function{
		{"idiv", "b", "The quotients by an array or number, rounded down.", func(c *call) int {
			c.Push(operate(c.LState, opDiv, c.Get(1), c.arg(1)))
			return 1
		}},
		{"axpy", "alpha, x", "Adds alpha * x in place; gives the array.", axpy},
		{"scale", "alpha", "Multiplies all elements by alpha in place; gives the array.", scale},
	}
	rows = append(rows, inPlaceRows()...)
	for op, name := range comparisonNames {
		rows = append(rows, function{name, "b", "For each element whether it is " + comparisonTexts[op] + " that of an array, or a number: a bool array.",
			func(c *call) int { return compareLua(c, comparison(op)) }})
	}
	return rows
}

var comparisonTexts = [comparisons]string{"equal to", "not equal to", "less than", "at most", "more than", "at least"}

func compareLua(c *call, op comparison) int {
	var right operand
	var err error
	if b, ok := To(c.arg(1)); ok {
		right.Array = b
	} else {
		right, err = comparand(c.self, c.arg(1))
	}
	var r *Array
	if err == nil {
		r, err = compareAll(op, operand{Array: c.self}, right)
	}
	if err != nil {
		c.fail(1, "b", "%v", err)
	}
	return c.give(r)
}

// comparand brings v to a type in which it compares with a. A number beyond the
// range of an integer type is as good as an infinity.
func comparand(a *Array, v lua.LValue) (operand, error) {
	if b, ok := v.(lua.LBool); ok && a.typ == Bool {
		return operand{FromSlice([]bool{bool(b)}), true}, nil
	}
	n, ok := v.(lua.LNumber)
	if !ok || !a.typ.isInteger() {
		return scalarFor(a, v, false)
	}
	one := New(a.typ, 1)
	if one.store(0, n) == nil {
		return operand{one, true}, nil
	}
	f := float64(n)
	if f == math.Trunc(f) {
		f = math.Inf(boolInt(f > 0)*2 - 1)
	}
	return operand{FromSlice([]float64{f}), true}, nil
}

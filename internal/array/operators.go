package array

import (
	"math"
	"math/cmplx"
)

// operator is an arithmetic operation on two values.
type operator uint8

// The operators. opQuo is Lua's "/", always a float; opDiv rounds the
// quotient down, and opMod is what opDiv leaves over, as in Lua.
const (
	opAdd operator = iota
	opSub
	opMul
	opQuo
	opMod
	opPow
	opDiv
	operators
)

var operatorNames = [operators]string{"+", "-", "*", "/", "%", "^", "idiv"}

// comparison is a relation between two values.
type comparison uint8

// The comparisons; complex numbers have the first two only.
const (
	cmpEq comparison = iota
	cmpNe
	cmpLt
	cmpLe
	cmpGt
	cmpGe
	comparisons
)

var comparisonNames = [comparisons]string{"eq", "ne", "lt", "le", "gt", "ge"}

// The functions below work on whole slices of equal length, element by
// element, and give -1: all went well.

// over makes an operation on slices one on arrays.
func over[T any](f func(dst, x, y []T) int) func(dst, x, y *Array) int {
	return func(dst, x, y *Array) int { return f(elements[T](dst), elements[T](x), elements[T](y)) }
}

type number interface{ floating | complexing }

func addAll[T number](dst, x, y []T) int {
	x, y = x[:len(dst)], y[:len(dst)]
	for i := range dst {
		dst[i] = x[i] + y[i]
	}
	return -1
}

func subAll[T number](dst, x, y []T) int {
	x, y = x[:len(dst)], y[:len(dst)]
	for i := range dst {
		dst[i] = x[i] - y[i]
	}
	return -1
}

func mulAll[T number](dst, x, y []T) int {
	x, y = x[:len(dst)], y[:len(dst)]
	for i := range dst {
		dst[i] = x[i] * y[i]
	}
	return -1
}

func divAll[T number](dst, x, y []T) int {
	x, y = x[:len(dst)], y[:len(dst)]
	for i := range dst {
		dst[i] = x[i] / y[i]
	}
	return -1
}

func negateAll[T number](dst, x []T) int {
	for i, v := range x {
		dst[i] = -v
	}
	return -1
}

// modFloat is x - floor(x/y)*y, with the sign of y, for finite values; x%inf
// is x where the signs agree, else y.
func modFloat[T floating](dst, x, y []T) int {
	for i := range dst {
		a, b := float64(x[i]), float64(y[i])
		r := math.Mod(a, b)
		if r != 0 && (r < 0) != (b < 0) {
			r += b
		}
		dst[i] = T(r)
	}
	return -1
}

func idivFloat[T floating](dst, x, y []T) int {
	for i := range dst {
		dst[i] = T(math.Floor(float64(x[i] / y[i])))
	}
	return -1
}

func powFloat[T floating](dst, x, y []T) int {
	for i := range dst {
		if e := y[i]; e == 2 {
			dst[i] = x[i] * x[i]
		} else {
			dst[i] = T(math.Pow(float64(x[i]), float64(e)))
		}
	}
	return -1
}

func powComplex[T complexing](dst, x, y []T) int {
	for i := range dst {
		dst[i] = T(power(complex128(x[i]), complex128(y[i])))
	}
	return -1
}

// power returns x to the power of y; small whole powers by multiplication, so
// that i^2 is exactly -1.
func power(x, y complex128) complex128 {
	n := int(real(y))
	if complex(float64(n), 0) != y || n < -64 || n > 64 {
		return cmplx.Pow(x, y)
	}
	if n < 0 {
		return 1 / power(x, -y)
	}
	r := complex128(1)
	for ; n > 0; n >>= 1 {
		if n&1 == 1 {
			r *= x
		}
		x *= x
	}
	return r
}

package array

import (
	"fmt"
	"math"
	"math/cmplx"
)

// The builtins as values.
func realOf(c complex128) float64 { return real(c) }
func imagOf(c complex128) float64 { return imag(c) }

// fill writes f of each element of src to dst.
func fill[D, S any](dst []D, src []S, f func(S) D) {
	for i, v := range src {
		dst[i] = f(v)
	}
}

// largest returns the largest of values from 0, NaN if there is one.
func largest(s []float64) float64 {
	most := 0.0
	for _, v := range s {
		most = math.Max(most, v)
	}
	return most
}

// elementwise lists the functions of one number that arrays have as methods.
// complex is nil where complex numbers have none; keeps tells that a whole
// number stays one, so that integer arrays come back as they are.
var elementwise = []struct {
	name    string
	real    func(float64) float64
	complex func(complex128) complex128
	keeps   bool
	doc     string
}{
	{"sqrt", math.Sqrt, cmplx.Sqrt, false, "square root"},
	{"exp", math.Exp, cmplx.Exp, false, "exponential"},
	{"log", math.Log, cmplx.Log, false, "natural logarithm"},
	{"log10", math.Log10, cmplx.Log10, false, "decimal logarithm"},
	{"sin", math.Sin, cmplx.Sin, false, "sine"},
	{"cos", math.Cos, cmplx.Cos, false, "cosine"},
	{"tan", math.Tan, cmplx.Tan, false, "tangent"},
	{"asin", math.Asin, cmplx.Asin, false, "arc sine"},
	{"acos", math.Acos, cmplx.Acos, false, "arc cosine"},
	{"atan", math.Atan, cmplx.Atan, false, "arc tangent"},
	{"sinh", math.Sinh, cmplx.Sinh, false, "hyperbolic sine"},
	{"cosh", math.Cosh, cmplx.Cosh, false, "hyperbolic cosine"},
	{"tanh", math.Tanh, cmplx.Tanh, false, "hyperbolic tangent"},
	{"exp2", math.Exp2, func(z complex128) complex128 { return cmplx.Exp(z * math.Ln2) }, false, "power of 2"},
	{"expm1", math.Expm1, nil, false, "exponential, less 1, exact near 0,"},
	{"log1p", math.Log1p, nil, false, "natural logarithm of 1 more, exact near 0,"},
	{"log2", math.Log2, func(z complex128) complex128 { return cmplx.Log(z) / math.Ln2 }, false, "binary logarithm"},
	{"floor", math.Floor, nil, true, "largest whole number that is not above"},
	{"ceil", math.Ceil, nil, true, "smallest whole number that is not below"},
	{"round", math.RoundToEven, nil, true, "nearest whole number, of two the even one"},
}

// mathRows lists the methods that apply a function to each element. Integers
// and bools give float64, but for those functions that keep them.
func mathRows() []function {
	rows := []function{
		{"abs", "", "The magnitude of each element; of complex numbers real.", func(c *call) int {
			a, err := magnitudeOf(c.self)
			if err != nil {
				raise(c.LState, "%w", err)
			}
			return c.give(a)
		}},
		{"re", "", "The real part of each element.", func(c *call) int {
			if c.self.typ.class() != complexed {
				return c.give(c.self.Copy())
			}
			return c.give(parts(c.self, realOf))
		}},
		{"im", "", "The imaginary part of each element.", func(c *call) int {
			if c.self.typ.class() != complexed {
				return c.give(c.self.like(c.self.typ))
			}
			return c.give(parts(c.self, imagOf))
		}},
		{"conj", "", "The complex conjugate of each element.", func(c *call) int {
			a := c.self.Copy()
			switch a.typ {
			case Complex64:
				conjugate(elements[complex64](a))
			case Complex128:
				conjugate(elements[complex128](a))
			}
			return c.give(a)
		}},
	}
	rows = append(rows, kindRows()...)
	for _, e := range elementwise {
		rows = append(rows, function{e.name, "", "The " + e.doc + " of each element.", func(c *call) int {
			if c.self.typ.class() == complexed && e.complex == nil {
				raise(c.LState, "bad self to '%s' (%s has no order)", e.name, c.self.named())
			}
			if e.keeps && c.self.typ.class() < float {
				return c.give(c.self.Copy())
			}
			return c.give(applyAll(c.self, e.real, e.complex))
		}})
	}
	return rows
}

// applyAll returns f or g of each element in a new array.
func applyAll(a *Array, f func(float64) float64, g func(complex128) complex128) *Array {
	if a.typ.class() < float {
		a, _ = a.Convert(Float64)
	}
	a = a.Packed()
	out := a.like(a.typ)
	switch a.typ {
	case Float32:
		fill(elements[float32](out), elements[float32](a), func(v float32) float32 { return float32(f(float64(v))) })
	case Float64:
		fill(elements[float64](out), elements[float64](a), f)
	case Complex64:
		fill(elements[complex64](out), elements[complex64](a), func(v complex64) complex64 { return complex64(g(complex128(v))) })
	case Complex128:
		fill(elements[complex128](out), elements[complex128](a), g)
	}
	return out
}

func conjugate[T complexing](s []T) {
	for i, v := range s {
		s[i] = T(cmplx.Conj(complex128(v)))
	}
}

// parts returns a float of each element of a complex array: float32 of
// complex64, float64 of complex128.
func parts(a *Array, f func(complex128) float64) *Array {
	a = a.Packed()
	if a.typ == Complex64 {
		out := a.like(Float32)
		fill(elements[float32](out), elements[complex64](a), func(c complex64) float32 { return float32(f(complex128(c))) })
		return out
	}
	out := a.like(Float64)
	fill(elements[float64](out), elements[complex128](a), f)
	return out
}

// magnitudeOf returns the absolute values; the smallest integer of a type has
// none.
func magnitudeOf(a *Array) (*Array, error) {
	switch a.typ.class() {
	case complexed:
		return parts(a, cmplx.Abs), nil
	case float:
		return applyAll(a, math.Abs, nil), nil
	case signed:
		out := a.like(a.typ)
		if bad := kernels[a.typ].abs(out, a.Packed()); bad >= 0 {
			return nil, fmt.Errorf("%s: index %d: abs(%s) is out of range (%s)", a.describe(), bad+1, a.exactText(bad), kernels[a.typ].limits)
		}
		return out, nil
	}
	return a.Copy(), nil
}

// Package fft is the Lua table "array.fft": discrete Fourier transforms, gonum's,
// of any length in n log n.
package fft

import (
	"math/cmplx"

	lua "github.com/yuin/gopher-lua"
	"gonum.org/v1/gonum/dsp/fourier"

	"github.com/mpiclus/mpiclus-lua/internal/numerics/function"
)

// Rows lists the functions.
func Rows() []function.Row {
	return []function.Row{
		{Name: "fft", Args: "x", Doc: "The transform of a vector, real or complex: element j + 1 is the sum of x[k + 1] exp(-2πi j k / n).", Run: func(c *function.Call) int { return vector(c, (*transform).forward) }},
		{Name: "ifft", Args: "x", Doc: "The inverse of fft.", Run: func(c *function.Call) int { return vector(c, (*transform).inverse) }},
		{Name: "rfft", Args: "x", Doc: "The first n / 2 + 1 elements of the transform of a real vector; the rest are their conjugates.", Run: realForward},
		{Name: "irfft", Args: "x [, n]", Doc: "The inverse of rfft, a real vector of n elements: the even number of those that fit, unless given.", Run: realInverse},
		{Name: "fft2", Args: "m", Doc: "The transform of a matrix along rows and columns.", Run: func(c *function.Call) int { return matrix(c, (*transform).forward) }},
		{Name: "ifft2", Args: "m", Doc: "The inverse of fft2.", Run: func(c *function.Call) int { return matrix(c, (*transform).inverse) }},
		{Name: "fftfreq", Args: "n [, spacing]", Doc: "The frequencies of the elements of fft for samples at a spacing, 1 unless given: 0, 1, …, -1 over n * spacing.", Run: frequencies},
		{Name: "rfftfreq", Args: "n [, spacing]", Doc: "The frequencies of the elements of rfft.", Run: realFrequencies},
		{Name: "fftshift", Args: "x", Doc: "The elements of a vector in the order of their frequencies, 0 in the middle.", Run: func(c *function.Call) int { return shift(c, func(n int) int { return (n + 1) / 2 }) }},
		{Name: "ifftshift", Args: "x", Doc: "The inverse of fftshift.", Run: func(c *function.Call) int { return shift(c, func(n int) int { return n / 2 }) }},
	}
}

func vector(c *function.Call, f func(t *transform, out, x []complex128)) int {
	x := c.ComplexVector(1, "x")
	out := make([]complex128, len(x))
	f(newTransform(len(x)), out, x)
	return c.Return(function.ToVector(c.LState, out))
}

func matrix(c *function.Call, f func(t *transform, out, x []complex128)) int {
	rows, cols, x := c.ComplexMatrix(1, "m")
	out := make([]complex128, len(x))
	if len(x) == 0 { // the other length may be any
		return c.Return(function.ToMatrix(c.LState, rows, cols, out))
	}
	along := newTransform(cols)
	for i := range rows {
		f(along, out[i*cols:(i+1)*cols], x[i*cols:(i+1)*cols])
	}
	down, column := newTransform(rows), make([]complex128, rows)
	for k := range cols {
		for i := range column {
			column[i] = out[i*cols+k]
		}
		f(down, column, column)
		for i := range column {
			out[i*cols+k] = column[i]
		}
	}
	return c.Return(function.ToMatrix(c.LState, rows, cols, out))
}

func realForward(c *function.Call) int {
	x := c.Vector(1, "x")
	n := len(x)
	if n == 0 {
		c.Fail(1, "x", "at least 1 element expected, got none")
	}
	if factors(n) <= largestPrime {
		return c.Return(function.ToVector(c.LState, fourier.NewFFT(n).Coefficients(nil, x)))
	}
	z := make([]complex128, n)
	for i, v := range x {
		z[i] = complex(v, 0)
	}
	newTransform(n).forward(z, z)
	return c.Return(function.ToVector(c.LState, z[:n/2+1:n/2+1]))
}

func realInverse(c *function.Call) int {
	x := c.ComplexVector(1, "x")
	n := 2 * (len(x) - 1)
	if c.Given(2) {
		n = c.Whole(2, "n", 1, function.MaxWhole)
	}
	if len(x) == 0 || n < 1 || n/2+1 != len(x) {
		c.Fail(1, "x", "%d elements are the transform of no %d real ones: n / 2 + 1 expected", len(x), max(n, 0))
	}
	if factors(n) <= largestPrime {
		out := fourier.NewFFT(n).Sequence(nil, x)
		for i := range out {
			out[i] /= float64(n)
		}
		return c.Return(function.ToVector(c.LState, out))
	}
	z := make([]complex128, n)
	copy(z, x)
	for k := 1; k < (n+1)/2; k++ {
		z[n-k] = cmplx.Conj(x[k])
	}
	newTransform(n).inverse(z, z)
	out := make([]float64, n)
	for i := range out {
		out[i] = real(z[i])
	}
	return c.Return(function.ToVector(c.LState, out))
}

// samples reads the arguments of fftfreq: n, and 1 over n times the spacing.
func samples(c *function.Call) (n int, step float64) {
	n, spacing := c.Whole(1, "n", 1, function.MaxWhole), 1.0
	c.NeedMemory(1, "n", n)
	if c.Given(2) {
		if spacing = c.Finite(2, "spacing"); spacing == 0 {
			c.Fail(2, "spacing", "it is 0")
		}
	}
	return n, 1 / (float64(n) * spacing)
}

func frequencies(c *function.Call) int {
	n, step := samples(c)
	out := make([]float64, n)
	for i := range out {
		k := i
		if i >= (n+1)/2 {
			k -= n
		}
		out[i] = float64(k) * step
	}
	return c.Return(function.ToVector(c.LState, out))
}

func realFrequencies(c *function.Call) int {
	n, step := samples(c)
	out := make([]float64, n/2+1)
	for i := range out {
		out[i] = float64(i) * step
	}
	return c.Return(function.ToVector(c.LState, out))
}

// shift turns a vector around, so that the element after the first first(n) ones
// comes first.
func shift(c *function.Call, first func(n int) int) int {
	shape, ok := function.ShapeOf(c.Arg(1))
	if !ok || len(shape) != 1 {
		c.Expected(1, "x", "vector")
	}
	places := make([]int, shape[0])
	for i := range places {
		places[i] = (i + first(shape[0])) % shape[0]
	}
	return c.Return(function.Take(c.LState, c.Arg(1), places))
}

// Table makes the Lua table. It can be called in place of its function fft.
func Table(L *lua.LState) *lua.LTable {
	t := function.Module(L, "array.fft", Rows())
	forward := Rows()[0].Function(L)
	t.Metatable.(*lua.LTable).RawSetString("__call", L.NewFunction(func(L *lua.LState) int {
		n := L.GetTop() - 1
		L.Insert(forward, 2)
		L.Call(n, 1)
		return 1
	}))
	return t
}

// Package integrate is the Lua table "array.integrate": integrals of functions of
// a script and of samples, and ordinary differential equations.
package integrate

import (
	"math"

	lua "github.com/yuin/gopher-lua"
	"gonum.org/v1/gonum/integrate"
	"gonum.org/v1/gonum/integrate/quad"

	"github.com/mpiclus/mpiclus-lua/internal/args"
	"github.com/mpiclus/mpiclus-lua/internal/numerics/function"
)

// Rows lists the functions.
func Rows() []function.Row {
	return []function.Row{
		{Name: "quad", Args: "f, a, b [, options]", Doc: "The integral of f(x) from a to b, which may be infinite, and an estimate of its error. Options: `absolute` and `relative` (the error that is allowed, 1e-10 unless given), `limit` (of calls of f, 100,000 unless given).", Run: adaptive},
		{Name: "gauss", Args: "f, a, b, n", Doc: "The integral of f(x) by Gauss and Legendre at n places: exact for polynomials of degree 2n - 1.", Run: gauss},
		{Name: "trapezoid", Args: "y, x", Doc: "The integral of a curve through samples y at ascending places x, or at a distance x, by trapezoids.", Run: func(c *function.Call) int { return samples(c, 2, integrate.Trapezoidal) }},
		{Name: "simpson", Args: "y, x", Doc: "The same by parabolas through three samples each.", Run: func(c *function.Call) int { return samples(c, 3, integrate.Simpsons) }},
		{Name: "ode", Args: "f, y, times [, options]", Doc: "The solution of y' = f(t, y) that begins with y at the first of the times, a number or vector: a value, or row, for each time. Options: `relative` (1e-6 unless given) and `absolute` (1e-9) error of a step, `step` (the first one), `limit` (of calls of f, 1,000,000 unless given).", Run: ode},
	}
}

// Table makes the Lua table.
func Table(L *lua.LState) *lua.LTable { return function.Module(L, "array.integrate", Rows()) }

// number calls f, whose value must be finite.
func number(c *function.Call, f *function.Callback, x float64) float64 {
	y := f.Number(lua.LNumber(x))
	if y-y != 0 {
		c.Raise("f(%s) is %s: finite numbers expected", args.Show(lua.LNumber(x)), args.Show(lua.LNumber(y)))
	}
	return y
}

func gauss(c *function.Call) int {
	f, a, b, n := c.Function(1, "f"), c.Finite(2, "a"), c.Finite(3, "b"), c.Whole(4, "n", 1, 10000)
	x, weight := make([]float64, n), make([]float64, n)
	sign := 1.0
	switch {
	case a == b:
		return c.Return(lua.LNumber(0))
	case a > b:
		a, b, sign = b, a, -1
	}
	quad.Legendre{}.FixedLocations(x, weight, a, b)
	sum := 0.0
	for i, at := range x {
		sum += weight[i] * number(c, f, at)
	}
	return c.Return(lua.LNumber(sign * sum))
}

// samples integrates argument 1, at argument 2.
func samples(c *function.Call, least int, f func(x, y []float64) float64) int {
	y := c.Sample(1, "y", least)
	var x []float64
	if step, ok := c.Arg(2).(lua.LNumber); ok {
		h := c.Finite(2, "x")
		if h <= 0 {
			c.Fail(2, "x", "%s is no distance", args.Show(step))
		}
		x = make([]float64, len(y))
		for i := range x {
			x[i] = float64(i) * h
		}
	} else if x = c.Sample(2, "x", least); len(x) != len(y) {
		c.Fail(2, "x", "%d numbers, and y has %d", len(x), len(y))
	}
	ascending(c, 2, "x", x)
	return c.Return(lua.LNumber(f(x, y)))
}

// ascending raises where numbers do not.
func ascending(c *function.Call, n int, name string, x []float64) {
	for i := range len(x) - 1 {
		if x[i+1] <= x[i] {
			c.Fail(n, name, "it must ascend: element %d is %s, after %s", i+2, args.Show(lua.LNumber(x[i+1])), args.Show(lua.LNumber(x[i])))
		}
	}
}

// finite returns f over a finite interval: an infinite one is mapped to it.
func finite(f func(x float64) float64, a, b float64) (g func(t float64) float64, low, high float64) {
	switch {
	case math.IsInf(a, -1) && math.IsInf(b, 1): // x = t / (1 - t²)
		return func(t float64) float64 {
			d := 1 - t*t
			return f(t/d) * (1 + t*t) / (d * d)
		}, -1, 1
	case math.IsInf(b, 1): // x = a + t / (1 - t)
		return func(t float64) float64 { return f(a+t/(1-t)) / ((1 - t) * (1 - t)) }, 0, 1
	case math.IsInf(a, -1):
		return func(t float64) float64 { return f(b-t/(1-t)) / ((1 - t) * (1 - t)) }, 0, 1
	}
	return f, a, b
}

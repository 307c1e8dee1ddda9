package optimize

import (
	"math"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/args"
	"github.com/mpiclus/mpiclus-lua/internal/numerics/function"
)

// root is optimize.root: Brent's method ("Algorithms for minimization without
// derivatives", 1973, chapter 4), which gonum does not have. The root stays
// between two numbers with different signs.
func root(c *function.Call) int {
	f := c.Function(1, "f")
	a, b := c.Finite(2, "a"), c.Finite(3, "b")
	o := c.Options(4, "tolerance", "limit")
	tolerance, limit := o.Number("tolerance", 1e-12, 0, math.MaxFloat64), o.Whole("limit", 200, 1, function.MaxWhole)
	value := func(x float64) float64 {
		y := f.Number(lua.LNumber(x))
		if y != y {
			c.Raise("f(%s) is no number", args.Show(lua.LNumber(x)))
		}
		return y
	}
	fa, fb := value(a), value(b)
	needSigns(c, a, b, fa, fb)
	other, fOther, step, before := a, fa, b-a, b-a // the end opposite to b, and the last two steps
	for range limit {
		if math.Abs(fOther) < math.Abs(fb) {
			a, b, other = b, other, b
			fa, fb, fOther = fb, fOther, fb
		}
		near := 2*0x1p-52*math.Abs(b) + tolerance/2
		half := (other - b) / 2
		if math.Abs(half) <= near || fb == 0 {
			return c.Return(lua.LNumber(b))
		}
		if math.Abs(before) < near || math.Abs(fa) <= math.Abs(fb) || math.IsInf(fa, 0) || math.IsInf(fb, 0) {
			step, before = half, half
		} else if p, q := guess(a, b, other, fa, fb, fOther); 2*p < min(3*half*q-math.Abs(near*q), math.Abs(before*q)) {
			before, step = step, p/q
		} else {
			step, before = half, half
		}
		a, fa = b, fb
		if math.Abs(step) > near {
			b += step
		} else {
			b += math.Copysign(near, half)
		}
		if fb = value(b); (fb > 0) == (fOther > 0) {
			other, fOther, step, before = a, fa, b-a, b-a
		}
	}
	c.Raise("no root to within %s after %d steps: option limit allows more", args.Show(lua.LNumber(tolerance)), limit)
	return 0
}

// needSigns raises where f has one sign at both ends.
func needSigns(c *function.Call, a, b, fa, fb float64) {
	if fa != 0 && fb != 0 && (fa > 0) == (fb > 0) {
		c.Raise("f has the same sign at both ends (f(%s) = %s, f(%s) = %s): a root between them needs different ones",
			args.Show(lua.LNumber(a)), args.Show(lua.LNumber(fa)), args.Show(lua.LNumber(b)), args.Show(lua.LNumber(fb)))
	}
}

// guess returns the step p / q, p not negative, from b to where a parabola through
// three points, or a line through two, is 0.
func guess(a, b, other, fa, fb, fOther float64) (p, q float64) {
	s := fb / fa
	half := (other - b) / 2
	if a == other {
		p, q = 2*half*s, 1-s
	} else {
		t, r := fa/fOther, fb/fOther
		p = s * (2*half*t*(t-r) - (b-a)*(r-1))
		q = (t - 1) * (r - 1) * (s - 1)
	}
	if p > 0 {
		return p, -q
	}
	return -p, q
}

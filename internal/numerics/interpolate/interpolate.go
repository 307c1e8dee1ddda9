// Package interpolate is the Lua table "array.interpolate": lines and splines
// through points, gonum's.
package interpolate

import (
	"fmt"

	lua "github.com/yuin/gopher-lua"
	"gonum.org/v1/gonum/interp"

	"github.com/mpiclus/mpiclus-lua/internal/args"
	"github.com/mpiclus/mpiclus-lua/internal/numerics/function"
)

const kind = "interpolant"

// interpolant is a curve as scripts see it: the Value of a userdata.
type interpolant struct {
	interp.Predictor
	low, high float64 // the first and the last place
	hold      bool    // outside of them: the value there; else an error
	points    int
}

// Kind names it in errors about arguments.
func (*interpolant) Kind() string { return kind }

func (p *interpolant) String() string {
	return fmt.Sprintf("interpolant (%d points from %s to %s)", p.points, args.Show(lua.LNumber(p.low)), args.Show(lua.LNumber(p.high)))
}

// Travel refuses: its points travel.
func (*interpolant) Travel() (kind string, data []byte, err error) {
	return "", nil, fmt.Errorf("an interpolant stays in its process: send its points, and make it where it is used")
}

// Rows lists the functions.
func Rows() []function.Row {
	return []function.Row{
		{Name: "linear", Args: "x, y [, options]", Doc: "The curve of straight lines between points with ascending x. Option: `outside` (\"error\" unless given; \"hold\": the value of the nearest end).", Run: func(c *function.Call) int {
			return fit(c, "outside", func(function.Options) interp.FittablePredictor { return &interp.PiecewiseLinear{} })
		}},
		{Name: "spline", Args: "x, y [, options]", Doc: "A smooth curve through points with ascending x. Options: `kind` (\"not-a-knot\" unless given, \"natural\", \"clamped\", \"akima\", \"monotone\"), `outside` as above.", Run: func(c *function.Call) int {
			return fit(c, "kind", spline)
		}},
	}
}

// MethodRows lists the methods of curves.
func MethodRows() []function.Row {
	return []function.Row{
		{Name: "at", Args: "x", Doc: "The value of the curve at x, or at each element of an array.", Run: func(c *function.Call) int {
			return each(c, func(p *interpolant, x float64) float64 { return p.Predict(x) })
		}},
		{Name: "derivative", Args: "x", Doc: "The slope of a spline at x, or at each element of an array.", Run: func(c *function.Call) int {
			p := c.Self().(*interpolant)
			d, ok := p.Predictor.(interp.DerivativePredictor)
			if !ok {
				c.Raise("straight lines have no slope at their points: use a spline")
			}
			return each(c, func(p *interpolant, x float64) float64 {
				if x < p.low || x > p.high {
					return 0
				}
				return d.PredictDerivative(x)
			})
		}},
	}
}

func spline(o function.Options) interp.FittablePredictor {
	switch o.Choice("kind", "not-a-knot", "natural", "clamped", "akima", "monotone") {
	case "natural":
		return &interp.NaturalCubic{}
	case "clamped":
		return &interp.ClampedCubic{}
	case "akima":
		return &interp.AkimaSpline{}
	case "monotone":
		return &interp.FritschButland{}
	}
	return &interp.NotAKnotCubic{}
}

// fit makes a curve through the points of a call, which has the named option and
// outside.
func fit(c *function.Call, option string, curve func(o function.Options) interp.FittablePredictor) int {
	x, y := c.Sample(1, "x", 2), c.Sample(2, "y", 2)
	if len(x) != len(y) {
		c.Fail(2, "y", "%d numbers, and x has %d", len(y), len(x))
	}
	for i := range len(x) - 1 {
		if x[i+1] <= x[i] {
			c.Fail(1, "x", "it must ascend: element %d is %s, after %s", i+2, args.Show(lua.LNumber(x[i+1])), args.Show(lua.LNumber(x[i])))
		}
	}
	o := c.Options(3, option, "outside")
	p := curve(o)
	if _, cubic := p.(*interp.NotAKnotCubic); cubic && len(x) < 4 {
		c.Fail(1, "x", "%d points: 4 or more expected; kind = \"natural\" takes 2", len(x))
	}
	hold := o.Choice("outside", "error", "hold") == "hold"
	if err := p.Fit(append([]float64(nil), x...), append([]float64(nil), y...)); err != nil {
		c.Raise("%v", err)
	}
	value := &interpolant{p, x[0], x[len(x)-1], hold, len(x)}
	return c.Return(&lua.LUserData{Value: value, Env: c.Env, Metatable: function.Metatable(c.LState, kind, MethodRows())})
}

func each(c *function.Call, f func(p *interpolant, x float64) float64) int {
	p := c.Self().(*interpolant)
	return c.Each(1, "x", func(x float64) float64 {
		switch {
		case x != x:
			return x
		case (x < p.low || x > p.high) && !p.hold:
			c.Fail(1, "x", "%s is outside of the points (%s to %s): option outside = \"hold\" takes the nearest", args.Show(lua.LNumber(x)), args.Show(lua.LNumber(p.low)), args.Show(lua.LNumber(p.high)))
		}
		return f(p, x)
	})
}

// Table makes the Lua table.
func Table(L *lua.LState) *lua.LTable { return function.Module(L, "array.interpolate", Rows()) }

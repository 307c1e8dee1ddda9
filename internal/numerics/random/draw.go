package random

import (
	"math"
	"slices"

	lua "github.com/yuin/gopher-lua"
	"gonum.org/v1/gonum/stat/distuv"

	"github.com/mpiclus/mpiclus-lua/internal/args"
	"github.com/mpiclus/mpiclus-lua/internal/numerics/function"
)

// parameter is a parameter of a distribution: what it may be, and what it is
// unless given (NaN: it must be given).
type parameter struct {
	name      string
	missing   float64
	low, high float64
	whole     bool
	above     bool // low itself is not allowed
}

var required = math.NaN()

// largest is what parameters of distributions of numbers may be at most.
const largest = math.MaxFloat64 / 4

// distribution makes the row of a distribution with one or two parameters. check
// says what is wrong with parameters that are right each by itself.
func distribution(name, doc string, parameters []parameter, whole bool, draw func(s *Stream, p []float64) float64, check func(p []float64) string) function.Row {
	text := ""
	for i, p := range parameters {
		if i > 0 {
			text += ", "
		}
		text += p.name
	}
	if parameters[0].missing == parameters[0].missing {
		text = "[" + text + " [, size]]"
	} else {
		text += " [, size]"
	}
	return function.Row{Name: name, Args: text, Doc: doc, Run: func(c *function.Call) int {
		return fill(c, parameters, whole, draw, check)
	}}
}

// fill draws one number, or an array of them. A parameter that is an array gives
// one for each result.
func fill(c *function.Call, parameters []parameter, whole bool, draw func(s *Stream, p []float64) float64, check func(p []float64) string) int {
	each, shape, count := arguments(c, parameters)
	set := setter(c, each, check)
	s := of(c)
	next := func(i int) float64 { return draw(s, set(i)) }
	switch {
	case shape == nil:
		return c.Return(lua.LNumber(next(0)))
	case whole:
		return c.Return(function.Shaped(c.LState, shape, drawn(count, func(i int) int64 { return int64(next(i)) })))
	}
	return c.Return(function.Shaped(c.LState, shape, drawn(count, next)))
}

// arguments reads the parameters, one value or one for each result, and how many
// results there are: in the shape of a parameter that is an array, or as the argument
// size says.
func arguments(c *function.Call, parameters []parameter) (each [][]float64, shape []int, count int) {
	for i, p := range parameters {
		each = append(each, read(c, i+1, p))
		if !c.IsArray(i + 1) {
			continue
		}
		own, _ := function.ShapeOf(c.Arg(i + 1))
		if shape != nil && !slices.Equal(shape, own) {
			c.Fail(i+1, p.name, "it has another shape than the parameters before")
		}
		shape, count = own, len(each[i])
	}
	size := len(parameters) + 1
	if shape == nil {
		shape, count = c.Size(size)
	} else if c.Given(size) {
		c.Fail(size, "size", "a parameter that is an array says how many results there are")
	}
	return each, shape, count
}

// setter returns what gives the parameters of a result, once they are checked.
func setter(c *function.Call, each [][]float64, check func(p []float64) string) func(i int) []float64 {
	at := make([]float64, len(each))
	set := func(i int) []float64 {
		for k, values := range each {
			at[k] = values[min(i, len(values)-1)]
		}
		if check != nil {
			if wrong := check(at); wrong != "" {
				c.Raise("%s", wrong)
			}
		}
		return at
	}
	if slices.ContainsFunc(each, func(values []float64) bool { return len(values) != 1 }) {
		return set
	}
	set(0)
	return func(int) []float64 { return at }
}

func drawn[T any](count int, next func(i int) T) []T {
	s := make([]T, count)
	for i := range s {
		s[i] = next(i)
	}
	return s
}

// read reads a parameter: one value, or one for each result.
func read(c *function.Call, n int, p parameter) []float64 {
	var values []float64
	switch {
	case c.IsArray(n):
		values = c.Elements(n, p.name)
	case !c.Given(n) && p.missing == p.missing:
		return []float64{p.missing}
	default:
		values = []float64{c.Number(n, p.name)}
	}
	for _, x := range values {
		switch {
		case x != x || x > p.high || x < p.low || p.above && x == p.low:
			open := ""
			if p.above {
				open = "more than "
			}
			c.Fail(n, p.name, "%s is out of range (%s%s to %s)", args.Show(lua.LNumber(x)), open, args.Show(lua.LNumber(p.low)), args.Show(lua.LNumber(p.high)))
		case p.whole && x != math.Trunc(x):
			c.Fail(n, p.name, "%s is no whole number", args.Show(lua.LNumber(x)))
		}
	}
	return values
}

func continuousRows() []function.Row {
	positive := func(name string, missing float64) parameter {
		return parameter{name: name, missing: missing, low: 0, high: largest, above: true}
	}
	finite := func(name string, missing float64) parameter {
		return parameter{name: name, missing: missing, low: -largest, high: largest}
	}
	scale := parameter{name: "scale", missing: 1, low: 0, high: largest}
	return []function.Row{
		distribution("uniform", "Numbers from low to below high, equally likely: 0 and 1 unless given.", []parameter{finite("low", 0), finite("high", 1)}, false,
			uniform, func(p []float64) string {
				if p[1] < p[0] {
					return "high is less than low"
				}
				return ""
			}),
		distribution("normal", "The normal distribution: mean 0 and standard deviation 1 unless given.", []parameter{finite("mean", 0), {name: "deviation", missing: 1, low: 0, high: largest}}, false,
			func(s *Stream, p []float64) float64 { return p[0] + p[1]*s.rand.NormFloat64() }, nil),
		distribution("exponential", "The exponential distribution with a mean, 1 unless given.", []parameter{{name: "mean", missing: 1, low: 0, high: largest}}, false,
			func(s *Stream, p []float64) float64 { return p[0] * s.rand.ExpFloat64() }, nil),
		distribution("gamma", "The gamma distribution; its mean is shape * scale.", []parameter{positive("shape", required), scale}, false,
			func(s *Stream, p []float64) float64 {
				return distuv.Gamma{Alpha: p[0], Beta: 1, Src: s.source}.Rand() * p[1]
			}, nil),
		distribution("beta", "The beta distribution; its mean is a / (a + b).", []parameter{positive("a", required), positive("b", required)}, false, beta, nil),
	}
}

// uniform returns low + (high - low) * u, which rounding must not take up to high.
func uniform(s *Stream, p []float64) float64 {
	low, high := p[0], p[1]
	if low == high {
		return low
	}
	for {
		if x := low + (high-low)*s.rand.Float64(); x < high {
			return x
		}
	}
}

// beta is the share of one gamma variable of two; where both are too small for a
// float64 (a and b near 0) it is 0 or 1, as the distribution is there.
func beta(s *Stream, p []float64) float64 {
	x := distuv.Gamma{Alpha: p[0], Beta: 1, Src: s.source}.Rand()
	y := distuv.Gamma{Alpha: p[1], Beta: 1, Src: s.source}.Rand()
	if x+y > 0 {
		return x / (x + y)
	}
	if s.rand.Float64()*(p[0]+p[1]) < p[0] {
		return 1
	}
	return 0
}

package stats

import (
	"fmt"
	"math"
	"strings"

	lua "github.com/yuin/gopher-lua"
	"gonum.org/v1/gonum/stat/distuv"

	"github.com/mpiclus/mpiclus-lua/internal/args"
	"github.com/mpiclus/mpiclus-lua/internal/lua51/number"
	"github.com/mpiclus/mpiclus-lua/internal/numerics/function"
)

const kind = "distribution"

// univariate is what gonum's distributions have.
type univariate interface {
	Prob(x float64) float64
	CDF(x float64) float64
	Survival(x float64) float64
	Mean() float64
	StdDev() float64
}

// distribution is a distribution as scripts see it: the Value of a userdata.
type distribution struct {
	univariate
	text  string
	whole bool
}

// Kind names a distribution in errors about arguments.
func (*distribution) Kind() string { return kind }

func (d *distribution) String() string { return d.text }

// Travel refuses: a distribution is made where it is needed.
func (*distribution) Travel() (kind string, data []byte, err error) {
	return "", nil, fmt.Errorf("a distribution stays in its process: make it where it is used")
}

// parameter is a parameter of a distribution, and what it may be.
type parameter struct {
	name      string
	missing   float64 // NaN: it must be given
	low, high float64
	above     bool // low itself is not allowed
	whole     bool
}

// maker is a distribution: its name, parameters and the gonum one.
type maker struct {
	name, doc  string
	parameters []parameter
	whole      bool
	make       func(p []float64) univariate
}

func makers() []maker {
	const huge = math.MaxFloat64
	given := math.NaN()
	at := func(name string, missing float64) parameter {
		return parameter{name, missing, -huge, huge, false, false}
	}
	above := func(name string, missing float64) parameter { return parameter{name, missing, 0, huge, true, false} }
	return []maker{
		{"normal", "The normal distribution.", []parameter{at("mean", 0), above("deviation", 1)}, false, func(p []float64) univariate { return normal{distuv.Normal{Mu: p[0], Sigma: p[1]}} }},
		{"student_t", "Student's t distribution.", []parameter{above("df", given)}, false, func(p []float64) univariate { return studentsT(p[0]) }},
		{"chi_squared", "The chi-squared distribution.", []parameter{above("df", given)}, false, func(p []float64) univariate { return distuv.Gamma{Alpha: p[0] / 2, Beta: 0.5} }},
		{"f", "Fisher's F distribution.", []parameter{above("df1", given), above("df2", given)}, false, func(p []float64) univariate { return fisher{distuv.F{D1: p[0], D2: p[1]}} }},
		{"gamma", "The gamma distribution; its mean is shape * scale.", []parameter{above("shape", given), above("scale", 1)}, false, func(p []float64) univariate { return distuv.Gamma{Alpha: p[0], Beta: 1 / p[1]} }},
		{"beta", "The beta distribution; its mean is a / (a + b).", []parameter{above("a", given), above("b", given)}, false, func(p []float64) univariate { return distuv.Beta{Alpha: p[0], Beta: p[1]} }},
		{"exponential", "The exponential distribution with a mean.", []parameter{above("mean", 1)}, false, func(p []float64) univariate { return distuv.Exponential{Rate: 1 / p[0]} }},
		{"uniform", "All numbers from low to high equally likely.", []parameter{at("low", 0), at("high", 1)}, false, func(p []float64) univariate { return distuv.Uniform{Min: p[0], Max: p[1]} }},
		{"lognormal", "Of e to the power of a normal variable with this mean and deviation.", []parameter{at("mean", 0), above("deviation", 1)}, false, func(p []float64) univariate { return lognormal{distuv.LogNormal{Mu: p[0], Sigma: p[1]}} }},
		{"weibull", "The Weibull distribution.", []parameter{above("shape", given), above("scale", 1)}, false, func(p []float64) univariate { return distuv.Weibull{K: p[0], Lambda: p[1]} }},
		{"binomial", "Successes in n trials with probability p each.", []parameter{{"n", given, 0, 1 << 50, false, true}, {"p", given, 0, 1, false, false}}, true, func(p []float64) univariate { return binomial{distuv.Binomial{N: p[0], P: p[1]}} }},
		{"poisson", "The Poisson distribution with a mean.", []parameter{{"mean", given, 0, 1 << 50, true, false}}, true, func(p []float64) univariate { return poisson{distuv.Poisson{Lambda: p[0]}} }},
	}
}

// DistributionRows lists the functions that make distributions.
func DistributionRows() []function.Row {
	var rows []function.Row
	for _, m := range makers() {
		names := make([]string, len(m.parameters))
		for i, p := range m.parameters {
			names[i] = p.name
			if p.missing == p.missing {
				names[i] = fmt.Sprintf("%s = %v", p.name, p.missing)
			}
		}
		rows = append(rows, function.Row{Name: m.name, Args: strings.Join(names, ", "), Doc: m.doc, Run: m.run})
	}
	return rows
}

// MethodRows lists the methods of distributions.
func MethodRows() []function.Row {
	// at the infinities f is low and high, which gonum's do not all know.
	each := func(name, doc string, low, high float64, f func(d univariate, x float64) float64) function.Row {
		return function.Row{Name: name, Args: "x", Doc: doc, Run: func(c *function.Call) int {
			return c.Each(1, "x", func(x float64) float64 {
				switch {
				case x != x:
					return x
				case math.IsInf(x, -1):
					return low
				case math.IsInf(x, 1):
					return high
				}
				return f(c.Self().(*distribution).univariate, x)
			})
		}}
	}
	one := func(name, doc string, f func(d univariate) float64) function.Row {
		return function.Row{Name: name, Doc: doc, Run: func(c *function.Call) int { return c.Return(lua.LNumber(f(c.Self().(*distribution).univariate))) }}
	}
	return []function.Row{
		each("pdf", "The density at x; of whole numbers the probability of x.", 0, 0, univariate.Prob),
		each("cdf", "The probability of x or less.", 0, 1, univariate.CDF),
		each("survival", "The probability of more than x, exact also where it is small.", 1, 0, univariate.Survival),
		{Name: "quantile", Args: "p", Doc: "The least x whose cdf is p or more.", Run: distributionQuantile},
		one("mean", "The mean.", univariate.Mean),
		one("std", "The standard deviation.", univariate.StdDev),
	}
}

func (m maker) run(c *function.Call) int {
	p, texts := make([]float64, len(m.parameters)), make([]string, len(m.parameters))
	for i, q := range m.parameters {
		p[i] = q.missing
		if c.Given(i+1) || q.missing != q.missing {
			p[i] = c.Number(i+1, q.name)
		}
		switch {
		case p[i] != p[i] || p[i] < q.low || p[i] > q.high || q.above && p[i] == q.low:
			c.Fail(i+1, q.name, "%s is out of range", args.Show(lua.LNumber(p[i])))
		case q.whole && p[i] != math.Trunc(p[i]):
			c.Fail(i+1, q.name, "%s is no whole number", args.Show(lua.LNumber(p[i])))
		}
		texts[i] = q.name + " " + number.Text(lua.LNumber(p[i]))
	}
	if m.name == "uniform" && p[0] >= p[1] {
		c.Fail(2, "high", "%s is not above low", args.Show(lua.LNumber(p[1])))
	}
	d := &distribution{m.make(p), fmt.Sprintf("%s distribution (%s)", m.name, strings.Join(texts, ", ")), m.whole}
	return c.Return(&lua.LUserData{Value: d, Env: c.Env, Metatable: function.Metatable(c.LState, kind, MethodRows())})
}

func distributionQuantile(c *function.Call) int {
	d := c.Self().(*distribution)
	return c.Each(1, "p", func(p float64) float64 {
		if !(p >= 0 && p <= 1) {
			c.Fail(1, "p", "%s is out of range (0 to 1)", args.Show(lua.LNumber(p)))
		}
		if d.whole {
			return d.leastWhole(p)
		}
		if x, ok := d.library(p); ok {
			return polished(d, x, p)
		}
		return d.leastNumber(p)
	})
}

// library is gonum's quantile; false where that gives up, as for gamma variables and
// p below 1e-290.
func (d *distribution) library(p float64) (x float64, ok bool) {
	defer func() {
		if recover() != nil {
			ok = false
		}
	}()
	x = d.univariate.(interface{ Quantile(p float64) float64 }).Quantile(p)
	return x, x == x
}

// leastNumber is the quantile by bisection over all float64 numbers in their order,
// which is that of their bits.
func (d *distribution) leastNumber(p float64) float64 {
	number := func(place int64) float64 {
		if place < 0 {
			return -math.Float64frombits(uint64(-place))
		}
		return math.Float64frombits(uint64(place))
	}
	high := int64(math.Float64bits(math.MaxFloat64))
	low := -high
	for low < high {
		if middle := (low + high) >> 1; d.CDF(number(middle)) >= p {
			high = middle
		} else {
			low = middle + 1
		}
	}
	return number(low)
}

// polished takes two of Newton's steps from x, which is a quantile but for its last
// digits: some of gonum's are right to 10.
func polished(d *distribution, x, p float64) float64 {
	for range 2 {
		over := d.CDF(x) - p
		if p > 0.5 {
			over = (1 - p) - d.Survival(x)
		}
		next := x - over/d.Prob(x)
		if !(math.Abs(next-x) <= 1e-6*math.Abs(x)) {
			return x
		}
		x = next
	}
	return x
}

// leastWhole is the quantile of a distribution of whole numbers, by bisection.
func (d *distribution) leastWhole(p float64) float64 {
	most := math.Inf(1)
	if b, ok := d.univariate.(binomial); ok {
		most = b.N
	}
	if p == 1 {
		return most
	}
	low, high := -1.0, math.Floor(d.Mean()+d.StdDev())+1
	for d.CDF(high) < p && high < most {
		low, high = high, 2*high+1
	}
	for high-low > 1 {
		if middle := math.Floor((low + high) / 2); d.CDF(middle) >= p {
			high = middle
		} else {
			low = middle
		}
	}
	return math.Min(high, most)
}

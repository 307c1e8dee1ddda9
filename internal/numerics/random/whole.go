package random

import (
	"math"

	"gonum.org/v1/gonum/stat/distuv"

	"github.com/mpiclus/mpiclus-lua/internal/numerics/function"
)

// wholeRows lists the distributions of whole numbers: arrays of them are int64.
func wholeRows() []function.Row {
	bound := func(name string) parameter {
		return parameter{name: name, missing: required, low: -function.MaxWhole, high: function.MaxWhole, whole: true}
	}
	return []function.Row{
		distribution("integers", "Whole numbers from low to high, both included, equally likely.", []parameter{bound("low"), bound("high")}, true,
			func(s *Stream, p []float64) float64 {
				return float64(int64(p[0]) + int64(s.rand.Uint64N(uint64(int64(p[1])-int64(p[0]))+1)))
			}, func(p []float64) string {
				if p[1] < p[0] {
					return "high is less than low"
				}
				return ""
			}),
		distribution("poisson", "The Poisson distribution with a mean.", []parameter{{name: "mean", missing: required, low: 0, high: 1 << 50}}, true, poisson, nil),
		distribution("binomial", "How many of n trials succeed that do so with probability p each.", []parameter{
			{name: "n", missing: required, low: 0, high: 1 << 50, whole: true}, {name: "p", missing: required, low: 0, high: 1},
		}, true, func(s *Stream, p []float64) float64 { return binomial(s, p[0], p[1]) }, nil),
	}
}

func poisson(s *Stream, p []float64) float64 {
	if p[0] == 0 {
		return 0
	}
	return distuv.Poisson{Lambda: p[0], Src: s.source}.Rand()
}

// smallBinomial is the mean up to which successes are counted by inversion.
const smallBinomial = 10

// binomial draws by inversion where the mean is small, else by the transformed
// rejection BTRS of Hörmann ("The generation of binomial random variates",
// Journal of Statistical Computation and Simulation 46, 1993).
func binomial(s *Stream, n, p float64) float64 {
	switch {
	case p > 0.5:
		return n - binomial(s, n, 1-p)
	case n == 0 || p == 0:
		return 0
	case n*p < smallBinomial:
		return invertBinomial(s, n, p)
	}
	return rejectBinomial(s, n, p)
}

// invertBinomial walks from no success up, by the ratio of each probability to
// the one before. A walk past any likely number is begun anew: rounding alone can
// lead there.
func invertBinomial(s *Stream, n, p float64) float64 {
	odds := p / (1 - p)
	none := math.Exp(n * math.Log1p(-p))
	last := math.Min(n, n*p+60*math.Sqrt(n*p+1))
	for {
		u, probability := s.rand.Float64(), none
		for k := 0.0; k <= last; k++ {
			if u < probability {
				return k
			}
			u -= probability
			probability *= odds * (n - k) / (k + 1)
		}
	}
}

func rejectBinomial(s *Stream, n, p float64) float64 {
	deviation := math.Sqrt(n * p * (1 - p))
	b := 1.15 + 2.53*deviation
	a := -0.0873 + 0.0248*b + 0.01*p
	c := n*p + 0.5
	alpha, v0 := (2.83+5.1/b)*deviation, 0.92-4.2/b
	odds, mode := math.Log(p/(1-p)), math.Floor((n+1)*p)
	height := lgamma(mode+1) + lgamma(n-mode+1)
	for {
		v, u := s.rand.Float64(), s.rand.Float64()-0.5
		us := 0.5 - math.Abs(u)
		k := math.Floor((2*a/us+b)*u + c)
		if k < 0 || k > n {
			continue
		}
		if us >= 0.07 && v <= v0 {
			return k
		}
		if math.Log(v*alpha/(a/(us*us)+b)) <= height-lgamma(k+1)-lgamma(n-k+1)+(k-mode)*odds {
			return k
		}
	}
}

func lgamma(x float64) float64 {
	y, _ := math.Lgamma(x)
	return y
}

package stats

import (
	"math"

	"gonum.org/v1/gonum/mathext"
	"gonum.org/v1/gonum/stat/distuv"
)

// Distributions whose Survival gonum takes from 1 - CDF, which has no digits left
// where it is small: these have it from functions of the tail, and they know what is
// beside the numbers that can be.

type normal struct{ distuv.Normal }

func (d normal) Survival(x float64) float64 { return d.CDF(2*d.Mu - x) }

type lognormal struct{ distuv.LogNormal }

func (d lognormal) CDF(x float64) float64 { return d.LogNormal.CDF(math.Max(x, 0)) }

func (d lognormal) Survival(x float64) float64 {
	return 0.5 * math.Erfc((math.Log(math.Max(x, 0))-d.Mu)/(math.Sqrt2*d.Sigma))
}

type fisher struct{ distuv.F }

func (d fisher) CDF(x float64) float64 {
	if x <= 0 {
		return 0
	}
	return mathext.RegIncBeta(d.D1/2, d.D2/2, 1/(1+d.D2/(d.D1*x)))
}

func (d fisher) Prob(x float64) float64 {
	switch {
	case x < 0 || x == 0 && d.D1 > 2:
		return 0
	case x == 0 && d.D1 == 2:
		return 1
	case x == 0:
		return math.Inf(1)
	}
	return d.F.Prob(x)
}

func (d fisher) Survival(x float64) float64 {
	if x <= 0 {
		return 1
	}
	return mathext.RegIncBeta(d.D2/2, d.D1/2, d.D2/(d.D2+d.D1*x))
}

type binomial struct{ distuv.Binomial }

func (d binomial) Prob(x float64) float64 {
	sure := 0.0 // the only number that can be, where there is one
	switch d.P {
	case 1:
		sure = d.N
	case 0:
	default:
		return d.Binomial.Prob(x)
	}
	if x == sure {
		return 1
	}
	return 0
}

func (d binomial) Survival(x float64) float64 {
	k := math.Floor(x)
	switch {
	case k < 0:
		return 1
	case k >= d.N:
		return 0
	}
	return mathext.RegIncBeta(k+1, d.N-k, d.P)
}

type poisson struct{ distuv.Poisson }

func (d poisson) Survival(x float64) float64 {
	if x < 0 {
		return 1
	}
	return mathext.GammaIncReg(math.Floor(x)+1, d.Lambda)
}

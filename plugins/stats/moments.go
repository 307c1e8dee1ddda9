package main

import (
	"fmt"
	"math"

	"github.com/mpiclus/mpiclus-lua/plugins"
)

// moments are count, mean, and the sums of the second and third powers of the
// deviations from the mean.
type moments struct{ n, mean, m2, m3 float64 }

const recordLength = 4

// add takes one value in (Welford's update, with Terriberry's third moment).
func (a *moments) add(x float64) {
	before := a.n
	a.n++
	delta := x - a.mean
	step := delta / a.n
	term := delta * step * before
	a.mean += step
	a.m3 += term*step*(a.n-2) - 3*step*a.m2
	a.m2 += term
}

// merge takes the values of another one in (Chan and others, 1979; Pébay,
// 2008).
func (a *moments) merge(b moments) {
	switch {
	case b.n == 0:
		return
	case a.n == 0:
		*a = b
		return
	}
	n := a.n + b.n
	delta := b.mean - a.mean
	a.m3 += b.m3 + delta*delta*delta*a.n*b.n*(a.n-b.n)/(n*n) + 3*delta*(a.n*b.m2-b.n*a.m2)/n
	a.m2 += b.m2 + delta*delta*a.n*b.n/n
	a.mean += delta * b.n / n
	a.n = n
}

func (a moments) record() []float64 { return []float64{a.n, a.mean, a.m2, a.m3} }

func fromRecord(r []float64) moments { return moments{r[0], r[1], r[2], r[3]} }

func mergeRecords(in, inout []float64) error {
	for i := 0; i+recordLength <= len(in); i += recordLength {
		a := fromRecord(inout[i:])
		a.merge(fromRecord(in[i:]))
		copy(inout[i:], a.record())
	}
	return nil
}

// table returns what is known of the values; what needs more values than there
// are is left out.
func (a moments) table() map[string]any {
	t := map[string]any{"n": a.n}
	if a.n > 0 {
		t["mean"] = a.mean
	}
	if a.n > 1 {
		t["variance"] = a.m2 / (a.n - 1)
		t["std"] = math.Sqrt(a.m2 / (a.n - 1))
		if a.m2 > 0 {
			t["skewness"] = math.Sqrt(a.n) * a.m3 / math.Pow(a.m2, 1.5)
		}
	}
	return t
}

func accumulate(c *plugins.Call) ([]any, error) {
	x, err := numbers(c)
	if err != nil {
		return nil, err
	}
	var a moments
	for _, v := range x {
		a.add(v)
	}
	return plugins.Return(a.record())
}

// numbers reads the array of real numbers that is the first argument.
func numbers(c *plugins.Call) ([]float64, error) {
	a, err := plugins.Arg[*plugins.Array](c, 1, "array")
	if err != nil {
		return nil, err
	}
	x, err := a.Floats()
	if err != nil {
		return nil, fmt.Errorf("bad argument #1 'array' (%w)", err)
	}
	return x, nil
}

func summary(c *plugins.Call) ([]any, error) {
	r, err := plugins.Arg[[]float64](c, 1, "record")
	if err != nil {
		return nil, err
	}
	if len(r) != recordLength {
		return nil, fmt.Errorf("bad argument #1 'record' (%d elements expected, got %d)", recordLength, len(r))
	}
	return plugins.Return(fromRecord(r).table())
}

// logSumExp keeps −∞, the logarithm of nothing, as neutral element.
func logSumExp[T float32 | float64](in, inout []T) error {
	for i := range in {
		a, b := float64(in[i]), float64(inout[i])
		if a < b {
			a, b = b, a
		}
		if !math.IsInf(a, 0) {
			a += math.Log1p(math.Exp(b - a))
		} else if math.IsNaN(b) {
			a = b
		}
		inout[i] = T(a)
	}
	return nil
}

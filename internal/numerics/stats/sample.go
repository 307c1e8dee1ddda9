package stats

import (
	"math"
	"slices"

	lua "github.com/yuin/gopher-lua"
	"gonum.org/v1/gonum/stat"

	"github.com/mpiclus/mpiclus-lua/internal/args"
	"github.com/mpiclus/mpiclus-lua/internal/numerics/function"
)

// SampleRows lists the functions that describe samples.
func SampleRows() []function.Row {
	return []function.Row{
		{Name: "quantile", Args: "x, p", Doc: "The value below which a share p of the sample lies, or one for each element of p; between two elements by a straight line.", Run: quantiles},
		{Name: "median", Args: "x", Doc: "The quantile for 0.5.", Run: func(c *function.Call) int {
			return c.Return(lua.LNumber(quantile(sorted(c, 1, "x", 1), 0.5)))
		}},
		{Name: "skewness", Args: "x", Doc: "The third central moment over the third power of the standard deviation (of the sample itself, as scipy has it).", Run: func(c *function.Call) int { return moment(c, 3, 0) }},
		{Name: "kurtosis", Args: "x", Doc: "The fourth central moment over the fourth power of the standard deviation, minus 3, which is that of the normal distribution.", Run: func(c *function.Call) int { return moment(c, 4, 3) }},
		{Name: "rank", Args: "x", Doc: "The place of each element in the order of all, from 1; equal ones share the mean of theirs.", Run: func(c *function.Call) int {
			return c.Return(function.ToVector(c.LState, ranks(c.Sample(1, "x", 0))))
		}},
		{Name: "covariance", Args: "x [, y]", Doc: "The covariance of two samples, over n - 1; or the matrix of those of the columns of a matrix.", Run: func(c *function.Call) int {
			return pairs(c, func(x, y []float64) float64 { return stat.Covariance(x, y, nil) })
		}},
		{Name: "correlation", Args: "x [, y [, kind]]", Doc: "The correlation of two samples, or the matrix of those of the columns of a matrix; kind is \"pearson\" unless given, \"spearman\" (of ranks) or \"kendall\" (tau-b).", Run: correlation},
		{Name: "kde", Args: "x, points [, bandwidth]", Doc: "The density at points that a sample tells of, by normal kernels; bandwidth is their deviation, by Scott's rule unless given.", Run: density},
		{Name: "regression", Args: "x, y [, options]", Doc: "The least-squares fit of y to a sample x, or to the columns of a matrix: a table (below). Option: `intercept` (true unless given).", Run: regression},
	}
}

// sorted reads a sample in ascending order, in memory of its own.
func sorted(c *function.Call, n int, name string, least int) []float64 {
	x := slices.Clone(c.Sample(n, name, least))
	slices.Sort(x)
	return x
}

func quantiles(c *function.Call) int {
	x := sorted(c, 1, "x", 1)
	return c.Each(2, "p", func(p float64) float64 {
		if !(p >= 0 && p <= 1) {
			c.Fail(2, "p", "%s is out of range (0 to 1)", args.Show(lua.LNumber(p)))
		}
		return quantile(x, p)
	})
}

// quantile is the seventh definition of Hyndman and Fan ("Sample quantiles in
// statistical packages", The American Statistician 50, 1996), that of numpy and R;
// gonum has others.
func quantile(x []float64, p float64) float64 {
	at := p * float64(len(x)-1)
	i := int(at)
	if i+1 >= len(x) {
		return x[len(x)-1]
	}
	part := at - float64(i)
	if part == 0 {
		return x[i]
	}
	return x[i]*(1-part) + x[i+1]*part
}

// moment pushes a standardized moment, less what it is for the normal distribution.
func moment(c *function.Call, order, less float64) int {
	x := c.Sample(1, "x", 2)
	mean, variance := stat.PopMeanVariance(x, nil)
	if variance == 0 {
		c.Fail(1, "x", "all elements are equal")
	}
	return c.Return(lua.LNumber(stat.MomentAbout(order, x, mean, nil)/math.Pow(variance, order/2) - less))
}

// ranks returns the places from 1 of elements in their order.
func ranks(x []float64) []float64 {
	order := make([]int, len(x))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		switch {
		case x[a] < x[b]:
			return -1
		case x[a] > x[b]:
			return 1
		}
		return 0
	})
	out := make([]float64, len(x))
	for first := 0; first < len(order); {
		last := first
		for last+1 < len(order) && x[order[last+1]] == x[order[first]] {
			last++
		}
		for _, i := range order[first : last+1] {
			out[i] = float64(first+last)/2 + 1
		}
		first = last + 1
	}
	return out
}

// columns returns the columns of a matrix.
func columns(m function.Matrix) [][]float64 {
	all := make([][]float64, m.Cols)
	for k := range all {
		all[k] = make([]float64, m.Rows)
		for i := range all[k] {
			all[k][i] = m.Data[i*m.Cols+k]
		}
	}
	return all
}

// pairs pushes f of two samples, or of each two columns of a matrix.
func pairs(c *function.Call, f func(x, y []float64) float64) int {
	if c.Given(2) {
		x, y := twoSamples(c, 2)
		return c.Return(lua.LNumber(f(x, y)))
	}
	m := c.FiniteMatrix(1, "x")
	if m.Rows < 2 {
		c.Fail(1, "x", "at least 2 rows expected, got %d", m.Rows)
	}
	all, n := columns(m), m.Cols
	out := make([]float64, n*n)
	for i := range n {
		for k := range i + 1 {
			out[i*n+k] = f(all[i], all[k])
			out[k*n+i] = out[i*n+k]
		}
	}
	return c.Return(function.ToMatrix(c.LState, n, n, out))
}

// twoSamples reads arguments 1 and 2 as samples of one length.
func twoSamples(c *function.Call, least int) (x, y []float64) {
	x, y = c.Sample(1, "x", least), c.Sample(2, "y", least)
	if len(x) != len(y) {
		c.Fail(2, "y", "%d numbers, and x has %d", len(y), len(x))
	}
	return x, y
}

func correlation(c *function.Call) int {
	switch c.Choice(3, "kind", "pearson", "spearman", "kendall") {
	case "spearman":
		return pairs(c, func(x, y []float64) float64 { return pearson(ranks(x), ranks(y)) })
	case "kendall":
		return pairs(c, kendall)
	}
	return pairs(c, pearson)
}

// pearson is NaN for a sample of equal elements, and never beyond -1 and 1.
func pearson(x, y []float64) float64 {
	return math.Max(-1, math.Min(1, stat.Correlation(x, y, nil)))
}

// kendall is tau-b, which takes ties into account; gonum's is tau-a.
func kendall(x, y []float64) float64 {
	var with, against, tiesX, tiesY float64
	for i := range x {
		for k := range i {
			switch d := (x[i] - x[k]) * (y[i] - y[k]); {
			case x[i] == x[k] && y[i] == y[k]:
			case x[i] == x[k]:
				tiesX++
			case y[i] == y[k]:
				tiesY++
			case d > 0 || d == 0 && (x[i] > x[k]) == (y[i] > y[k]): // 0: an underflow
				with++
			default:
				against++
			}
		}
	}
	return (with - against) / math.Sqrt((with+against+tiesX)*(with+against+tiesY))
}

// density is stats.kde.
func density(c *function.Call) int {
	x := c.Sample(1, "x", 1)
	width := 0.0
	if c.Given(3) {
		width = c.Finite(3, "bandwidth")
	} else if len(x) > 1 {
		width = stat.StdDev(x, nil) * math.Pow(float64(len(x)), -0.2)
	}
	if width <= 0 {
		c.Fail(3, "bandwidth", "a number above 0 expected: a sample of one value tells of none")
	}
	scale := 1 / (float64(len(x)) * width * math.Sqrt(2*math.Pi))
	return c.Each(2, "points", func(at float64) float64 {
		sum := 0.0
		for _, v := range x {
			d := (at - v) / width
			sum += math.Exp(-d * d / 2)
		}
		return sum * scale
	})
}

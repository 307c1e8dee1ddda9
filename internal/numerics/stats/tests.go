package stats

import (
	"math"

	lua "github.com/yuin/gopher-lua"
	"gonum.org/v1/gonum/stat"
	"gonum.org/v1/gonum/stat/distuv"

	"github.com/mpiclus/mpiclus-lua/internal/args"
	"github.com/mpiclus/mpiclus-lua/internal/numerics/function"
)

// TestRows lists the tests of hypotheses.
func TestRows() []function.Row {
	return []function.Row{
		{Name: "ttest", Args: "x, y [, options]", Doc: "Student's t test: whether the mean of x is the number y, or that of the sample y: t, df, p. Options: `paired`, `equal_variances` (false unless given: Welch's test), `alternative` (\"two-sided\", \"less\", \"greater\").", Run: tTest},
		{Name: "chi2test", Args: "observed [, expected]", Doc: "The chi-squared test of counts: against those expected (equal ones unless given), or of a matrix for independence of rows and columns: chi2, df, p.", Run: chi2Test},
		{Name: "kstest", Args: "x, y", Doc: "The test of Kolmogorov and Smirnov: whether x comes from the distribution y, or from where the sample y comes from: d, p.", Run: ksTest},
	}
}

func tTest(c *function.Call) int {
	x := c.Sample(1, "x", 2)
	o := c.Options(3, "paired", "equal_variances", "alternative")
	side := o.Choice("alternative", "two-sided", "less", "greater")
	paired, pooled := o.Bool("paired", false), o.Bool("equal_variances", false)
	mean, variance := stat.MeanVariance(x, nil)
	n := float64(len(x))
	if _, ok := c.Arg(2).(lua.LNumber); ok {
		if paired || pooled {
			c.Fail(3, "options", "paired and equal_variances are for two samples")
		}
		return tResult(c, (mean-c.Finite(2, "y"))/math.Sqrt(variance/n), n-1, side)
	}
	y := c.Sample(2, "y", 2)
	if paired {
		if len(y) != len(x) {
			c.Fail(2, "y", "%d numbers, and x has %d: pairs expected", len(y), len(x))
		}
		d := make([]float64, len(x))
		for i := range d {
			d[i] = x[i] - y[i]
		}
		mean, variance = stat.MeanVariance(d, nil)
		return tResult(c, mean/math.Sqrt(variance/n), n-1, side)
	}
	meanY, varianceY := stat.MeanVariance(y, nil)
	m := float64(len(y))
	if pooled {
		both := ((n-1)*variance + (m-1)*varianceY) / (n + m - 2)
		return tResult(c, (mean-meanY)/math.Sqrt(both*(1/n+1/m)), n+m-2, side)
	}
	a, b := variance/n, varianceY/m
	return tResult(c, (mean-meanY)/math.Sqrt(a+b), (a+b)*(a+b)/(a*a/(n-1)+b*b/(m-1)), side)
}

func tResult(c *function.Call, t, df float64, side string) int {
	if t-t != 0 {
		c.Raise("the samples have no variance: t is %s", args.Show(lua.LNumber(t)))
	}
	d := studentsT(df)
	p := 2 * d.Survival(math.Abs(t))
	switch side {
	case "less":
		p = d.CDF(t)
	case "greater":
		p = d.Survival(t)
	}
	return c.Return(lua.LNumber(t), lua.LNumber(df), lua.LNumber(p))
}

func chi2Test(c *function.Call) int {
	m := c.Matrix(1, "observed")
	if len(m.Data) < 2 {
		c.Fail(1, "observed", "at least 2 counts expected, got %d", len(m.Data))
	}
	counts(c, 1, "observed", m.Data)
	var expected []float64
	df := float64(len(m.Data) - 1)
	switch {
	case !m.Vector && c.Given(2):
		c.Fail(2, "expected", "a matrix is tested for independence: leave it out, or give a:flat()")
	case !m.Vector:
		df = float64((m.Rows - 1) * (m.Cols - 1))
		expected = independent(c, m)
	case c.Given(2):
		if expected = c.Sample(2, "expected", 0); len(expected) != len(m.Data) {
			c.Fail(2, "expected", "%d counts, and %d are observed", len(expected), len(m.Data))
		}
		total, all := sum(expected), sum(m.Data)
		if math.Abs(total-all) > 1e-8*all {
			c.Fail(2, "expected", "they sum to %s, and those observed to %s", args.Show(lua.LNumber(total)), args.Show(lua.LNumber(all)))
		}
	default:
		expected = make([]float64, len(m.Data))
		for i := range expected {
			expected[i] = sum(m.Data) / float64(len(m.Data))
		}
	}
	if df < 1 {
		c.Fail(1, "observed", "at least 2 counts expected, of a matrix in rows and columns")
	}
	for i, e := range expected {
		if e <= 0 {
			c.Raise("expected count %d is %s: all must be above 0", i+1, args.Show(lua.LNumber(e)))
		}
	}
	chi2 := stat.ChiSquare(m.Data, expected)
	p := distuv.ChiSquared{K: df}.Survival(chi2)
	return c.Return(lua.LNumber(chi2), lua.LNumber(df), lua.LNumber(p))
}

func counts(c *function.Call, n int, name string, s []float64) {
	for i, x := range s {
		if !(x >= 0) || math.IsInf(x, 0) {
			c.Fail(n, name, "element %d is %s, which is no count", i+1, args.Show(lua.LNumber(x)))
		}
	}
}

func sum(s []float64) (total float64) {
	for _, x := range s {
		total += x
	}
	return total
}

// independent returns the counts of a table whose rows and columns have the sums of
// m and do not depend on each other.
func independent(c *function.Call, m function.Matrix) []float64 {
	rows, cols := make([]float64, m.Rows), make([]float64, m.Cols)
	for i, x := range m.Data {
		rows[i/m.Cols] += x
		cols[i%m.Cols] += x
	}
	total := sum(rows)
	if total == 0 {
		c.Fail(1, "observed", "all counts are 0")
	}
	out := make([]float64, len(m.Data))
	for i := range out {
		out[i] = rows[i/m.Cols] * cols[i%m.Cols] / total
	}
	return out
}

func ksTest(c *function.Call) int {
	x := sorted(c, 1, "x", 1)
	n := float64(len(x))
	if ud, ok := c.Arg(2).(*lua.LUserData); ok {
		if dist, ok := ud.Value.(*distribution); ok {
			if dist.whole {
				c.Fail(2, "y", "a continuous distribution expected, got %s", dist)
			}
			d := 0.0
			for i, v := range x {
				f := dist.CDF(v)
				d = math.Max(d, math.Max(f-float64(i)/n, float64(i+1)/n-f))
			}
			return c.Return(lua.LNumber(d), lua.LNumber(kolmogorov(d, n)))
		}
	}
	y := sorted(c, 2, "y", 1)
	d, m := stat.KolmogorovSmirnov(x, nil, y, nil), float64(len(y))
	return c.Return(lua.LNumber(d), lua.LNumber(kolmogorov(d, n*m/(n+m))))
}

// kolmogorov is the probability of a difference of d or more in a sample of n, by
// Kolmogorov's limit with Stephens's correction for small n ("Use of the
// Kolmogorov-Smirnov, Cramér-von Mises and related statistics without extensive
// tables", Journal of the Royal Statistical Society B 32, 1970).
func kolmogorov(d, n float64) float64 {
	root := math.Sqrt(n)
	z := d * (root + 0.12 + 0.11/root)
	if z < 0.2 {
		return 1 // but for 1e-10
	}
	p := 0.0
	for k, sign := 1.0, 2.0; k <= 100; k, sign = k+1, -sign {
		term := math.Exp(-2 * k * k * z * z)
		p += sign * term
		if term < 1e-18 {
			break
		}
	}
	return math.Max(0, math.Min(1, p))
}

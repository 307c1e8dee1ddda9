package stats

import (
	"math"

	lua "github.com/yuin/gopher-lua"
	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat"
	"gonum.org/v1/gonum/stat/distuv"

	"github.com/mpiclus/mpiclus-lua/internal/numerics/function"
)

// regression is stats.regression(x, y, options): ordinary least squares by QR.
func regression(c *function.Call) int {
	x, y := c.Matrix(1, "x"), c.Sample(2, "y", 1)
	c.Sample(1, "x", 1)
	if x.Rows != len(y) {
		c.Fail(2, "y", "%d numbers, and x has %d rows", len(y), x.Rows)
	}
	intercept := c.Options(3, "intercept").Bool("intercept", true)
	design := designOf(x, intercept)
	n, p := design.Dims()
	if n < p {
		c.Fail(1, "x", "%d observations do not determine %d coefficients", n, p)
	}
	var qr mat.QR
	qr.Factorize(design)
	var b mat.VecDense
	if err := qr.SolveVecTo(&b, false, mat.NewVecDense(n, y)); err != nil {
		c.Fail(1, "x", "its columns do not determine the coefficients: one is a sum of others, or constant")
	}
	residuals := mat.NewVecDense(n, nil)
	residuals.MulVec(design, &b)
	residuals.SubVec(mat.NewVecDense(n, y), residuals)
	t := c.NewTable()
	describeFit(c, t, fit{y: y, b: b.RawVector().Data, residuals: residuals.RawVector().Data, intercept: intercept}, &qr)
	if x.Vector {
		t.RawSetString("slope", lua.LNumber(b.AtVec(p-1)))
	}
	if intercept {
		t.RawSetString("intercept", lua.LNumber(b.AtVec(0)))
	}
	return c.Return(t)
}

// designOf returns the columns of x, with one of ones before them.
func designOf(x function.Matrix, intercept bool) *mat.Dense {
	first := 0
	if intercept {
		first = 1
	}
	d := mat.NewDense(x.Rows, x.Cols+first, nil)
	for i := range x.Rows {
		if intercept {
			d.Set(i, 0, 1)
		}
		for k := range x.Cols {
			d.Set(i, k+first, x.Data[i*x.Cols+k])
		}
	}
	return d
}

type fit struct {
	y, b, residuals []float64
	intercept       bool
}

// describeFit fills the table of a fit. errors, t and p need more observations than
// coefficients.
func describeFit(c *function.Call, t *lua.LTable, f fit, qr *mat.QR) {
	set := func(name string, s []float64) { t.RawSetString(name, function.ToVector(c.LState, s)) }
	mean := 0.0
	if f.intercept {
		mean = stat.Mean(f.y, nil)
	}
	var left, all float64
	for i, y := range f.y {
		left += f.residuals[i] * f.residuals[i]
		all += (y - mean) * (y - mean)
	}
	set("coefficients", f.b)
	set("residuals", f.residuals)
	t.RawSetString("r2", lua.LNumber(1-left/all))
	df := len(f.y) - len(f.b)
	t.RawSetString("df", lua.LNumber(df))
	if df == 0 {
		return
	}
	variance := left / float64(df)
	t.RawSetString("sigma", lua.LNumber(math.Sqrt(variance)))
	var r mat.Dense
	qr.RTo(&r)
	var inverse mat.Dense
	_ = inverse.Inverse(r.Slice(0, len(f.b), 0, len(f.b))) // the fit has shown that there is one
	errors, ts, ps := make([]float64, len(f.b)), make([]float64, len(f.b)), make([]float64, len(f.b))
	for i := range errors {
		row := mat.Row(nil, i, &inverse)
		errors[i] = math.Sqrt(variance) * mat.Norm(mat.NewVecDense(len(row), row), 2)
		ts[i] = f.b[i] / errors[i]
		ps[i] = 2 * studentsT(float64(df)).Survival(math.Abs(ts[i]))
	}
	set("errors", errors)
	set("t", ts)
	set("p", ps)
}

func studentsT(df float64) distuv.StudentsT { return distuv.StudentsT{Sigma: 1, Nu: df} }

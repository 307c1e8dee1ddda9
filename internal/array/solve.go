package array

import (
	"errors"
	"math"
	"math/cmplx"

	lapackgonum "gonum.org/v1/gonum/lapack/gonum"
	"gonum.org/v1/gonum/mat"
)

// solve is array.linalg.solve(a, b).
func solve(c *call) int {
	a, b := c.matrix(1, "a"), c.array(2, "b")
	if rows, _ := height(b); rows != a.rows() {
		c.fail(2, "b", "%s has not as many rows as the %s", b.named(), a.describe())
	}
	if b.n == 0 {
		c.fail(2, "b", "%s has no elements", b.named())
	}
	if a.typ.class() == complexed || b.typ.class() == complexed {
		return c.solveComplex(a, b)
	}
	c.finite(1, "a", a)
	c.finite(2, "b", b)
	var x mat.Dense
	c.check(x.Solve(dense(a), dense(b)), a)
	like := a
	if b.typ != Float32 {
		like = b
	}
	r := undense(&x, like)
	if !b.matrix() {
		r.dims = nil
	}
	return c.give(r)
}

// check raises what gonum says of a system: singular, or so near to it that
// no digit of the solution would be right.
func (c *call) check(err error, m *Array) {
	if err == nil {
		return
	}
	var condition mat.Condition
	if errors.As(err, &condition) && !math.IsInf(float64(condition), 0) {
		c.fail(1, "", "the %s is singular to working precision: its condition number is %.2g", m.describe(), float64(condition))
	}
	c.fail(1, "", "the %s is singular", m.describe())
}

func inverse(c *call) int {
	m := c.square(1, "m")
	if m.typ.class() == complexed {
		identity := NewShaped(Complex128, m.rows(), m.rows())
		for i := range m.rows() {
			elements[complex128](identity)[i*m.rows()+i] = 1
		}
		return c.solveComplex(m, identity)
	}
	c.finite(1, "m", m)
	var x mat.Dense
	c.check(x.Inverse(dense(m)), m)
	return c.give(undense(&x, m))
}

func determinant(c *call) int {
	m := c.square(1, "m")
	if m.typ.class() != complexed {
		return c.give1(realDeterminant(mat.DenseCopyOf(dense(m)).RawMatrix().Data, m.rows()))
	}
	w, _ := m.Convert(Complex128)
	det, _ := eliminate(elements[complex128](w), m.rows(), nil, 0)
	c.Push(ComplexToLua(c.LState, det))
	return 1
}

// realDeterminant factors the n x n matrix a in place and multiplies the
// diagonal; gonum's own goes by logarithms, which costs the last digits.
func realDeterminant(a []float64, n int) float64 {
	pivots := make([]int, n)
	lapackgonum.Implementation{}.Dgetrf(n, n, a, n, pivots)
	det := 1.0
	for i, p := range pivots {
		det *= a[i*n+i]
		if p != i {
			det = -det
		}
	}
	return det
}

// solveComplex solves a square complex system. The result is complex128
// unless both sides are complex64 or narrower.
func (c *call) solveComplex(a, b *Array) int {
	if a.rows() != a.cols() {
		c.fail(1, "a", "square matrix expected, got %s", a.describe())
	}
	left, _ := a.Convert(Complex128)
	x, _ := b.Convert(Complex128)
	_, cols := height(b)
	if _, ok := eliminate(elements[complex128](left), a.rows(), elements[complex128](x), cols); !ok {
		c.fail(1, "", "the %s is singular", a.describe())
	}
	if a.typ == Complex64 {
		out := x.like(Complex64)
		fill(elements[complex64](out), elements[complex128](x), func(v complex128) complex64 { return complex64(v) })
		x = out
	}
	return c.give(x)
}

// eliminate brings the n x n matrix a to the identity by Gauss and Jordan
// with partial pivoting, does the same to the rows of b, and returns the
// determinant of a; false where it is singular.
func eliminate(a []complex128, n int, b []complex128, cols int) (complex128, bool) {
	det := complex128(1)
	row := func(m []complex128, r, width int) []complex128 { return m[r*width : (r+1)*width] }
	for k := range n {
		pivot := k
		for r := k + 1; r < n; r++ {
			if cmplx.Abs(a[r*n+k]) > cmplx.Abs(a[pivot*n+k]) {
				pivot = r
			}
		}
		p := a[pivot*n+k]
		det *= p
		if p == 0 {
			return 0, false
		}
		if pivot != k {
			det = -det
			swap(row(a, k, n), row(a, pivot, n))
			swap(row(b, k, cols), row(b, pivot, cols))
		}
		scaleRow(row(a, k, n), 1/p)
		scaleRow(row(b, k, cols), 1/p)
		for r := range n {
			if f := a[r*n+k]; r != k && f != 0 {
				engine.Zaxpy(n, -f, row(a, k, n), 1, row(a, r, n), 1)
				if cols > 0 {
					engine.Zaxpy(cols, -f, row(b, k, cols), 1, row(b, r, cols), 1)
				}
			}
		}
	}
	return det, true
}

func swap(x, y []complex128) {
	for i := range x {
		x[i], y[i] = y[i], x[i]
	}
}

func scaleRow(s []complex128, f complex128) {
	for i := range s {
		s[i] *= f
	}
}

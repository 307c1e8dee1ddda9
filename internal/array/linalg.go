package array

import (
	"math"

	"gonum.org/v1/gonum/mat"
)

// linalgRows lists the functions of array.linalg. They compute in float64;
// float32 matrices give float32 results. solve, inv and det take complex
// matrices too.
func linalgRows() []function {
	return []function{
		{"svd", "m", "u, s, v with m = u * diag(s) * v:t(): s from the largest, u and v with as many columns as s has elements.", svd},
		{"solve", "a, b", "x with a * x = b, b a vector or matrix; where a is not square the least-squares or the shortest solution.", solve},
		{"inv", "m", "The inverse of a square matrix.", inverse},
		{"det", "m", "The determinant of a square matrix.", determinant},
		{"eig", "m", "Eigenvalues and a matrix with the eigenvectors as columns; both complex128 unless m is symmetric.", eigen},
		{"qr", "m", "q, r with m = q * r: q has orthonormal columns, r is upper triangular.", qr},
		{"cholesky", "m", "The lower triangular l with m = l * l:t() of a symmetric positive definite matrix.", cholesky},
		{"norm", "m [, p]", "The norm of a matrix: \"fro\" unless given, 1 (largest column sum), 2 (largest singular value), math.huge (largest row sum); of a vector as a:norm(p).", linalgNorm},
	}
}

func svd(c *call) int {
	m := c.realMatrix()
	var d mat.SVD
	if !d.Factorize(dense(m), mat.SVDThin) {
		c.fail(1, "m", "the decomposition of the %s did not converge", m.describe())
	}
	var u, v mat.Dense
	d.UTo(&u)
	d.VTo(&v)
	c.give(undense(&u, m))
	c.give(vectorOf(d.Values(nil), m))
	c.give(undense(&v, m))
	return 3
}

func qr(c *call) int {
	m := c.realMatrix()
	rank := min(m.rows(), m.cols())
	source := dense(m)
	var d mat.QR
	if m.rows() < m.cols() { // gonum wants tall matrices: q of the square part, then r = q' m
		d.Factorize(source.Slice(0, m.rows(), 0, m.rows()))
	} else {
		d.Factorize(source)
	}
	var q, r mat.Dense
	d.QTo(&q)
	thin := q.Slice(0, m.rows(), 0, rank)
	r.Mul(thin.T(), source)
	for i := range rank { // what is 0 but for rounding
		for j := range min(i, m.cols()) {
			r.Set(i, j, 0)
		}
	}
	c.give(undense(thin, m))
	c.give(undense(&r, m))
	return 2
}

func cholesky(c *call) int {
	m := c.square(1, "m")
	c.needReal(1, "m", m)
	c.finite(1, "m", m)
	sym := c.symmetric(m)
	if sym == nil {
		c.fail(1, "m", "the %s is not symmetric", m.describe())
	}
	var d mat.Cholesky
	if !d.Factorize(sym) {
		c.fail(1, "m", "the %s is not positive definite", m.describe())
	}
	var l mat.TriDense
	d.LTo(&l)
	return c.give(undense(&l, m))
}

// symmetric returns m as a symmetric matrix, nil where it is not one exactly.
func (c *call) symmetric(m *Array) *mat.SymDense {
	d := dense(m)
	for i := range m.rows() {
		for j := range i {
			if d.At(i, j) != d.At(j, i) {
				return nil
			}
		}
	}
	return mat.NewSymDense(m.rows(), d.RawMatrix().Data)
}

func eigen(c *call) int {
	m := c.square(1, "m")
	c.needReal(1, "m", m)
	c.finite(1, "m", m)
	if sym := c.symmetric(m); sym != nil {
		var d mat.EigenSym
		if !d.Factorize(sym, true) {
			c.fail(1, "m", "the decomposition of the %s did not converge", m.describe())
		}
		var v mat.Dense
		d.VectorsTo(&v)
		c.give(vectorOf(d.Values(nil), m))
		c.give(undense(&v, m))
		return 2
	}
	var d mat.Eigen
	if !d.Factorize(dense(m), mat.EigenRight) {
		c.fail(1, "m", "the decomposition of the %s did not converge", m.describe())
	}
	var v mat.CDense
	d.VectorsTo(&v)
	values, vectors := New(Complex128, m.rows()), NewShaped(Complex128, m.rows(), m.rows())
	copy(elements[complex128](values), d.Values(nil))
	for i := range vectors.n {
		elements[complex128](vectors)[i] = v.At(i/m.rows(), i%m.rows())
	}
	c.give(values)
	c.give(vectors)
	return 2
}

func linalgNorm(c *call) int {
	if m := c.array(1, "m"); !m.matrix() {
		c.self = m
		return c.give1(norm(m, c.normOrder(2)))
	}
	m := c.array(1, "m")
	switch p := c.arg(2); {
	case !c.given(2) || p.String() == "fro":
		return c.give1(norm(m, 2))
	case m.n == 0:
		return c.give1(0)
	case p.String() == "2":
		return c.give1(spectralNorm(c))
	}
	p := c.normOrder(2)
	lines := m
	if p == 1 {
		lines = m.Transpose()
	}
	most := 0.0
	for r := range lines.rows() {
		most = math.Max(most, norm(lines.pick(0, r), 1))
	}
	return c.give1(most)
}

// spectralNorm returns the largest singular value.
func spectralNorm(c *call) float64 {
	m := c.realMatrix()
	var d mat.SVD
	if !d.Factorize(dense(m), mat.SVDNone) {
		c.fail(1, "m", "the decomposition of the %s did not converge", m.describe())
	}
	return d.Values(nil)[0]
}

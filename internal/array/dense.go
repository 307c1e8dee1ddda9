package array

import "gonum.org/v1/gonum/mat"

// matrix reads argument n as a matrix with elements.
func (c *call) matrix(n int, name string) *Array {
	m := c.array(n, name)
	if !m.matrix() {
		c.fail(n, name, "matrix expected, got %s: see a:reshape(rows, cols)", m.describe())
	}
	if m.n == 0 {
		c.fail(n, name, "%s has no elements", m.named())
	}
	return m
}

// square reads argument n as a square matrix.
func (c *call) square(n int, name string) *Array {
	m := c.matrix(n, name)
	if m.rows() != m.cols() {
		c.fail(n, name, "square matrix expected, got %s", m.describe())
	}
	return m
}

// needReal raises for complex matrices.
func (c *call) needReal(n int, name string, m *Array) {
	if m.typ.class() == complexed {
		c.fail(n, name, "%s works on real numbers, got %s", c.name, m.named())
	}
}

// dense returns a real matrix as gonum's. It may share the memory of m, which
// the decompositions leave alone; a vector is a matrix of one column.
func dense(m *Array) *mat.Dense {
	w, _ := m.packedAs(Float64) // a real number always has a float64
	rows, cols := height(m)
	return mat.NewDense(rows, cols, elements[float64](w))
}

// undense makes an array of gonum's matrix: of float32 if like is, else of
// float64.
func undense(d mat.Matrix, like *Array) *Array {
	rows, cols := d.Dims()
	m := NewShaped(Float64, rows, cols)
	mat.NewDense(rows, cols, elements[float64](m)).Copy(d)
	return narrowed(m, like)
}

// narrowed returns a as float32 if like is, with infinities for what is out of
// range.
func narrowed(a, like *Array) *Array {
	if like.typ != Float32 {
		return a
	}
	out := a.like(Float32)
	fill(elements[float32](out), elements[float64](a), func(f float64) float32 { return float32(f) })
	return out
}

// vectorOf makes a vector that is float32 if like is.
func vectorOf(s []float64, like *Array) *Array {
	a := New(Float64, len(s))
	copy(elements[float64](a), s)
	return narrowed(a, like)
}

// finite raises for NaN and infinities, for which decompositions do not end.
func (c *call) finite(n int, name string, m *Array) {
	for i, f := range dense(m).RawMatrix().Data {
		switch {
		case f-f == 0:
		case !m.matrix():
			c.fail(n, name, "element %d of the %s is %s", i+1, m.describe(), formatNumber(f))
		default:
			c.fail(n, name, "row %d, column %d of the %s is %s", i/m.cols()+1, i%m.cols()+1, m.describe(), formatNumber(f))
		}
	}
}

// realMatrix reads argument 1 as a finite real matrix.
func (c *call) realMatrix() *Array {
	m := c.matrix(1, "m")
	c.needReal(1, "m", m)
	c.finite(1, "m", m)
	return m
}

package array

import (
	"fmt"
	"unsafe"

	"gonum.org/v1/gonum/blas"
	blasgonum "gonum.org/v1/gonum/blas/gonum"
)

// Matmul returns the matrix product x y; y may be a vector, then so is the
// product. Types are promoted as in arithmetic; products of integers are
// int64 or uint64 and exact, or an error.
func Matmul(x, y *Array) (*Array, error) {
	inner, cols := height(y)
	if !x.matrix() || y.rank() > 2 || x.cols() != inner {
		return nil, fmt.Errorf("%s times %s: the columns of the first must be the rows of the second", x.describe(), y.describe())
	}
	t, err := Promote(x.typ, y.typ)
	if err != nil {
		return nil, err
	}
	switch t.class() {
	case signed:
		t = Int64
	case unsigned:
		t = Uint64
	}
	if x, err = x.as(t); err != nil {
		return nil, err
	}
	if y, err = y.as(t); err != nil {
		return nil, err
	}
	dst := New(t, x.rows()*cols)
	if y.matrix() {
		dst.dims = []int{x.rows(), cols}
	}
	if dst.n == 0 || inner == 0 {
		return dst, nil
	}
	if bad := kernels[t].matmul(dst, x, y); bad >= 0 {
		return nil, fmt.Errorf("%s: row %d, column %d is out of range (%s)", dst.describe(), bad/cols+1, bad%cols+1, kernels[t].limits)
	}
	return dst, nil
}

// height returns rows and columns of a matrix; a vector counts as one column.
func height(m *Array) (rows, cols int) {
	if m.matrix() {
		return m.rows(), m.cols()
	}
	return m.n, 1
}

// matmulIntegers sums in 128 bits; it gives the index of the first sum that
// does not fit.
func matmulIntegers[T int64 | uint64](dst, x, y *Array) int {
	out, rows, columns := elements[T](dst), elements[T](x.Packed()), elements[T](y.Transpose().Packed())
	inner := x.cols()
	cols := dst.n / x.rows()
	for i := range out {
		r, c := i/cols, i%cols
		w := wideDot(rows[r*inner:(r+1)*inner], columns[c*inner:(c+1)*inner])
		if !w.fits(isSigned[T]()) {
			return i
		}
		out[i] = T(w.lo)
	}
	return -1
}

// gemm is the matrix product of BLAS for one element type.
type gemm[T any] func(tA, tB blas.Transpose, m, n, k int, alpha T, a []T, lda int, b []T, ldb int, beta T, c []T, ldc int)

func multiply[T any](f gemm[T], one, zero T, dst, x, y *Array) int {
	cols := dst.n / x.rows()
	a, b := side[T](x), side[T](y)
	f(a.form, b.form, x.rows(), cols, x.cols(), one, a.data, a.ld, b.data, b.ld, zero, elements[T](dst), cols)
	return -1
}

// sideOf is a matrix as BLAS takes it: rows, or columns, at a distance of ld
// elements.
type sideOf[T any] struct {
	form blas.Transpose
	data []T
	ld   int
}

// side returns a matrix, or a vector as one column, for BLAS: its own memory
// where the rows or the columns have their elements one after the other, else a copy.
func side[T any](m *Array) sideOf[T] {
	rows, cols := height(m)
	s := m.strides()
	down, along := s[0], 1
	if m.matrix() {
		along = s[1]
	}
	if rows == 1 {
		down = cols
	}
	if cols == 1 {
		along = 1
	}
	switch {
	case along == 1 && down >= cols:
		return sideOf[T]{blas.NoTrans, unsafe.Slice((*T)(m.p), (rows-1)*down+cols), down}
	case down == 1 && along >= rows:
		return sideOf[T]{blas.Trans, unsafe.Slice((*T)(m.p), (cols-1)*along+rows), along}
	case rows == 1 && along >= 1:
		return sideOf[T]{blas.Trans, unsafe.Slice((*T)(m.p), (cols-1)*along+1), along}
	}
	return sideOf[T]{blas.NoTrans, elements[T](m.Packed()), cols}
}

var engine blasgonum.Implementation

func matmulFloat32(dst, x, y *Array) int   { return multiply(engine.Sgemm, 1, 0, dst, x, y) }
func matmulFloat64(dst, x, y *Array) int   { return multiply(engine.Dgemm, 1, 0, dst, x, y) }
func matmulComplex64(dst, x, y *Array) int { return multiply(engine.Cgemm, 1, 0, dst, x, y) }
func matmulComplex128(dst, x, y *Array) int {
	return multiply(engine.Zgemm, 1, 0, dst, x, y)
}

package array

import (
	"fmt"

	"gonum.org/v1/gonum/blas"
	blasgonum "gonum.org/v1/gonum/blas/gonum"
)

// Transpose returns a matrix with rows and columns changed over, in memory of
// its own. A vector becomes a matrix of one column.
func (a *Array) Transpose() *Array {
	rows, cols := 1, a.n
	if a.matrix {
		rows, cols = a.rows, a.cols
	}
	t := NewMatrix(a.typ, cols, rows)
	switch a.typ.Size() {
	case 1:
		transpose(elements[uint8](t), elements[uint8](a), rows, cols)
	case 2:
		transpose(elements[uint16](t), elements[uint16](a), rows, cols)
	case 4:
		transpose(elements[uint32](t), elements[uint32](a), rows, cols)
	case 8:
		transpose(elements[uint64](t), elements[uint64](a), rows, cols)
	default:
		transpose(elements[complex128](t), elements[complex128](a), rows, cols)
	}
	return t
}

// transpose goes by tiles, so that both sides stay in the cache.
func transpose[T any](dst, src []T, rows, cols int) {
	const tile = 32
	for r0 := 0; r0 < rows; r0 += tile {
		for c0 := 0; c0 < cols; c0 += tile {
			for r := r0; r < min(r0+tile, rows); r++ {
				for c := c0; c < min(c0+tile, cols); c++ {
					dst[c*rows+r] = src[r*cols+c]
				}
			}
		}
	}
}

// Matmul returns the matrix product x y; y may be a vector, then so is the
// product. Types are promoted as in arithmetic; products of integers are
// int64 or uint64 and exact, or an error.
func Matmul(x, y *Array) (*Array, error) {
	inner, cols := y.n, 1
	if y.matrix {
		inner, cols = y.rows, y.cols
	}
	if !x.matrix || x.cols != inner {
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
	dst := New(t, x.rows*cols)
	if y.matrix {
		dst.rows, dst.cols, dst.matrix = x.rows, cols, true
	}
	if dst.n == 0 || inner == 0 {
		return dst, nil
	}
	if bad := kernels[t].matmul(dst, x, y); bad >= 0 {
		return nil, fmt.Errorf("%s: row %d, column %d is out of range (%s)", dst.describe(), bad/cols+1, bad%cols+1, kernels[t].limits)
	}
	return dst, nil
}

// matmulIntegers sums in 128 bits; it gives the index of the first sum that
// does not fit.
func matmulIntegers[T int64 | uint64](dst, x, y *Array) int {
	out, rows, columns := elements[T](dst), elements[T](x), elements[T](y.Transpose())
	inner := x.cols
	if !y.matrix {
		columns = elements[T](y)
	}
	cols := dst.n / x.rows
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
	cols := dst.n / x.rows
	f(blas.NoTrans, blas.NoTrans, x.rows, cols, x.cols,
		one, elements[T](x), x.cols, elements[T](y), cols, zero, elements[T](dst), cols)
	return -1
}

var engine blasgonum.Implementation

func matmulFloat32(dst, x, y *Array) int   { return multiply(engine.Sgemm, 1, 0, dst, x, y) }
func matmulFloat64(dst, x, y *Array) int   { return multiply(engine.Dgemm, 1, 0, dst, x, y) }
func matmulComplex64(dst, x, y *Array) int { return multiply(engine.Cgemm, 1, 0, dst, x, y) }
func matmulComplex128(dst, x, y *Array) int {
	return multiply(engine.Zgemm, 1, 0, dst, x, y)
}

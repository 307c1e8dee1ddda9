// Package linalg has what the table "array.linalg" has beyond solving and the
// decompositions of package array: all through gonum, for real matrices.
package linalg

import (
	"math"

	lua "github.com/yuin/gopher-lua"
	lapackgonum "gonum.org/v1/gonum/lapack/gonum"
	"gonum.org/v1/gonum/mat"

	"github.com/mpiclus/mpiclus-lua/internal/args"
	"github.com/mpiclus/mpiclus-lua/internal/numerics/function"
)

// Rows lists the functions.
func Rows() []function.Row {
	return []function.Row{
		{Name: "eigh", Args: "m", Doc: "Eigenvalues, ascending, and orthonormal eigenvectors, as columns, of a symmetric matrix.", Run: eigh},
		{Name: "lu", Args: "m", Doc: "l, u, p with row i of l * u equal to row p[i] of m: l is lower triangular with ones, u upper triangular.", Run: lu},
		{Name: "pinv", Args: "m [, rcond]", Doc: "The pseudo-inverse of Moore and Penrose; singular values up to rcond times the largest count as 0.", Run: pinv},
		{Name: "lstsq", Args: "a, b [, rcond]", Doc: "The shortest x for which the norm of a * x - b is least, the rank of a, and its singular values; b is a vector or matrix.", Run: lstsq},
		{Name: "matrix_rank", Args: "m [, rcond]", Doc: "How many singular values are above rcond times the largest.", Run: rank},
		{Name: "expm", Args: "m", Doc: "The exponential of a square matrix: the sum of its powers m ^ k / k!.", Run: expm},
		{Name: "kron", Args: "a, b", Doc: "The product of Kronecker: each element of a times all of b; of two vectors a vector.", Run: kron},
	}
}

// Add puts the functions into the table array.linalg.
func Add(L *lua.LState, table *lua.LTable) {
	for _, r := range Rows() {
		table.RawSetString(r.Name, r.Function(L))
	}
}

// dense returns a matrix as gonum's, which shares its memory.
func dense(m function.Matrix) *mat.Dense { return mat.NewDense(m.Rows, m.Cols, m.Data) }

// give makes an array of a gonum matrix, of float32 if argument 1 is.
func give(c *function.Call, d mat.Matrix) lua.LValue {
	rows, cols := d.Dims()
	out := make([]float64, rows*cols)
	mat.NewDense(rows, cols, out).Copy(d)
	return c.Like(1, []int{rows, cols}, out)
}

func vector(c *function.Call, s []float64) lua.LValue { return c.Like(1, []int{len(s)}, s) }

func eigh(c *function.Call) int {
	m := c.SquareMatrix(1, "m")
	scale := 0.0
	for _, x := range m.Data {
		scale = math.Max(scale, math.Abs(x))
	}
	for i := range m.Rows {
		for k := range i {
			if math.Abs(m.Data[i*m.Cols+k]-m.Data[k*m.Cols+i]) > 1e-8*scale {
				c.Fail(1, "m", "it is not symmetric: row %d, column %d is %s, and the other way %s: see array.linalg.eig", i+1, k+1,
					args.Show(lua.LNumber(m.Data[i*m.Cols+k])), args.Show(lua.LNumber(m.Data[k*m.Cols+i])))
			}
		}
	}
	var e mat.EigenSym
	if !e.Factorize(mat.NewSymDense(m.Rows, append([]float64(nil), m.Data...)), true) {
		c.Fail(1, "m", "the decomposition did not converge")
	}
	var v mat.Dense
	e.VectorsTo(&v)
	return c.Return(vector(c, e.Values(nil)), give(c, &v))
}

func lu(c *function.Call) int {
	m := c.FiniteMatrix(1, "m")
	rows, cols, least := m.Rows, m.Cols, min(m.Rows, m.Cols)
	a, pivots := append([]float64(nil), m.Data...), make([]int, least)
	lapackgonum.Implementation{}.Dgetrf(rows, cols, a, cols, pivots)
	p := make([]int64, rows)
	for i := range p {
		p[i] = int64(i) + 1
	}
	for i, k := range pivots {
		p[i], p[k] = p[k], p[i]
	}
	l, u := make([]float64, rows*least), make([]float64, least*cols)
	for i := range rows {
		for k := range cols {
			switch v := a[i*cols+k]; {
			case k < i && k < least:
				l[i*least+k] = v
			case i < least && k >= i:
				u[i*cols+k] = v
			}
		}
		if i < least {
			l[i*least+i] = 1
		}
	}
	return c.Return(c.Like(1, []int{rows, least}, l), c.Like(1, []int{least, cols}, u), function.ToVector(c.LState, p))
}

// svd decomposes argument 1, and counts the singular values above argument n times
// the largest: the precision of float64 times the larger side unless given.
func svd(c *function.Call, m function.Matrix, kind mat.SVDKind, n int) (d *mat.SVD, s []float64, rank int) {
	limit := 0x1p-52 * float64(max(m.Rows, m.Cols))
	if c.Given(n) {
		if limit = c.Finite(n, "rcond"); limit < 0 {
			c.Fail(n, "rcond", "%s is negative", args.Show(lua.LNumber(limit)))
		}
	}
	d = &mat.SVD{}
	if !d.Factorize(dense(m), kind) {
		c.Fail(1, "", "the decomposition did not converge")
	}
	s = d.Values(nil)
	for _, v := range s {
		if v > limit*s[0] {
			rank++
		}
	}
	return d, s, rank
}

func pinv(c *function.Call) int {
	m := c.FiniteMatrix(1, "m")
	d, s, rank := svd(c, m, mat.SVDThin, 2)
	var u, v mat.Dense
	d.UTo(&u)
	d.VTo(&v)
	out := mat.NewDense(m.Cols, m.Rows, nil)
	if rank > 0 {
		left := v.Slice(0, m.Cols, 0, rank).(*mat.Dense)
		for k := range rank {
			for i := range m.Cols {
				left.Set(i, k, left.At(i, k)/s[k])
			}
		}
		out.Mul(left, u.Slice(0, m.Rows, 0, rank).T())
	}
	return c.Return(give(c, out))
}

func lstsq(c *function.Call) int {
	a := c.FiniteMatrix(1, "a")
	c.Sample(2, "b", 1)
	b := c.Matrix(2, "b")
	if b.Rows != a.Rows {
		c.Fail(2, "b", "%d rows, and a has %d", b.Rows, a.Rows)
	}
	d, s, rank := svd(c, a, mat.SVDThin, 3)
	x := mat.NewDense(a.Cols, b.Cols, nil)
	if rank > 0 {
		d.SolveTo(x, dense(b), rank)
	}
	shape := []int{a.Cols, b.Cols}
	if b.Vector {
		shape = shape[:1]
	}
	return c.Return(c.Like(1, shape, x.RawMatrix().Data), lua.LNumber(rank), vector(c, s))
}

func rank(c *function.Call) int {
	_, _, rank := svd(c, c.FiniteMatrix(1, "m"), mat.SVDNone, 2)
	return c.Return(lua.LNumber(rank))
}

func expm(c *function.Call) int {
	m := c.SquareMatrix(1, "m")
	var out mat.Dense
	out.Exp(dense(m))
	for _, x := range out.RawMatrix().Data {
		if x-x != 0 {
			c.Fail(1, "m", "its exponential is beyond float64")
		}
	}
	return c.Return(give(c, &out))
}

func kron(c *function.Call) int {
	a, b := c.Matrix(1, "a"), c.Matrix(2, "b")
	if len(a.Data) == 0 || len(b.Data) == 0 {
		c.Raise("a product with no elements")
	}
	if len(a.Data) > function.MaxWhole/len(b.Data) {
		c.Fail(2, "b", "the product has more elements than any machine has memory for")
	}
	c.NeedMemory(2, "b", len(a.Data)*len(b.Data))
	var out mat.Dense
	out.Kronecker(dense(a), dense(b))
	if a.Vector && b.Vector {
		return c.Return(vector(c, out.RawMatrix().Data))
	}
	return c.Return(give(c, &out))
}

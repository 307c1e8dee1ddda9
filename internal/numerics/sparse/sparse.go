package sparse

import (
	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/args"
	"github.com/mpiclus/mpiclus-lua/internal/numerics/function"
)

const kind = "sparse matrix"

// Open is the loader of the module.
func Open(L *lua.LState) int {
	L.Push(function.Module(L, "sparse", Rows()))
	return 1
}

// Rows lists the functions of the module.
func Rows() []function.Row {
	return []function.Row{
		{Name: "csr", Args: "rows, cols, i, j, values", Doc: "A matrix of elements at rows i and columns j, from 1; those at one place are added up.", Run: csr},
		{Name: "from", Args: "m", Doc: "The elements of a dense matrix that are not 0.", Run: func(c *function.Call) int {
			m := c.Matrix(1, "m")
			if m.Vector {
				c.Fail(1, "m", "matrix expected, got %s", args.Kind(c.Arg(1)))
			}
			c.NeedMemory(1, "m", m.Rows)
			return give(c, fromDense(m.Rows, m.Cols, m.Data))
		}},
		{Name: "eye", Args: "n", Doc: "The identity matrix of n rows.", Run: func(c *function.Call) int {
			n := c.Whole(1, "n", 0, function.MaxWhole)
			c.NeedMemory(1, "n", min(3*n, function.MaxWhole))
			m := &Matrix{rows: n, cols: n, start: make([]int, n+1), column: make([]int, n), value: make([]float64, n)}
			for i := range n {
				m.start[i+1], m.column[i], m.value[i] = i+1, i, 1
			}
			return give(c, m)
		}},
	}
}

// MethodRows lists the methods of matrices.
func MethodRows() []function.Row {
	return []function.Row{
		{Name: "shape", Doc: "Rows and columns.", Run: func(c *function.Call) int {
			return c.Return(lua.LNumber(self(c).rows), lua.LNumber(self(c).cols))
		}},
		{Name: "count", Doc: "How many elements are stored.", Run: func(c *function.Call) int { return c.Return(lua.LNumber(len(self(c).value))) }},
		{Name: "matmul", Args: "x [, out]", Doc: "The product with a vector or a dense matrix: a new array, or out, a float64 array that x does not share memory with.", Run: matmul},
		{Name: "t", Doc: "The transpose.", Run: func(c *function.Call) int {
			c.NeedMemory(0, "", self(c).cols)
			return give(c, self(c).transposed())
		}},
		{Name: "at", Args: "i, j", Doc: "The element in row i and column j.", Run: func(c *function.Call) int {
			m := self(c)
			return c.Return(lua.LNumber(m.at(c.Whole(1, "i", 1, m.rows)-1, c.Whole(2, "j", 1, m.cols)-1)))
		}},
		{Name: "row", Args: "i", Doc: "The columns and the values of the elements of row i.", Run: row},
		{Name: "rows", Args: "first, count", Doc: "The matrix of some rows; it shares their elements.", Run: rows},
		{Name: "diag", Doc: "The elements of the main diagonal.", Run: diagonal},
		{Name: "triplets", Doc: "Rows, columns and values of all elements, row by row.", Run: triplets},
		{Name: "todense", Doc: "The matrix as an array.", Run: dense},
		{Name: "scale", Args: "factor", Doc: "The matrix with all elements times a factor.", Run: scale},
		{Name: "add", Args: "n [, factor]", Doc: "The sum with factor (1 unless given) times a sparse matrix of the same shape.", Run: add},
	}
}

// toLua makes the userdata that scripts see.
func toLua(L *lua.LState, m *Matrix) lua.LValue {
	return &lua.LUserData{Value: m, Env: L.Env, Metatable: function.Metatable(L, kind, MethodRows())}
}

func give(c *function.Call, m *Matrix) int { return c.Return(toLua(c.LState, m)) }

func self(c *function.Call) *Matrix { return c.Self().(*Matrix) }

func csr(c *function.Call) int {
	rows, cols := c.Whole(1, "rows", 0, function.MaxWhole), c.Whole(2, "cols", 0, function.MaxWhole)
	c.NeedMemory(1, "rows", rows)
	v := c.Elements(5, "values")
	return give(c, fromTriplets(rows, cols, indices(c, 3, "i", rows, len(v)), indices(c, 4, "j", cols, len(v)), v))
}

// indices reads places from 1 to limit, and returns them from 0.
func indices(c *function.Call, n int, name string, limit, count int) []int {
	s := c.Elements(n, name)
	if len(s) != count {
		c.Fail(n, name, "%d numbers, and there are %d values", len(s), count)
	}
	out := make([]int, count)
	for k, x := range s {
		if !(x >= 1 && x <= float64(limit)) || x != float64(int(x)) {
			c.Fail(n, name, "element %d is %s: whole numbers from 1 to %d expected", k+1, args.Show(lua.LNumber(x)), limit)
		}
		out[k] = int(x) - 1
	}
	return out
}

func matmul(c *function.Call) int {
	m, x := self(c), c.Matrix(1, "x")
	if x.Rows != m.cols {
		c.Fail(1, "x", "%d rows expected for %s, got %d", m.cols, m.named(), x.Rows)
	}
	shape := []int{m.rows, x.Cols}
	if x.Vector {
		shape = shape[:1]
	}
	if c.Given(2) {
		m.multiply(c.Output(2, "out", shape, x.Data), x.Data, x.Cols)
		return c.Return(c.Arg(2))
	}
	if x.Cols > 0 && m.rows > function.MaxWhole/x.Cols {
		c.Fail(1, "x", "the product of %s has more elements than any machine has memory for", m.named())
	}
	c.NeedMemory(1, "x", m.rows*x.Cols)
	out := make([]float64, m.rows*x.Cols)
	m.multiply(out, x.Data, x.Cols)
	return c.Return(function.Shaped(c.LState, shape, out))
}

func row(c *function.Call) int {
	m := self(c)
	i := c.Whole(1, "i", 1, m.rows)
	first, end := m.start[i-1], m.start[i]
	return c.Return(function.ToVector(c.LState, fromOne(m.column[first:end])), function.ToVector(c.LState, append([]float64(nil), m.value[first:end]...)))
}

// fromOne returns places from 0 as those from 1 of scripts.
func fromOne(places []int) []int64 {
	out := make([]int64, len(places))
	for k, p := range places {
		out[k] = int64(p) + 1
	}
	return out
}

func rows(c *function.Call) int {
	m := self(c)
	first, count := c.Whole(1, "first", 1, m.rows+1), c.Whole(2, "count", 0, function.MaxWhole)
	if count > m.rows-first+1 {
		c.Fail(2, "count", "rows %d to %d reach beyond %s", first, first+count-1, m.named())
	}
	return give(c, m.part(first-1, count))
}

func diagonal(c *function.Call) int {
	m := self(c)
	out := make([]float64, min(m.rows, m.cols))
	for i := range out {
		out[i] = m.at(i, i)
	}
	return c.Return(function.ToVector(c.LState, out))
}

func triplets(c *function.Call) int {
	m := self(c)
	return c.Return(function.ToVector(c.LState, fromOne(m.places())), function.ToVector(c.LState, fromOne(m.column)), function.ToVector(c.LState, append([]float64(nil), m.value...)))
}

func dense(c *function.Call) int {
	m := self(c)
	if m.rows > 0 && m.cols > function.MaxWhole/m.rows {
		c.Raise("%s has more elements than any machine has memory for", m.named())
	}
	c.NeedMemory(0, "", m.rows*m.cols)
	out := make([]float64, m.rows*m.cols)
	for i := range m.rows {
		for k := m.start[i]; k < m.start[i+1]; k++ {
			out[i*m.cols+m.column[k]] = m.value[k]
		}
	}
	return c.Return(function.ToMatrix(c.LState, m.rows, m.cols, out))
}

func scale(c *function.Call) int {
	m, factor := *self(c), c.Number(1, "factor")
	values := make([]float64, len(m.value))
	for k, v := range m.value {
		values[k] = factor * v
	}
	m.value = values
	return give(c, &m)
}

func add(c *function.Call) int {
	m, factor := self(c), c.NumberOr(2, "factor", 1)
	ud, _ := c.Arg(1).(*lua.LUserData)
	if ud == nil {
		c.Expected(1, "n", kind)
	}
	n, ok := ud.Value.(*Matrix)
	switch {
	case !ok:
		c.Expected(1, "n", kind)
	case n.rows != m.rows || n.cols != m.cols:
		c.Fail(1, "n", "%s expected, got %s", m.Kind(), n.Kind())
	}
	return give(c, m.sum(factor, n))
}

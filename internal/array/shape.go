package array

import (
	lua "github.com/yuin/gopher-lua"
)

// shapeRows lists the methods about type, shape and parts of an array.
func shapeRows() []function {
	return []function{
		{"type", "", "The name of the element type.", func(c *call) int {
			c.Push(lua.LString(c.self.typ.String()))
			return 1
		}},
		{"shape", "", "The length of a vector; rows and columns of a matrix.", func(c *call) int {
			if !c.self.matrix {
				c.Push(lua.LNumber(c.self.n))
				return 1
			}
			c.Push(lua.LNumber(c.self.rows))
			c.Push(lua.LNumber(c.self.cols))
			return 2
		}},
		{"view", "first [, count]", "A vector of count elements from first, or all from there, that shares memory.", view},
		{"reshape", "rows, cols", "The same elements as a matrix that shares memory.", func(c *call) int {
			m, err := c.self.Reshape(c.count(1, "rows"), c.count(2, "cols"))
			if err != nil {
				c.fail(1, "rows", "%v", err)
			}
			return c.give(m)
		}},
		{"flat", "", "The same elements as a vector that shares memory.", func(c *call) int { return c.give(c.self.Flat()) }},
		{"at", "i, j", "The element in row i and column j of a matrix.", func(c *call) int {
			c.Push(c.load(c.cell()))
			return 1
		}},
		{"set", "i, j, value", "Writes value to row i and column j of a matrix.", setCell},
		{"row", "i", "Row i of a matrix, as a vector that shares memory.", func(c *call) int {
			c.needMatrix()
			i := c.within(1, "i", c.self.rows) - 1
			return c.give(c.self.view(i*c.self.cols, c.self.cols))
		}},
		{"col", "j", "A copy of column j of a matrix.", col},
		{"t", "", "The transpose of a matrix, a copy; of a vector, a matrix of one column.", func(c *call) int {
			return c.give(c.self.Transpose())
		}},
		{"matmul", "k", "The product of a matrix with a matrix or a vector.", matmul},
	}
}

// needMatrix raises unless the method was called on a matrix.
func (c *call) needMatrix() {
	if !c.self.matrix {
		raise(c.LState, "bad self to '%s' (matrix expected, got %s: see a:reshape(rows, cols))", c.name, c.self.describe())
	}
}

// cell reads arguments 1 and 2 as row and column of a matrix.
func (c *call) cell() int {
	c.needMatrix()
	i := c.within(1, "i", c.self.rows) - 1
	return i*c.self.cols + c.within(2, "j", c.self.cols) - 1
}

// load returns element i (from 0) as a Lua value.
func (c *call) load(i int) lua.LValue {
	v, err := c.self.load(c.LState, i)
	if err != nil {
		raise(c.LState, "%s: index %d: %w: use a:tostring(%d)", c.self.describe(), i+1, err, i+1)
	}
	return v
}

func view(c *call) int {
	first, n := c.integer(1, "first"), c.self.n
	if first < 1 || first > n+1 {
		c.fail(1, "first", "%s: %s", c.self.describe(), wrongIndex(lua.LNumber(first), n))
	}
	count := n - first + 1
	if c.given(2) {
		count = c.count(2, "count")
	}
	v, err := c.self.View(first-1, count)
	if err != nil {
		c.fail(2, "count", "%v", err)
	}
	return c.give(v)
}

func col(c *call) int {
	c.needMatrix()
	j := c.within(1, "j", c.self.cols) - 1
	v := New(c.self.typ, c.self.rows)
	for i := range v.n {
		copy(v.view(i, 1).Bytes(), c.self.view(i*c.self.cols+j, 1).Bytes())
	}
	return c.give(v)
}

// setCell is m:set(i, j, value).
func setCell(c *call) int {
	i := c.cell()
	if err := c.self.store(i, c.arg(3)); err != nil {
		raise(c.LState, "%s: row %d, column %d: %w", c.self.describe(), i/c.self.cols+1, i%c.self.cols+1, err)
	}
	return 0
}

func matmul(c *call) int {
	c.needMatrix()
	p, err := Matmul(c.self, c.array(1, "k"))
	if err != nil {
		c.fail(1, "k", "%v", err)
	}
	return c.give(p)
}

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
		{"shape", "", "The length of a vector; rows and columns of a matrix; the lengths of all dimensions.", func(c *call) int {
			for _, n := range c.self.shape() {
				c.Push(lua.LNumber(n))
			}
			return c.self.rank()
		}},
		{"view", "first [, count]", "A vector of count elements from first, or all from there, that shares memory.", view},
		{"slice", "ranges", "The part that one range or index a dimension names, sharing memory.", sliced},
		{"reshape", "rows, cols, ...", "The same elements with dimensions of other lengths, sharing memory; one may be -1, for what is left.", reshape},
		{"permute", "d1, d2, ...", "The dimensions in another order, sharing memory.", permute},
		{"squeeze", "[dim]", "Without the dimensions of length 1, or without the one named, sharing memory.", squeeze},
		{"flat", "", "The same elements as a vector that shares memory.", func(c *call) int {
			flat, err := c.self.Flat()
			if err != nil {
				c.failSelf("%v", err)
			}
			return c.give(flat)
		}},
		{"at", "i, j, ...", "The element at these indices, one a dimension.", func(c *call) int {
			c.Push(c.load(c.cell(0)))
			return 1
		}},
		{"set", "i, j, ..., value", "Writes value to the element at these indices; a:set(mask, value) to all for which a bool array is true.", setCell},
		{"row", "i", "Row i of a matrix, as a vector that shares memory.", func(c *call) int {
			c.needMatrix()
			return c.give(c.self.pick(0, c.within(1, "i", c.self.rows())-1))
		}},
		{"col", "j", "Column j of a matrix, as a vector that shares memory.", func(c *call) int {
			c.needMatrix()
			return c.give(c.self.pick(1, c.within(1, "j", c.self.cols())-1))
		}},
		{"t", "", "The transpose, sharing memory: the dimensions in reverse order; of a vector, a matrix of one column.", func(c *call) int {
			return c.give(c.self.Transpose())
		}},
		{"split", "parts [, dim]", "A list of views that divide a dimension, the first unless given: so many parts of equal length, or parts of these lengths.", split},
		{"matmul", "k", "The product of a matrix with a matrix or a vector.", matmul},
	}
}

// failSelf raises that the array cannot do what the method does.
func (c *call) failSelf(format string, args ...any) {
	raise(c.LState, "bad self to '"+c.name+"' ("+format+")", args...)
}

// needMatrix raises unless the method was called on a matrix.
func (c *call) needMatrix() {
	if !c.self.matrix() {
		c.failSelf("matrix expected, got %s: see a:reshape(rows, cols)", c.self.describe())
	}
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

func reshape(c *call) int {
	dims := c.wholes(1, "rows", "cols")
	if len(dims) > MaxDims {
		c.fail(MaxDims+1, "", "an array has %d dimensions at most", MaxDims)
	}
	for i, n := range dims {
		if n < -1 {
			c.fail(min(i, c.GetTop()-2)+1, "", "%d is negative", n)
		}
	}
	m, err := c.self.Reshape(dims...)
	if err != nil {
		c.fail(1, "rows", "%v", err)
	}
	return c.give(m)
}

// dimension reads the number of a dimension of self and returns it from 0; a
// negative one counts from the end, missing gives the default.
func (c *call) dimension(n int, name string, missing int) int {
	if !c.given(n) {
		return missing
	}
	d, rank := c.integer(n, name), c.self.rank()
	if d < -rank || d == 0 || d > rank {
		c.fail(n, name, "%s has no dimension %d: it has %d", c.self.named(), d, rank)
	}
	if d < 0 {
		return rank + d
	}
	return d - 1
}

func permute(c *call) int {
	order := c.wholes(1, "d1", "d2")
	rank := c.self.rank()
	seen := make([]bool, rank)
	for i, d := range order {
		if d < 0 {
			d += rank + 1
		}
		if d < 1 || d > rank || seen[d-1] {
			order = nil
			break
		}
		seen[d-1] = true
		order[i] = d - 1
	}
	if len(order) != rank {
		c.fail(1, "d1", "%s has %d dimensions: name each once, from 1", c.self.named(), rank)
	}
	return c.give(c.self.permute(order))
}

func squeeze(c *call) int {
	a := c.self
	only := c.dimension(1, "dim", -1)
	if only >= 0 && a.shape()[only] != 1 {
		c.fail(1, "dim", "dimension %d of the %s has not the length 1", only+1, a.describe())
	}
	for d := a.rank() - 1; d >= 0 && a.rank() > 1; d-- {
		if a.shape()[d] == 1 && (only < 0 || only == d) {
			a = a.pick(d, 0)
		}
	}
	return c.give(a)
}

func matmul(c *call) int {
	c.needMatrix()
	p, err := Matmul(c.self, c.array(1, "k"))
	if err != nil {
		c.fail(1, "k", "%v", err)
	}
	return c.give(p)
}

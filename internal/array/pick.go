package array

import (
	lua "github.com/yuin/gopher-lua"
)

// pickRows lists the methods that pick elements by a mask or by their indices.
func pickRows() []function {
	return []function{
		{"where", "mask", "A vector of the elements for which a bool array of the same shape is true; a[mask] is the same.", func(c *call) int {
			return c.give(c.self.masked(c.mask(1, c.self)))
		}},
		{"take", "indices [, dim]", "The elements with these indices, or the parts with these indices of a dimension; a copy.", takeElements},
		{"put", "indices, values", "Writes values, an array, list or number, to the elements with these indices; gives the array.", putElements},
		{"clip", "[low [, high]]", "The elements, those below low as low, those above high as high.", clip},
		{"diff", "[dim]", "The differences between neighbours, along the last dimension unless given.", diff},
		{"unique", "", "The different values in order, and an int64 array of how often each is there.", unique},
		{"searchsorted", "values [, side]", "For a sorted vector: where values belong, before equal ones or, for \"right\", behind them: an index, or an array of them.", searchSorted},
		{"histogram", "bins [, low, high]", "How many elements lie in each of so many equal bins from low to high, or between the edges of a list; an int64 array, and the edges.", histogram},
		{"outer", "b", "The products of each element with each of b: a matrix.", outer},
		{"kron", "b", "The Kronecker product of two matrices or vectors.", kron},
		{"diag", "[k]", "The diagonal of a matrix, the k-th above the main one, a view; or the matrix with a vector as diagonal.", diagonal},
		{"trace", "", "The sum of the main diagonal of a matrix.", func(c *call) int {
			c.needMatrix()
			c.self = c.self.diagonal(0)
			return c.reduce(kernels[c.self.typ].sum)
		}},
	}
}

// gather makes a vector of the elements with these numbers, from 0.
func (a *Array) gather(numbers []int) *Array {
	a = a.Packed()
	out := New(a.typ, len(numbers))
	for to, from := range numbers {
		moveSized(a.typ.Size(), out.at(to), a.at(from), 1, 1, 1)
	}
	return out
}

// scatter writes the elements of a contiguous array of a's type, or its one element
// again and again, to the elements with these numbers, from 0.
func (a *Array) scatter(numbers []int, values *Array) {
	if values.overlaps(a) {
		values = values.Copy()
	}
	for from, to := range numbers {
		if values.n == 1 {
			from = 0
		}
		moveSized(a.typ.Size(), a.at(to), values.at(from), 1, 1, 1)
	}
}

// valuesFor makes a contiguous array of self's type of what is to be written to n
// elements: one value for all, or n in an array or list.
func (c *call) valuesFor(n int, v lua.LValue) (values *Array, wrong string) {
	switch list := v.(type) {
	case *lua.LTable:
		values = c.list(list, c.self.typ)
	default:
		a, ok := To(v)
		if !ok {
			one := New(c.self.typ, 1)
			if err := one.store(0, v); err != nil {
				return nil, err.Error()
			}
			return one, ""
		}
		var err error
		if values, err = a.packedAs(c.self.typ); err != nil {
			return nil, err.Error()
		}
	}
	if values.n != n {
		return nil, values.named() + " does not fit " + plural(n)
	}
	return values, ""
}

func plural(n int) string {
	if n == 1 {
		return "1 element"
	}
	return formatNumber(float64(n)) + " elements"
}

// indices reads argument n, indices from 1 to limit (negative ones from the end) in
// a list or an array of whole numbers, and returns them from 0, with the shape.
func (c *call) indices(n, limit int) (list, dims []int) {
	a, ok := To(c.arg(n))
	if !ok {
		t, isTable := c.arg(n).(*lua.LTable)
		if !isTable {
			c.expected(n, "indices", "list or array of indices")
		}
		a = c.list(t, Int64)
	}
	if a.typ == Bool {
		c.fail(n, "indices", "a bool array is a mask: a[mask], a:where(mask)")
	}
	whole, err := a.packedAs(Int64)
	if err != nil {
		c.fail(n, "indices", "%v", err)
	}
	list = make([]int, whole.n)
	for k, i := range elements[int64](whole) {
		at := int(i)
		if at < 0 {
			at += limit + 1
		}
		if at < 1 || at > limit {
			c.fail(n, "indices", "entry %d: %s", k+1, wrongIndex(lua.LNumber(i), limit))
		}
		list[k] = at - 1
	}
	return list, a.Shape()
}

func takeElements(c *call) int {
	if !c.given(2) {
		list, dims := c.indices(1, c.self.n)
		out := c.self.gather(list)
		out.dims = shaped(dims)
		return c.give(out)
	}
	d := c.dimension(2, "dim", 0)
	dims := c.self.Shape()
	list, _ := c.indices(1, dims[d])
	dims[d] = len(list)
	out := c.shaped(c.self.typ, 1, "indices", dims)
	for to, from := range list {
		move(out.between(d, to, 1), c.self.between(d, from, 1))
	}
	return c.give(out)
}

func putElements(c *call) int {
	list, _ := c.indices(1, c.self.n)
	values, wrong := c.valuesFor(len(list), c.arg(2))
	if wrong != "" {
		c.fail(2, "values", "%s", wrong)
	}
	c.self.scatter(list, values)
	return c.giveSelf()
}

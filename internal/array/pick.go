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

// mask reads argument n as a bool array of the shape of a.
func (c *call) mask(n int, a *Array) *Array {
	m := c.array(n, "mask")
	if why := wrongMask(m, a); why != "" {
		c.fail(n, "mask", "%s", why)
	}
	return m
}

// wrongMask says why m is no mask of a, "" if it is one.
func wrongMask(m, a *Array) string {
	switch {
	case m.typ != Bool:
		return "bool array expected, got " + m.describe()
	case !m.sameShape(a):
		return m.describe() + " and " + a.describe() + " differ in shape"
	}
	return ""
}

// chosen returns the numbers (from 0) of the elements for which a mask is true.
func chosen(mask *Array) []int {
	var list []int
	for i, b := range truths(mask.Packed()) {
		if b != 0 {
			list = append(list, i)
		}
	}
	return list
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

// masked makes a vector of the elements for which a mask is true.
func (a *Array) masked(mask *Array) *Array {
	a = a.Packed()
	m := truths(mask.Packed())
	n := 0
	for _, b := range m {
		n += int(b)
	}
	out := New(a.typ, n)
	switch a.typ.Size() {
	case 1:
		pickMasked(elements[uint8](out), elements[uint8](a), m)
	case 2:
		pickMasked(elements[uint16](out), elements[uint16](a), m)
	case 4:
		pickMasked(elements[uint32](out), elements[uint32](a), m)
	case 8:
		pickMasked(elements[uint64](out), elements[uint64](a), m)
	default:
		pickMasked(elements[complex128](out), elements[complex128](a), m)
	}
	return out
}

// pickMasked copies the elements of which the mask is 1. What it copies in vain, the
// next one overwrites: a processor cannot foresee the mask.
func pickMasked[T any](dst, src []T, mask []uint8) {
	k := 0
	for i, b := range mask {
		if k == len(dst) {
			return
		}
		dst[k] = src[i]
		k += int(b)
	}
}

// overlay writes the elements of src to dst for which the mask is not 0.
func overlay[T any](dst, src []T, mask []uint8) {
	for i, b := range mask {
		if b != 0 {
			dst[i] = src[i]
		}
	}
}

// setMasked is a:set(mask, value) and a[mask] = value: the value is one for all, or
// an array or list of one for each.
func (c *call) setMasked(mask *Array, v lua.LValue) {
	if why := wrongMask(mask, c.self); why != "" {
		raise(c.LState, "%s: %s", c.self.describe(), why)
	}
	numbers := chosen(mask)
	values, err := c.valuesFor(len(numbers), v)
	if err != "" {
		raise(c.LState, "%s: %s", c.self.describe(), err)
	}
	c.self.scatter(numbers, values)
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

// whereEither is array.where(mask, a, b).
func whereEither(c *call) int {
	mask := c.array(1, "mask")
	if mask.typ != Bool {
		c.fail(1, "mask", "bool array expected, got %s", mask.describe())
	}
	x, y := c.choices()
	dims, err := commonShape(operand{Array: mask}, x)
	if err == nil {
		dims, err = commonShape(operand{Array: &Array{dims: shaped(dims), n: product(dims)}}, y)
	}
	if err != nil {
		c.fail(1, "mask", "%s and %s and %s differ in shape", mask.describe(), x.describe(), y.describe())
	}
	out, err := newResult(x.typ, dims)
	if err != nil {
		c.fail(1, "mask", "%v", err)
	}
	move(out, y.stretch(out))
	inRuns(out, operand{Array: mask}.stretch(out), x.stretch(out), func(d, m, x *Array) int {
		switch d.typ.Size() {
		case 1:
			overlay(elements[uint8](d), elements[uint8](x), elements[uint8](m))
		case 2:
			overlay(elements[uint16](d), elements[uint16](x), elements[uint8](m))
		case 4:
			overlay(elements[uint32](d), elements[uint32](x), elements[uint8](m))
		case 8:
			overlay(elements[uint64](d), elements[uint64](x), elements[uint8](m))
		default:
			overlay(elements[complex128](d), elements[complex128](x), elements[uint8](m))
		}
		return -1
	})
	return c.give(out)
}

// choices reads arguments 2 and 3 of where: arrays or single values, brought to one
// type.
func (c *call) choices() (x, y operand) {
	a, isArray := To(c.arg(2))
	b, bothArrays := To(c.arg(3))
	var err error
	switch {
	case isArray && bothArrays:
		x.Array, y.Array = a, b
	case isArray:
		x.Array = a
		y, err = comparand(a, c.arg(3))
	case bothArrays:
		y.Array = b
		x, err = comparand(b, c.arg(2))
	default:
		x, y = c.single(2, "a"), c.single(3, "b")
	}
	if err != nil {
		c.fail(2+boolInt(isArray), "", "%v", err)
	}
	t := x.typ
	if x.typ != y.typ {
		if t, err = Promote(x.typ, y.typ); err != nil {
			c.fail(3, "b", "%v", err)
		}
	}
	if x.Array, err = x.as(t); err == nil {
		y.Array, err = y.as(t)
	}
	if err != nil {
		c.fail(2, "a", "%v", err)
	}
	return x, y
}

// single reads argument n as one value of its own type.
func (c *call) single(n int, name string) operand {
	one := New(typeFor(c.arg(n)), 1)
	if err := one.store(0, c.arg(n)); err != nil {
		c.fail(n, name, "%v", err)
	}
	return operand{one, true}
}

package array

import (
	lua "github.com/yuin/gopher-lua"
)

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

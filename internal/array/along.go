package array

import (
	lua "github.com/yuin/gopher-lua"
)

// A lane is the vector of an array's elements along one dimension, with all other
// indices fixed. Reductions with a dimension give one value for each lane.

// lane reads argument n as the dimension of lanes, from 0; false where all elements
// are one lane: without the argument, and in a vector.
func (c *call) lane(n int) (d int, given bool) {
	d = c.dimension(n, "dim", -1)
	return d, d >= 0 && c.self.rank() > 1
}

// sumType returns the type of sums and products of elements of type t.
func sumType(t Type) Type {
	switch t.class() {
	case signed:
		return Int64
	case unsigned, boolean:
		return Uint64
	}
	return t
}

// realType returns the type of magnitudes of elements of type t.
func realType(t Type) Type {
	if t == Float32 || t == Complex64 {
		return Float32
	}
	return Float64
}

// lanes calls f for each lane along dimension d, which is contiguous and must not be
// kept, with its number in the order of the other indices.
func (c *call) lanes(d int, f func(i int, lane *Array) error) {
	v := c.self.lastDim(d).Packed()
	n := c.self.shape()[d]
	if n == 0 || v.n == 0 {
		return
	}
	var lane Array
	for i := range v.n / n {
		lane = Array{p: v.at(i * n), n: n, typ: v.typ}
		if err := f(i, &lane); err != nil {
			raise(c.LState, "%s of %s: lane %d along dimension %d: %w", c.name, c.self.named(), i+1, d+1, err)
		}
	}
}

// along makes an array of the one element that f makes of each lane, without
// dimension d. f gets lanes of no elements only if it need not have some.
func (c *call) along(d int, t Type, needs bool, f func(*Array) (*Array, error)) *Array {
	out := c.reduced(d, t, needs)
	if c.self.shape()[d] == 0 {
		one, err := f(New(c.self.typ, 0))
		if err == nil {
			for i := range out.n {
				put1(out, i, one)
			}
		}
		return out
	}
	c.lanes(d, func(i int, lane *Array) error {
		one, err := f(lane)
		if err == nil {
			put1(out, i, one)
		}
		return err
	})
	return out
}

// reduced makes the array of zeros for one value of each lane along dimension d. It
// raises where lanes of no elements have none.
func (c *call) reduced(d int, t Type, needs bool) *Array {
	dims := c.self.Shape()
	empty := dims[d] == 0
	out := NewShaped(t, append(dims[:d], dims[d+1:]...)...)
	if empty && needs && out.n > 0 {
		c.failSelf("%s has no elements along dimension %d", c.self.named(), d+1)
	}
	return out
}

// sums makes the array of the sums of floats along dimension d, each times scale.
func (c *call) sums(d int, scale float64) *Array {
	a, out := c.self.Packed(), c.reduced(d, c.self.typ, false)
	if a.n > 0 {
		outer, n, inner := blocksOf(a, d)
		kernels[a.typ].sums(out, a, outer, n, inner, scale)
	}
	return out
}

// put1 writes the element of one to element i of a contiguous array, rounding to its
// float type.
func put1(a *Array, i int, one *Array) {
	switch {
	case one.typ == a.typ:
		moveSized(a.typ.Size(), a.at(i), one.p, 1, 1, 1)
	case a.typ == Float32:
		elements[float32](a)[i] = float32(elements[float64](one)[0])
	case a.typ == Complex64:
		elements[complex64](a)[i] = complex64(elements[complex128](one)[0])
	default:
		panic("array: a value of type " + one.typ.String() + " for an array of " + a.typ.String())
	}
}

// each makes an array of self's shape of what f makes of each lane: as many elements.
func (c *call) each(d int, t Type, f func(*Array) (*Array, error)) *Array {
	out := c.self.like(t)
	v := out.lastDim(d)
	n := c.self.shape()[d]
	packed := New(t, out.n)
	packed.dims = v.dims
	c.lanes(d, func(i int, lane *Array) error {
		r, err := f(lane)
		if err == nil {
			copy(packed.Bytes()[i*n*t.Size():], r.Bytes())
		}
		return err
	})
	move(v, packed)
	return out
}

// value pushes the number that f makes of all elements, or an array with that of
// each lane along argument n, of the type that typeOf gives.
func (c *call) value(n int, typeOf func(Type) Type, f func(*Array) float64) int {
	d, given := c.lane(n)
	if !given {
		return c.give1(f(c.self))
	}
	return c.give(c.along(d, typeOf(c.self.typ), c.name != "norm", func(a *Array) (*Array, error) {
		return FromSlice([]float64{f(a)}), nil
	}))
}

// truth pushes what f says of all elements, or a bool array of each lane along
// argument 1.
func (c *call) truth(f func(*Array) bool) int {
	if d, given := c.lane(1); given {
		return c.give(c.along(d, Bool, false, func(a *Array) (*Array, error) { return FromSlice([]bool{f(a)}), nil }))
	}
	c.Push(lua.LBool(f(c.self)))
	return 1
}

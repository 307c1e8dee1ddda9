package array

import "math"

// kindRows lists the methods that tell what kind of a value each element is, and the
// functions of two numbers.
func kindRows() []function {
	tells := func(name, doc string, real func(float64) bool) function {
		return function{name, "", doc, func(c *call) int {
			w, _ := c.self.packedAs(wideType(c.self.typ))
			out := w.like(Bool)
			if w.typ == Complex128 {
				fill(elements[bool](out), elements[complex128](w), func(z complex128) bool {
					a, b := real(realOf(z)), real(imagOf(z))
					if name == "isfinite" {
						return a && b
					}
					return a || b
				})
			} else {
				fill(elements[bool](out), elements[float64](w), real)
			}
			return c.give(out)
		}}
	}
	return []function{
		{"sign", "", "-1, 0 or 1 as the sign of each element; NaN stays.", func(c *call) int {
			c.needOrder()
			return c.give(signs(c.self))
		}},
		tells("isnan", "For each element whether it is NaN: a bool array.", math.IsNaN),
		tells("isinf", "For each element whether it is an infinity: a bool array.", func(f float64) bool { return math.IsInf(f, 0) }),
		tells("isfinite", "For each element whether it is neither NaN nor an infinity: a bool array.", func(f float64) bool { return f-f == 0 }),
		{"hypot", "b", "The square root of the sum of the squares of each two elements, without overflow on the way.", func(c *call) int {
			return pairwiseReal(c, math.Hypot)
		}},
		{"atan2", "x", "The angle of the point (x, y) for each two elements y of the array and x: from -pi to pi.", func(c *call) int {
			return pairwiseReal(c, math.Atan2)
		}},
	}
}

// signs returns the signs of real numbers in their type; of bools as float64.
func signs(a *Array) *Array {
	t := a.typ
	if t == Bool {
		t = Float64
	}
	w, _ := a.packedAs(Float64)
	out := w.like(Float64)
	fill(elements[float64](out), elements[float64](w), func(v float64) float64 {
		switch {
		case v > 0:
			return 1
		case v < 0:
			return -1
		}
		return v // 0 and NaN
	})
	out, _ = out.as(t) // every type that has a -1 here holds it
	return out
}

// pairwiseReal gives f of each two elements of self and argument 1, an array or
// number: float32 where both are, else float64.
func pairwiseReal(c *call, f func(a, b float64) float64) int {
	x := operand{Array: c.self}
	y, err := c.side(1, true)
	if err != nil {
		c.fail(1, "", "%v", err)
	}
	for _, side := range []operand{x, y} {
		if side.typ.class() == complexed {
			c.fail(1, "", "%s works on real numbers, got %s", c.name, side.named())
		}
	}
	t := Float64
	if both, err := Promote(x.typ, y.typ); err == nil && both == Float32 {
		t = Float32
	}
	dims, err := commonShape(x, y)
	var out *Array
	if err == nil {
		out, err = newResult(Float64, dims)
	}
	if err != nil {
		c.fail(1, "", "%v", err)
	}
	x.Array, _ = x.as(Float64)
	y.Array, _ = y.as(Float64)
	inRuns(out, x.stretch(out), y.stretch(out), func(d, x, y *Array) int {
		other := elements[float64](y)
		for i, v := range elements[float64](x) {
			elements[float64](d)[i] = f(v, other[i])
		}
		return -1
	})
	return c.give(narrowed(out, &Array{typ: t}))
}

package array

import "slices"

// axpyInto adds alpha times x to y in place; x has y's shape and type, and alpha
// is one element of it. Integers that overflow leave y as it was.
func axpyInto(y, x, alpha *Array) error {
	if (x.p != y.p || !slices.Equal(x.steps, y.steps)) && x.overlaps(y) {
		x = x.Copy()
	}
	if f := kernels[y.typ].axpy; f != nil {
		inRuns(y, y, x, func(dst, y, x *Array) int {
			if dst.n > 0 {
				if dst.p != y.p {
					copy(dst.Bytes(), y.Bytes())
				}
				f(dst, x, alpha)
			}
			return -1
		})
		return nil
	}
	p, err := arith(opMul, operand{alpha, true}, operand{Array: x})
	if err != nil {
		return err
	}
	sum, err := arith(opAdd, operand{Array: p}, operand{Array: y})
	if err != nil {
		return err
	}
	move(y, sum)
	return nil
}

// blasAxpy makes axpy from that of BLAS for one element type.
func blasAxpy[T number](f func(n int, alpha T, x []T, incX int, y []T, incY int)) func(y, x, alpha *Array) {
	return func(y, x, alpha *Array) {
		f(y.n, elements[T](alpha)[0], elements[T](x), 1, elements[T](y), 1)
	}
}

// axpy is the method y:axpy(alpha, x).
func axpy(c *call) int {
	y, x := c.self, c.array(2, "x")
	if y.typ == Bool {
		raise(c.LState, "bad self to 'axpy' (%s has no arithmetic)", y.named())
	}
	if !x.sameShape(y) {
		c.fail(2, "x", "%s and %s differ in shape", y.describe(), x.describe())
	}
	if t, err := Promote(y.typ, x.typ); err != nil || t != y.typ {
		c.fail(2, "x", "%s cannot be added to %s in place", x.named(), y.named())
	}
	alpha := c.element(1, "alpha")
	x, err := x.as(y.typ)
	if err == nil {
		err = axpyInto(y, x, alpha)
	}
	if err != nil {
		raise(c.LState, "axpy: %w", err)
	}
	return c.giveSelf()
}

// scale is the method y:scale(alpha).
func scale(c *call) int {
	if c.self.typ == Bool {
		raise(c.LState, "bad self to 'scale' (%s has no arithmetic)", c.self.named())
	}
	r, err := arith(opMul, operand{Array: c.self}, operand{c.element(1, "alpha"), true})
	if err != nil {
		raise(c.LState, "scale: %w", err)
	}
	move(c.self, r)
	return c.giveSelf()
}

// element reads argument n as one element of self's type.
func (c *call) element(n int, name string) *Array {
	one := New(c.self.typ, 1)
	if err := one.store(0, c.arg(n)); err != nil {
		c.fail(n, name, "%s: %v", c.self.describe(), err)
	}
	return one
}

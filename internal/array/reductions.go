package array

import (
	"math"
	"math/cmplx"
)

// reductionRows lists the methods that give one value, or one an element, of
// all before it.
func reductionRows() []function {
	return []function{
		{"sum", "[dim]", "The sum: pairwise of floats, exact of integers, the number of true of bools.", func(c *call) int {
			if d, given := c.lane(1); given && kernels[c.self.typ].sums != nil {
				return c.give(c.sums(d, 1))
			}
			return c.reduce(kernels[c.self.typ].sum)
		}},
		{"prod", "[dim]", "The product.", func(c *call) int { return c.reduce(kernels[c.self.typ].prod) }},
		{"min", "[dim]", "The smallest element; NaN if there is one.", func(c *call) int { return c.pushElement(false) }},
		{"max", "[dim]", "The largest element; NaN if there is one.", func(c *call) int { return c.pushElement(true) }},
		{"argmin", "[dim]", "The index of the first smallest element, or NaN.", func(c *call) int { return c.pushPlace(kernels[c.self.typ].least) }},
		{"argmax", "[dim]", "The index of the first largest element, or NaN.", func(c *call) int { return c.pushPlace(kernels[c.self.typ].most) }},
		{"mean", "[dim]", "The mean.", mean},
		{"var", "[ddof [, dim]]", "The variance: the squared distances from the mean over n - ddof, which is 0 unless given.", func(c *call) int { return c.variance(func(v float64) float64 { return v }) }},
		{"std", "[ddof [, dim]]", "The standard deviation, the root of var.", func(c *call) int { return c.variance(math.Sqrt) }},
		{"dot", "b", "The sum of the products with another array; complex numbers are not conjugated.", dot},
		{"norm", "[p [, dim]]", "The p-norm of all elements: 2 unless given, 1, or math.huge for the largest magnitude.", func(c *call) int {
			p := c.normOrder(1)
			return c.value(2, realType, func(a *Array) float64 { return norm(a, p) })
		}},
		{"cumsum", "[dim]", "The sums of the first 1, 2, ... n elements; of integers and bools as int64 or uint64.", cumsum},
		{"all", "[dim]", "Whether all elements are true, or not 0.", func(c *call) int {
			return c.truth(func(a *Array) bool { return nonZero(a) == a.n })
		}},
		{"any", "[dim]", "Whether any element is true, or not 0.", func(c *call) int {
			return c.truth(func(a *Array) bool { return nonZero(a) > 0 })
		}},
	}
}

// reduce pushes the one value that f makes of self, or of each lane along argument 1.
func (c *call) reduce(f func(*Array) (*Array, error)) int {
	if f == nil {
		raise(c.LState, "bad self to '%s' (%s has no arithmetic)", c.name, c.self.named())
	}
	if d, given := c.lane(1); given {
		return c.give(c.along(d, sumType(c.self.typ), false, f))
	}
	one, err := f(c.self.Packed())
	return c.pushOne(one, err)
}

func (c *call) pushOne(one *Array, err error) int {
	if err != nil {
		raise(c.LState, "%s of %s: %w", c.name, c.self.named(), err)
	}
	v, err := one.load(c.LState, 0)
	if err != nil {
		raise(c.LState, "%s of %s: %w: convert it with a:to('float64')", c.name, c.self.named(), err)
	}
	c.Push(v)
	return 1
}

// cumsum returns an array of self's shape.
func cumsum(c *call) int {
	f := kernels[c.self.typ].cumsum
	if d, given := c.lane(1); given {
		return c.give(c.each(d, sumType(c.self.typ), f))
	}
	a, err := f(c.self.Packed())
	if err != nil {
		raise(c.LState, "%s: %w", c.self.describe(), err)
	}
	a.dims = c.self.dims
	return c.give(a)
}

// pushElement pushes the smallest or the largest element.
func (c *call) pushElement(largest bool) int {
	c.needOrder()
	f := kernels[c.self.typ].least
	if largest {
		f = kernels[c.self.typ].most
	}
	if d, given := c.lane(1); given {
		out := c.reduced(d, c.self.typ, true)
		if a := c.self.Packed(); a.n > 0 {
			outer, n, inner := blocksOf(a, d)
			kernels[a.typ].peaks(out, a, outer, n, inner, largest)
		}
		return c.give(out)
	}
	c.needElements()
	c.Push(c.load(f(c.self.Packed())))
	return 1
}

// pushPlace pushes the index of the element that f finds.
func (c *call) pushPlace(f func(*Array) int) int {
	c.needOrder()
	if d, given := c.lane(1); given {
		return c.give(c.along(d, Int64, true, func(a *Array) (*Array, error) { return FromSlice([]int64{int64(f(a)) + 1}), nil }))
	}
	c.needElements()
	return c.give1(float64(f(c.self.Packed()) + 1))
}

func (c *call) needElements() {
	if c.self.n == 0 {
		raise(c.LState, "bad self to '%s' (%s has no elements)", c.name, c.self.named())
	}
}

// wideType returns the type in which means and norms are computed.
func wideType(t Type) Type {
	if t.class() == complexed {
		return Complex128
	}
	return Float64
}

func mean(c *call) int {
	f := func(a *Array) (*Array, error) {
		w, _ := a.packedAs(wideType(a.typ))
		if w.typ == Complex128 {
			return FromSlice([]complex128{pairwiseComplex(elements[complex128](w)) / complex(float64(w.n), 0)}), nil
		}
		return FromSlice([]float64{pairwise(elements[float64](w)) / float64(w.n)}), nil
	}
	if d, given := c.lane(1); given {
		t := c.self.typ
		if t.class() < float {
			t = Float64
		}
		if n := c.self.shape()[d]; n > 0 && kernels[t].sums != nil && t == c.self.typ {
			return c.give(c.sums(d, 1/float64(n)))
		}
		return c.give(c.along(d, t, true, f))
	}
	c.needElements()
	return c.pushOne(f(c.self))
}

// variance pushes g of the variance.
func (c *call) variance(g func(float64) float64) int {
	ddof := 0.0
	if c.given(1) {
		ddof = c.number(1, "ddof")
	}
	if !c.given(2) {
		c.needElements()
	}
	return c.value(2, realType, func(a *Array) float64 { return g(variance(a, ddof)) })
}

// variance takes two passes, of complex numbers by the distance in the plane.
func variance(a *Array, ddof float64) float64 {
	w, _ := a.packedAs(wideType(a.typ))
	d := make([]float64, 0, 2*w.n)
	if w.typ == Complex128 {
		s := elements[complex128](w)
		m := pairwiseComplex(s) / complex(float64(w.n), 0)
		for _, v := range s {
			d = append(d, real(v-m), imag(v-m))
		}
	} else {
		s := elements[float64](w)
		m := pairwise(s) / float64(w.n)
		for _, v := range s {
			d = append(d, v-m)
		}
	}
	return pairwiseDot(d, d) / (float64(w.n) - ddof)
}

func dot(c *call) int {
	b := c.array(1, "b")
	a := c.self
	if a.n != b.n {
		c.fail(1, "b", "%s and %s differ in length", a.describe(), b.describe())
	}
	t, err := Promote(a.typ, b.typ)
	if err != nil {
		c.fail(1, "b", "%v", err)
	}
	x, err := a.packedAs(t)
	if err != nil {
		c.fail(1, "b", "%v", err)
	}
	y, err := b.packedAs(t)
	if err != nil {
		c.fail(1, "b", "%v", err)
	}
	one, err := kernels[t].dot(x, y)
	return c.pushOne(one, err)
}

// nonZero counts the elements that are true or not 0.
func nonZero(a *Array) int {
	zero := New(a.typ, 1)
	differ := a.like(Bool)
	inRuns(differ, a, operand{zero, true}.stretch(differ), func(d, x, y *Array) int {
		kernels[x.typ].compare[cmpNe](elements[bool](d), x, y)
		return -1
	})
	n := 0
	for _, b := range truths(differ) {
		n += int(b)
	}
	return n
}

// normOrder reads the p of a p-norm.
func (c *call) normOrder(n int) float64 {
	if !c.given(n) {
		return 2
	}
	p := c.number(n, "p")
	if p == math.MaxFloat64 { // math.huge, as gopher-lua has it
		p = math.Inf(1)
	}
	if p != 1 && p != 2 && !math.IsInf(p, 1) {
		c.fail(n, "p", "expected 1, 2 or math.huge, got %s", formatNumber(p))
	}
	return p
}

// norm returns the p-norm of all elements for p of 1, 2 or infinity. The 2-norm
// neither overflows nor underflows on the way.
func norm(a *Array, p float64) float64 {
	w, _ := a.packedAs(wideType(a.typ))
	if w.n == 0 {
		return 0
	}
	var size []float64
	if p != 2 {
		size = make([]float64, w.n)
	}
	if w.typ == Complex128 {
		s := elements[complex128](w)
		if p == 2 {
			return engine.Dznrm2(len(s), s, 1)
		}
		fill(size, s, cmplx.Abs)
	} else {
		s := elements[float64](w)
		if p == 2 {
			return engine.Dnrm2(len(s), s, 1)
		}
		fill(size, s, math.Abs)
	}
	if p == 1 {
		return pairwise(size)
	}
	return largest(size)
}

package array

// columned returns a with one more dimension of length 1 behind dimension d.
func (a *Array) columned(d int) *Array {
	dims, steps := a.Shape(), a.Strides()
	dims = append(dims[:d+1], append([]int{1}, dims[d+1:]...)...)
	steps = append(steps[:d+1], append([]int{1}, steps[d+1:]...)...)
	v := &Array{p: a.p, n: a.n, typ: a.typ, dims: dims, lease: a.lease}
	v.setSteps(steps)
	return v
}

// outer is a:outer(b).
func outer(c *call) int {
	x, err := c.self.Flat()
	if err != nil {
		x, _ = c.self.Copy().Flat()
	}
	y, err := c.array(1, "b").Flat()
	if err != nil {
		y, _ = c.array(1, "b").Copy().Flat()
	}
	r, err := arith(opMul, operand{Array: x.columned(0)}, operand{Array: y})
	if err != nil {
		c.fail(1, "b", "%v", err)
	}
	return c.give(r)
}

// kron is a:kron(b): blocks of b, each times an element of a.
func kron(c *call) int {
	a, b := c.self, c.array(1, "b")
	if a.rank() > 2 || b.rank() > 2 || a.rank() != b.rank() {
		c.fail(1, "b", "two vectors or two matrices expected, got %s and %s", a.describe(), b.describe())
	}
	dims := a.Shape()
	for d, n := range b.shape() {
		dims[d] *= n
	}
	x := a.columned(0)
	if a.matrix() {
		x = x.columned(2) // rows, 1, columns, 1
		b = b.Packed()    // rows, 1, columns
		b = b.columned(0)
	}
	r, err := arith(opMul, operand{Array: x}, operand{Array: b})
	if err != nil {
		c.fail(1, "b", "%v", err)
	}
	if r, err = r.Reshape(dims...); err != nil {
		c.fail(1, "b", "%v", err)
	}
	return c.give(r)
}

// diagonal returns the k-th diagonal above the main one of a matrix, as a view.
func (a *Array) diagonal(k int) *Array {
	rows, cols, s := a.rows(), a.cols(), a.strides()
	r, q := max(-k, 0), max(k, 0)
	n := max(min(rows-r, cols-q), 0)
	v := &Array{n: n, typ: a.typ, lease: a.lease}
	if n > 0 {
		v.p = a.at(r*cols + q)
	}
	v.setSteps([]int{s[0] + s[1]})
	return v
}

// diagonal is m:diag(k) of a matrix, and v:diag(k) of a vector.
func diagonal(c *call) int {
	k := 0
	if c.given(1) {
		k = c.integer(1, "k")
	}
	a := c.self
	const farthest = 1 << 31
	if k > farthest || k < -farthest {
		c.fail(1, "k", "%d is no diagonal", k)
	}
	switch {
	case a.matrix():
		return c.give(a.diagonal(k))
	case a.rank() > 1:
		c.failSelf("vector or matrix expected, got %s", a.describe())
	}
	n := a.n + max(k, -k)
	m := c.shaped(a.typ, 1, "k", []int{n, n})
	move(m.diagonal(k), a)
	return c.give(m)
}

// meshGrid is array.meshgrid(x, y): for each point of a grid its x, and its y.
func meshGrid(c *call) int {
	x, y := c.array(1, "x"), c.array(2, "y")
	if x.rank() != 1 || y.rank() != 1 {
		c.fail(1, "x", "two vectors expected, got %s and %s", x.describe(), y.describe())
	}
	xs, ys := c.shaped(x.typ, 1, "x", []int{y.n, x.n}), c.shaped(y.typ, 2, "y", []int{y.n, x.n})
	if xs.n > 0 {
		moveSteps(xs, x, []int{0, x.strides()[0]})
		moveSteps(ys, y, []int{y.strides()[0], 0})
	}
	c.give(xs)
	c.give(ys)
	return 2
}

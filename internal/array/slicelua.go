package array

import (
	"math"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/args"
	"github.com/mpiclus/mpiclus-lua/internal/lua51/vm"
)

// indexNames name the arguments of at and set.
var indexNames = [MaxDims]string{"i", "j", "k", "l", "m", "n", "o", "p"}

// cell reads one index a dimension and returns the number of the element (from 0).
// after is how many arguments follow.
func (c *call) cell(after int) int {
	rank, at := c.self.rank(), 0
	if n := rank + after + 1; c.given(n) {
		if rank == 1 {
			c.needMatrix()
		}
		c.fail(n, "", "%s has %d dimensions", c.self.named(), rank)
	}
	for d, n := range c.self.shape() {
		at = at*n + c.within(d+1, indexNames[d], n) - 1
	}
	return at
}

// setCell is m:set(i, j, value), and a:set(mask, value).
func setCell(c *call) int {
	if mask, ok := To(c.arg(1)); ok {
		if c.given(3) {
			c.fail(3, "", "a:set(mask, value) takes 2 at most")
		}
		c.setMasked(mask, c.arg(2))
		return 0
	}
	i := c.cell(1)
	a := c.self
	err := a.store(i, c.arg(a.rank()+1))
	switch {
	case err == nil:
	case a.matrix():
		raise(c.LState, "%s: row %d, column %d: %w", a.describe(), i/a.cols()+1, i%a.cols()+1, err)
	default:
		raiseElement(c.LState, a, i+1, err)
	}
	return 0
}

// cellOf returns the number of the element (from 0) that a list of indices names,
// as in a[{i, j}].
func cellOf(L *lua.LState, a *Array, t *lua.LTable) int {
	n, wrong := args.List(t)
	if wrong == "" && n != a.rank() {
		raise(L, "%s: one index a dimension expected in a[{i, j, ...}], got %d", a.describe(), n)
	}
	if wrong != "" {
		raise(L, "%s: a[{i, j, ...}]: %s", a.describe(), wrong)
	}
	at := 0
	for d, n := range a.shape() {
		v := vm.GetInt(t, d+1)
		f, ok := v.(lua.LNumber)
		i := int(f)
		if !ok || i < 1 || i > n || lua.LNumber(i) != f {
			raise(L, "%s: dimension %d: %s", a.describe(), d+1, wrongIndex(v, n))
		}
		at = at*n + i - 1
	}
	return at
}

// sliced is a:slice{range, range, ...}.
func sliced(c *call) int {
	t, ok := c.arg(1).(*lua.LTable)
	if !ok {
		c.expected(1, "ranges", "list of ranges")
	}
	n, wrong := args.List(t)
	if wrong != "" {
		c.fail(1, "ranges", "%s", wrong)
	}
	pieces := c.self.whole()
	if n > len(pieces) {
		c.fail(1, "ranges", "%d ranges for %s: one a dimension", n, c.self.named())
	}
	for d := range n {
		pieces[d] = c.piece(vm.GetInt(t, d+1), d)
	}
	return c.give(c.self.slice(pieces))
}

// piece reads what a slice takes of dimension d: an index, or {first, last, step}.
func (c *call) piece(v lua.LValue, d int) piece {
	n := c.self.shape()[d]
	wrong := func(format string, a ...any) {
		c.fail(1, "ranges", "dimension %d of the %s: "+format, append([]any{d + 1, c.self.describe()}, a...)...)
	}
	t, ok := v.(*lua.LTable)
	if !ok {
		i := c.sliceIndex(v, n, wrong)
		if i < 1 || i > n {
			wrong("%s", wrongIndex(v, n))
		}
		return piece{first: i - 1, count: 1, step: 1, one: true}
	}
	entries, why := args.List(t)
	if why != "" {
		wrong("%s", why)
	}
	r := [3]int{1, n, 1}
	if entries > len(r) {
		wrong("{first, last, step} expected, got a list of %d", entries)
	}
	for k := range entries {
		length := n
		if k == 2 {
			length = -1 // a step does not count from the end
		}
		r[k] = c.sliceIndex(vm.GetInt(t, k+1), length, wrong)
	}
	first, last, step := r[0], r[1], r[2]
	if step == 0 {
		wrong("a step of 0 leads nowhere")
	}
	p := piece{first: first - 1, step: step}
	if (last-first)*sign(step) >= 0 {
		p.count = (last-first)/step + 1
	}
	for k, i := range []int{first, last} {
		if i >= 1 && i <= n || p.count == 0 && i >= 0 && i <= n+1 {
			continue
		}
		wrong("%s", wrongIndex(vm.GetInt(t, k+1), n))
	}
	return p
}

// sliceIndex reads a whole number of a range; a negative one counts from the end
// where the length is not -1.
func (c *call) sliceIndex(v lua.LValue, length int, wrong func(string, ...any)) int {
	f, ok := v.(lua.LNumber)
	if !ok {
		wrong("%s", args.Expected("whole number or {first, last, step}", v))
	}
	i := int(f)
	if lua.LNumber(i) != f || math.Abs(float64(f)) > 1<<53 {
		wrong("%s is no whole number", formatNumber(float64(f)))
	}
	if i < 0 && length >= 0 {
		return max(length+i+1, 0)
	}
	return i
}

func sign(n int) int {
	if n < 0 {
		return -1
	}
	return 1
}

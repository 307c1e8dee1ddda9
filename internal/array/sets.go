package array

import (
	"math"
	"slices"
	"sort"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/args"
)

// clip is a:clip(low, high).
func clip(c *call) int {
	c.needOrder()
	out := c.self.Copy()
	for n, cmp := range []comparison{cmpLt, cmpGt} {
		if !c.given(n + 1) {
			continue
		}
		limit := operand{New(out.typ, 1), true}
		if err := limit.store(0, c.arg(n+1)); err != nil {
			c.fail(n+1, []string{"low", "high"}[n], "%s: %v", out.describe(), err)
		}
		beyond := out.like(Bool)
		inRuns(beyond, out, limit.stretch(out), func(d, x, y *Array) int {
			kernels[out.typ].compare[cmp](elements[bool](d), x, y)
			return -1
		})
		out.scatter(chosen(beyond), limit.Array)
	}
	return c.give(out)
}

// diff is a:diff(dim).
func diff(c *call) int {
	a := c.self
	d := c.dimension(1, "dim", a.rank()-1)
	if a.typ == Bool {
		c.failSelf("%s has no arithmetic", a.named())
	}
	n := max(a.shape()[d]-1, 0)
	from := a.shape()[d] - n
	r, err := arith(opSub, operand{Array: a.between(d, from, n)}, operand{Array: a.between(d, 0, n)})
	if err != nil {
		raise(c.LState, "diff: %w", err)
	}
	return c.give(r)
}

// unique is a:unique(). Of NaN there is one, at the end.
func unique(c *call) int {
	c.needOrder()
	a := c.self.Copy()
	a.dims = nil
	k := kernels[a.typ]
	k.sort(a, false)
	differ := New(Bool, a.n)
	if a.n > 0 {
		marks := elements[bool](differ)
		marks[0] = true
		if a.n > 1 {
			last := a.n - 1
			k.compare[cmpNe](marks[1:], a.view(1, last), a.view(0, last))
			if a.typ.class() == float { // NaN differs from itself
				own := make([]bool, last)
				k.compare[cmpNe](own, a.view(0, last), a.view(0, last))
				for i, isNaN := range own {
					marks[i+1] = marks[i+1] && !isNaN
				}
			}
		}
	}
	starts := chosen(differ)
	counts := make([]int64, len(starts))
	for i, at := range starts {
		end := a.n
		if i+1 < len(starts) {
			end = starts[i+1]
		}
		counts[i] = int64(end - at)
	}
	c.give(a.gather(starts))
	c.give(FromSlice(counts))
	return 2
}

// floats returns the elements as float64, of an array that has an order.
func (c *call) floats(a *Array) []float64 {
	w, _ := a.packedAs(Float64) // a real number always has a float64
	return elements[float64](w)
}

// searchSorted is a:searchsorted(values, side).
func searchSorted(c *call) int {
	c.needOrder()
	if c.self.rank() != 1 {
		c.failSelf("vector expected, got %s", c.self.describe())
	}
	right := false
	switch v := c.arg(2); v {
	case lua.LNil, lua.LString("left"):
	case lua.LString("right"):
		right = true
	default:
		c.fail(2, "side", "%s", args.Expected("\"left\" or \"right\"", v))
	}
	s := c.floats(c.self)
	place := func(v float64) int {
		return sort.Search(len(s), func(i int) bool {
			switch {
			case s[i] != s[i]: // NaN is the largest
				return !right || v == v
			case right:
				return s[i] > v
			}
			return s[i] >= v
		}) + 1
	}
	b, ok := To(c.arg(1))
	if !ok {
		return c.give1(float64(place(c.number(1, "values"))))
	}
	if b.typ.class() == complexed {
		c.fail(1, "values", "%s has no order", b.named())
	}
	out := b.like(Int64)
	fill(elements[int64](out), c.floats(b), func(v float64) int64 { return int64(place(v)) })
	return c.give(out)
}

// histogram is a:histogram(bins, low, high). NaN and what lies outside of the edges
// are in no bin; the last bin has its upper edge.
func histogram(c *call) int {
	c.needOrder()
	values := c.floats(c.self)
	edges := c.edges(values)
	counts := make([]int64, len(edges)-1)
	lo, hi := edges[0], edges[len(edges)-1]
	for _, v := range values {
		if !(v >= lo && v <= hi) {
			continue
		}
		bin := sort.Search(len(edges), func(i int) bool { return edges[i] > v }) - 1
		counts[min(bin, len(counts)-1)]++
	}
	c.give(FromSlice(counts))
	c.give(FromSlice(edges))
	return 2
}

// edges reads or makes the edges of a histogram of values.
func (c *call) edges(values []float64) []float64 {
	if _, isNumber := c.arg(1).(lua.LNumber); !isNumber {
		a, ok := To(c.arg(1))
		if t, isTable := c.arg(1).(*lua.LTable); isTable {
			a, ok = c.list(t, Float64), true
		}
		if !ok {
			c.expected(1, "bins", "number of bins, or list or array of edges")
		}
		if a.typ.class() == complexed || a.rank() != 1 || a.n < 2 {
			c.fail(1, "bins", "a vector of two edges or more expected, got %s", a.describe())
		}
		list := slices.Clone(c.floats(a))
		for i := 1; i < len(list); i++ {
			if !(list[i-1] <= list[i]) {
				c.fail(1, "bins", "edge %d is not at or above the one before", i+1)
			}
		}
		return list
	}
	return c.equalBins(values)
}

// equalBins returns the edges of so many bins of equal width.
func (c *call) equalBins(values []float64) []float64 {
	bins := c.count(1, "bins")
	if bins == 0 {
		c.fail(1, "bins", "1 or more expected")
	}
	c.needMemory(1, "bins", Float64, bins+1)
	lo, hi := 0.0, 1.0
	if len(values) > 0 && !(c.given(2) && c.given(3)) {
		lo, hi = slices.Min(values), slices.Max(values)
	}
	if c.given(2) {
		lo = c.number(2, "low")
	}
	if c.given(3) {
		hi = c.number(3, "high")
	}
	if !(lo <= hi) || math.IsInf(hi-lo, 0) {
		c.fail(2, "low", "no bins from %s to %s: give low and high", formatNumber(lo), formatNumber(hi))
	}
	if lo == hi { // as wide as one
		lo, hi = lo-0.5, hi+0.5
	}
	edges := make([]float64, bins+1)
	for i := range edges {
		edges[i] = lo + (hi-lo)*(float64(i)/float64(bins))
	}
	edges[bins] = hi
	return edges
}

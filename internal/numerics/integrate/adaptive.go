package integrate

import (
	"container/heap"
	"math"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/args"
	"github.com/mpiclus/mpiclus-lua/internal/numerics/function"
)

// The rule of Kronrod with 15 places, of which every second one is of Gauss's with
// 7 (QUADPACK, Piessens and others, 1983): places from the outermost to the middle,
// and the weights of both rules.
var (
	places = [8]float64{
		0.991455371120812639206854697526329, 0.949107912342758524526189684047851, 0.864864423359769072789712788640926, 0.741531185599394439863864773280788,
		0.586087235467691130294144691693013, 0.405845151377397166906606412076961, 0.207784955007898467600689403773245, 0,
	}
	kronrod = [8]float64{
		0.022935322010529224963732008058970, 0.063092092629978553290700663189204, 0.104790010322250183839876322541518, 0.140653259715525918745189590510238,
		0.169004726639267902826583426598550, 0.190350578064785409913256402421014, 0.204432940075298892414161999234649, 0.209482141084727828012999174891714,
	}
	gauss7 = [4]float64{ // of places 1, 3, 5 and 7
		0.129484966168869693270611432679082, 0.279705391489276667901467771423780, 0.381830050505118944950369775488975, 0.417959183673469387755102040816327,
	}
)

// part is an interval with its integral and the error of that.
type part struct{ low, high, value, error float64 }

// parts is a heap with the part of the largest error on top.
type parts []part

func (p parts) Len() int           { return len(p) }
func (p parts) Less(i, k int) bool { return p[i].error > p[k].error }
func (p parts) Swap(i, k int)      { p[i], p[k] = p[k], p[i] }
func (p *parts) Push(x any)        { *p = append(*p, x.(part)) }
func (p *parts) Pop() any {
	last := (*p)[len(*p)-1]
	*p = (*p)[:len(*p)-1]
	return last
}

// measure integrates f over an interval by both rules, and estimates the error by
// QUADPACK's formula, which takes into account how fast the rules converge.
func measure(f func(x float64) float64, low, high float64) part {
	middle, half := (low+high)/2, (high-low)/2
	values := make([]float64, 0, 15)
	var k, g float64
	for i, at := range places {
		sum := f(middle - half*at)
		values = append(values, sum)
		if at != 0 {
			other := f(middle + half*at)
			values = append(values, other)
			sum += other
		}
		k += kronrod[i] * sum
		if i%2 == 1 {
			g += gauss7[i/2] * sum
		}
	}
	mean, spread := k/2, 0.0
	for i, v := range values {
		spread += kronrod[i/2] * math.Abs(v-mean)
	}
	spread *= half
	e := math.Abs((k - g) * half)
	if spread != 0 && e != 0 {
		e = spread * math.Min(1, math.Pow(200*e/spread, 1.5))
	}
	return part{low, high, k * half, e}
}

// calls15 is how many calls of the function measure makes.
const calls15 = 15

// adaptive is integrate.quad: the part with the largest error is halved until all
// errors together are small enough.
func adaptive(c *function.Call) int {
	script, a, b := c.Function(1, "f"), c.Number(2, "a"), c.Number(3, "b")
	o := c.Options(4, "absolute", "relative", "limit")
	absolute, relative := o.Number("absolute", 1e-10, 0, math.MaxFloat64), o.Number("relative", 1e-10, 0, 1)
	limit := o.Whole("limit", 100000, 1, function.MaxWhole)
	sign := 1.0
	switch {
	case a != a || b != b:
		c.Raise("from %s to %s is no interval", args.Show(lua.LNumber(a)), args.Show(lua.LNumber(b)))
	case a == b:
		return c.Return(lua.LNumber(0), lua.LNumber(0))
	case a > b:
		a, b, sign = b, a, -1
	}
	f, low, high := finite(func(x float64) float64 { return number(c, script, x) }, a, b)
	all := parts{measure(f, low, high)}
	calls := calls15
	for {
		value, e := total(all)
		if e <= math.Max(absolute, relative*math.Abs(value)) || e <= 0x1p-50*math.Abs(value) {
			return c.Return(lua.LNumber(sign*value), lua.LNumber(e))
		}
		worst := all[0]
		middle := (worst.low + worst.high) / 2
		if calls > limit-2*calls15 || middle <= worst.low || middle >= worst.high || worst.error == 0 {
			c.Raise("after %d calls of f the integral is %s, and its error may be %s: options absolute and relative allow more, limit allows more calls",
				calls, args.Show(lua.LNumber(sign*value)), args.Show(lua.LNumber(e)))
		}
		heap.Pop(&all)
		heap.Push(&all, measure(f, worst.low, middle))
		heap.Push(&all, measure(f, middle, worst.high))
		calls += 2 * calls15
	}
}

func total(all parts) (value, e float64) {
	for _, p := range all {
		value += p.value
		e += p.error
	}
	return value, e
}

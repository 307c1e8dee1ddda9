package integrate

import (
	"math"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/args"
	"github.com/mpiclus/mpiclus-lua/internal/numerics/function"
)

// The method of Dormand and Prince of order 5 with one of order 4 for the error ("A
// family of embedded Runge-Kutta formulae", Journal of Computational and Applied
// Mathematics 6, 1980). Row i makes the place of slope i + 1 of those before; the
// last row is the step itself, so its slope is the first one of the next step.
var (
	nodes = [6]float64{1. / 5, 3. / 10, 4. / 5, 8. / 9, 1, 1}
	rows  = [6][6]float64{
		{1. / 5},
		{3. / 40, 9. / 40},
		{44. / 45, -56. / 15, 32. / 9},
		{19372. / 6561, -25360. / 2187, 64448. / 6561, -212. / 729},
		{9017. / 3168, -355. / 33, 46732. / 5247, 49. / 176, -5103. / 18656},
		{35. / 384, 0, 500. / 1113, 125. / 192, -2187. / 6784, 11. / 84},
	}
	// The difference of the two orders.
	errors = [7]float64{71. / 57600, 0, -71. / 16695, 71. / 1920, -17253. / 339200, 22. / 525, -1. / 40}
)

// solver walks along a solution.
type solver struct {
	c                  *function.Call
	f                  *function.Callback
	number             bool // y is a number for the script
	t, step            float64
	y                  []float64
	slopes             [7][]float64
	next               []float64
	relative, absolute float64
	calls, limit       int
}

// ode is integrate.ode.
func ode(c *function.Call) int {
	s := &solver{c: c, f: c.Function(1, "f")}
	if _, s.number = c.Arg(2).(lua.LNumber); s.number {
		s.y = []float64{c.Finite(2, "y")}
	} else {
		s.y = append(s.y, c.Sample(2, "y", 1)...)
	}
	times := c.Sample(3, "times", 2)
	direction := math.Copysign(1, times[1]-times[0])
	for i := range len(times) - 1 {
		if !((times[i+1]-times[i])*direction > 0) {
			c.Fail(3, "times", "they must ascend, or descend: element %d is %s, after %s", i+2, args.Show(lua.LNumber(times[i+1])), args.Show(lua.LNumber(times[i])))
		}
	}
	o := c.Options(4, "relative", "absolute", "step", "limit")
	s.relative, s.absolute = o.Number("relative", 1e-6, 1e-14, 1), o.Number("absolute", 1e-9, 0, math.MaxFloat64)
	s.limit = o.Whole("limit", 1000000, 1, function.MaxWhole)
	s.start(times, o.Number("step", 0, 0, math.MaxFloat64)*direction)
	n := len(s.y)
	c.NeedMemory(3, "times", n*len(times))
	out := append(make([]float64, 0, n*len(times)), s.y...)
	for _, t := range times[1:] {
		s.to(t)
		out = append(out, s.y...)
	}
	if s.number {
		return c.Return(function.ToVector(c.LState, out))
	}
	return c.Return(function.ToMatrix(c.LState, len(times), n, out))
}

// start takes the first slope, and a first step: a hundredth of what y needs to
// change by its own size, unless one is given.
func (s *solver) start(times []float64, step float64) {
	n := len(s.y)
	for i := range s.slopes {
		s.slopes[i] = make([]float64, n)
	}
	s.next = make([]float64, n)
	s.t = times[0]
	s.slope(s.slopes[0], s.t, s.y)
	if s.step = step; step != 0 {
		return
	}
	var size, speed float64
	for i, v := range s.y {
		scale := s.absolute + s.relative*math.Abs(v)
		size += v / scale * (v / scale)
		speed += s.slopes[0][i] / scale * (s.slopes[0][i] / scale)
	}
	whole := times[len(times)-1] - s.t
	s.step = whole * 1e-3
	if h := 0.01 * math.Sqrt(size/speed); h > 0 && h < math.Abs(s.step) {
		s.step = math.Copysign(h, whole)
	}
}

// slope calls f.
func (s *solver) slope(out []float64, t float64, y []float64) {
	if s.calls++; s.calls > s.limit {
		s.c.Raise("at t = %s, after %d calls of f, the end is not reached: the solution may grow without end, or the equation be stiff; option limit allows more",
			args.Show(lua.LNumber(s.t)), s.limit)
	}
	value := lua.LValue(lua.LNumber(y[0]))
	if !s.number {
		value = function.ToVector(s.c.LState, append([]float64(nil), y...))
	}
	s.f.Fill(out, lua.LNumber(t), value)
}

// to walks to a time, in steps whose error is small enough.
func (s *solver) to(end float64) {
	for s.t != end {
		h, last := s.step, false
		if math.Abs(h) >= math.Abs(end-s.t) {
			h, last = end-s.t, true
		}
		if s.t+h == s.t {
			s.c.Raise("at t = %s a step would be smaller than the numbers there can tell: the solution may have a pole", args.Show(lua.LNumber(s.t)))
		}
		e := s.attempt(h)
		factor := 5.0
		switch {
		case e != e || math.IsInf(e, 0):
			factor = 0.1
		case e > 0:
			factor = math.Max(0.2, math.Min(5, 0.9*math.Pow(e, -0.2)))
		}
		if !(e <= 1) {
			s.step = h * math.Min(factor, 0.9)
			continue
		}
		s.t += h
		if last {
			s.t = end
		}
		s.y, s.next = s.next, s.y
		s.slopes[0], s.slopes[6] = s.slopes[6], s.slopes[0]
		if !last || factor < 1 { // a last step that was cut says nothing of longer ones
			s.step = h * factor
		}
	}
}

// attempt makes a step of h to next, and returns its error over what is allowed.
func (s *solver) attempt(h float64) float64 {
	for k, row := range rows {
		for i, y := range s.y {
			sum := 0.0
			for j := range k + 1 {
				sum += row[j] * s.slopes[j][i]
			}
			s.next[i] = y + h*sum
		}
		s.slope(s.slopes[k+1], s.t+nodes[k]*h, s.next)
	}
	sum := 0.0
	for i := range s.y {
		e := 0.0
		for j, weight := range errors {
			e += weight * s.slopes[j][i]
		}
		e *= h / (s.absolute + s.relative*math.Max(math.Abs(s.y[i]), math.Abs(s.next[i])))
		sum += e * e
	}
	return math.Sqrt(sum / float64(len(s.y)))
}

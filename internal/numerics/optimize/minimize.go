package optimize

import (
	"math"

	lua "github.com/yuin/gopher-lua"
	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/optimize"

	"github.com/mpiclus/mpiclus-lua/internal/args"
	"github.com/mpiclus/mpiclus-lua/internal/numerics/function"
)

// problem is a minimum that is being looked for.
type problem struct {
	c        *function.Call
	f, slope *function.Callback // slope may be nil
	number   bool               // the functions take a number, not a vector
	limit    int
	calls    int
}

// minimize is optimize.minimize.
func minimize(c *function.Call) int {
	p := &problem{c: c, f: c.Function(1, "f")}
	var start []float64
	if _, p.number = c.Arg(2).(lua.LNumber); p.number {
		start = []float64{c.Finite(2, "start")}
	} else {
		start = append(start, c.Sample(2, "start", 1)...)
	}
	o := c.Options(3, "gradient", "method", "tolerance", "limit")
	p.slope = o.Function("gradient")
	name := o.Choice("method", "bfgs", "lbfgs", "nelder-mead")
	if name == "nelder-mead" && p.slope != nil {
		o.Fail("gradient", "the method nelder-mead uses none")
	}
	tolerance := o.Number("tolerance", 1e-8, 0, math.MaxFloat64)
	p.limit = o.Whole("limit", 10000+100*len(start), 1, 1<<40)
	result, err := serve(p, start, methodOf(name, tolerance), settingsOf(name, tolerance, p.limit))
	return c.Return(p.table(name, result, err, tolerance))
}

func methodOf(name string, tolerance float64) optimize.Method {
	switch name {
	case "lbfgs":
		return &optimize.LBFGS{GradStopThreshold: tolerance}
	case "nelder-mead":
		return &optimize.NelderMead{}
	}
	return &optimize.BFGS{GradStopThreshold: tolerance}
}

func settingsOf(name string, tolerance float64, limit int) *optimize.Settings {
	s := &optimize.Settings{FuncEvaluations: limit, MajorIterations: limit, Converger: optimize.NeverTerminate{}}
	if name == "nelder-mead" {
		s.Converger = &optimize.FunctionConverge{Absolute: tolerance * tolerance, Relative: tolerance * tolerance, Iterations: 100}
	}
	return s
}

// value calls f. The limit counts all calls, those for differences as well.
func (p *problem) value(x []float64) float64 {
	p.calls++
	y := p.f.Number(p.argument(x))
	if y != y {
		p.c.Raise("f is no number at %s", p.shown(x))
	}
	return y
}

// argument is x for a function of the script: a copy, since that may keep it.
func (p *problem) argument(x []float64) lua.LValue {
	if p.number {
		return lua.LNumber(x[0])
	}
	return function.ToVector(p.c.LState, append([]float64(nil), x...))
}

func (p *problem) shown(x []float64) string {
	text := ""
	for i, v := range x[:min(len(x), 4)] {
		if i > 0 {
			text += ", "
		}
		text += args.Show(lua.LNumber(v))
	}
	if len(x) > 4 {
		text += ", …"
	}
	return "{" + text + "}"
}

// gradient calls the option gradient, or f at places around x.
func (p *problem) gradient(out, x []float64) {
	if p.slope != nil {
		p.slope.Fill(out, p.argument(x))
	} else {
		p.differences(out, x)
	}
	for i, g := range out {
		if g-g == 0 {
			continue
		}
		if p.slope != nil || g != g && !math.IsInf(p.value(x), 1) {
			p.c.Raise("the slope along variable %d is %s at %s", i+1, args.Show(lua.LNumber(g)), p.shown(x))
		}
		out[i] = 0 // f is infinite there: the step that led there is taken back
	}
}

// differences puts the slopes into out by the values of f on both sides of x. The
// distances are in proportion to x, where rounding and the curve of f spoil the same
// number of digits; gonum's are the same for all x.
func (p *problem) differences(out, x []float64) {
	at := append([]float64(nil), x...)
	for i, v := range x {
		h := 0x1p-17 * math.Max(1, math.Abs(v))
		at[i] = v + h
		right, rightAt := p.value(at), at[i]
		at[i] = v - h
		out[i] = (right - p.value(at)) / (rightAt - at[i])
		at[i] = v
	}
}

// table is what scripts get.
func (p *problem) table(method string, r *optimize.Result, err error, tolerance float64) *lua.LTable {
	t := p.c.NewTable()
	if p.number {
		t.RawSetString("x", lua.LNumber(r.X[0]))
	} else {
		t.RawSetString("x", function.ToVector(p.c.LState, r.X))
	}
	t.RawSetString("value", lua.LNumber(r.F))
	t.RawSetString("iterations", lua.LNumber(r.MajorIterations))
	t.RawSetString("calls", lua.LNumber(p.calls))
	reason := ""
	switch {
	case r.Status == optimize.FunctionNegativeInfinity || math.IsInf(r.F, -1):
		reason = "f has no minimum: it is -inf there"
	case r.Status == optimize.FunctionEvaluationLimit || r.Status == optimize.IterationLimit:
		reason = "the limit of calls was reached before the minimum: see the option limit"
	case method != "nelder-mead" && !p.level(r, tolerance):
		reason = "no step from there leads further down, and the slope is not 0"
	case err != nil && method == "nelder-mead":
		reason = err.Error()
	}
	t.RawSetString("converged", lua.LBool(reason == ""))
	if reason != "" {
		t.RawSetString("reason", lua.LString(reason))
	}
	return t
}

// level reports whether the slope where the method ended is 0, as far as the digits
// of f tell.
func (p *problem) level(r *optimize.Result, tolerance float64) bool {
	if r.Gradient == nil {
		return false
	}
	digits := 1e-6
	if p.slope != nil {
		digits = 1e-8
	}
	return floats.Norm(r.Gradient, math.Inf(1)) <= math.Max(tolerance, digits*math.Max(1, math.Abs(r.F)))
}

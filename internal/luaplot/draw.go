package luaplot

import (
	"math"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/args"
	"github.com/mpiclus/mpiclus-lua/internal/array"
	"github.com/mpiclus/mpiclus-lua/internal/dense"
	"github.com/mpiclus/mpiclus-lua/internal/figure"
	"github.com/mpiclus/mpiclus-lua/internal/luamodule"
)

// drawer is a function that adds series to a figure.
type drawer struct {
	name, args, doc string
	add             func(c *luamodule.Call, f *figure.Figure)
}

var drawers = []drawer{
	{"line", "x, y [, options]", "Lines through points; without x at 1, 2, 3, …", func(c *luamodule.Call, f *figure.Figure) { addXY(c, f, figure.Line) }},
	{"scatter", "x, y [, options]", "Points.", func(c *luamodule.Call, f *figure.Figure) { addXY(c, f, figure.Scatter) }},
	{"errorbars", "x, y, dy [, options]", "Points with bars that reach dy up and down, and with the option dx to both sides.", addErrors},
	{"histogram", "values [, options]", "How many values lie in each of some bins of equal width.", addHistogram},
	{"bars", "values [, options]", "A bar for each value, with the option names beneath them.", addBars},
	{"heat", "matrix [, options]", "A field for each element in the colour of its value: columns along x, rows up y.", func(c *luamodule.Call, f *figure.Figure) { addGrid(c, f, figure.Heat) }},
	{"contour", "matrix [, options]", "Lines of equal value.", func(c *luamodule.Call, f *figure.Figure) { addGrid(c, f, figure.Contour) }},
}

// addXY adds lines or points: x and y, or y alone.
func addXY(c *luamodule.Call, f *figure.Figure, kind figure.Kind) {
	n := 2
	if last := c.Count(); last < 2 || last == 2 && isOptions(c.Arg(2)) || !c.Given(2) {
		n = 1
	}
	o := styleOptions(c, n+1, f, "label", "color", "width", "dashed", "points", "size", "shape")
	var x []float64
	if n == 2 {
		x = numbers(c, 1, "x", c.Arg(1), "")
	}
	all := many(c, n, "y", c.Arg(n))
	for i, one := range all {
		s := &figure.Series{Kind: kind, Label: one.label, X: x, Y: one.values, Style: style(o)}
		if x == nil {
			s.X = counting(len(s.Y), one.first)
		} else if len(x) != len(s.Y) {
			c.Fail(n, "y", "%d numbers for the %d of x", len(s.Y), len(x))
		}
		if len(all) == 1 || o.Get("label") != lua.LNil && i == 0 {
			s.Label = o.Text("label", s.Label)
		}
		f.Series = append(f.Series[:len(f.Series):len(f.Series)], s)
	}
}

func addErrors(c *luamodule.Call, f *figure.Figure) {
	o := styleOptions(c, 4, f, "label", "color", "width", "size", "shape", "dx")
	s := &figure.Series{Kind: figure.Errors, Label: o.Text("label", ""), Style: style(o)}
	s.X, s.Y = numbers(c, 1, "x", c.Arg(1), ""), numbers(c, 2, "y", c.Arg(2), "")
	if c.Given(3) {
		s.DY = reach(c, 3, "dy", c.Arg(3), len(s.Y))
	}
	if v := o.Get("dx"); v != lua.LNil {
		s.DX = reach(c, 4, "dx", v, len(s.Y))
	}
	if len(s.X) != len(s.Y) {
		c.Fail(2, "y", "%d numbers for the %d of x", len(s.Y), len(s.X))
	}
	f.Series = append(f.Series[:len(f.Series):len(f.Series)], s)
}

// reach reads how far error bars reach: one number for all, or one for each of n.
func reach(c *luamodule.Call, arg int, name string, v lua.LValue, n int) []float64 {
	if one, ok := v.(lua.LNumber); ok {
		all := make([]float64, n)
		for i := range all {
			all[i] = math.Abs(float64(one))
		}
		return all
	}
	all := numbers(c, arg, name, v, "")
	if len(all) != n {
		c.Fail(arg, name, "%d numbers for %d points", len(all), n)
	}
	d := make([]float64, n)
	for i, v := range all {
		d[i] = math.Abs(v)
	}
	return d
}

func addHistogram(c *luamodule.Call, f *figure.Figure) {
	o := styleOptions(c, 2, f, "label", "color", "bins", "density")
	bins := o.Whole("bins", 0, 1, 100000)
	for _, one := range many(c, 1, "values", c.Arg(1)) {
		boxes, err := figure.Histogram(one.values, bins, o.Bool("density", false))
		if err != nil {
			c.Fail(1, "values", "%v", err)
		}
		f.Series = append(f.Series[:len(f.Series):len(f.Series)], &figure.Series{Kind: figure.Bars, Label: o.Text("label", one.label), Boxes: boxes, Style: style(o)})
	}
}

// addBars adds bars around the places 1, 2, …; of several series those of a place
// stand beside one another.
func addBars(c *luamodule.Call, f *figure.Figure) {
	o := styleOptions(c, 2, f, "label", "color", "names", "width")
	all := many(c, 1, "values", c.Arg(1))
	width := o.Number("width", 0.8)
	if !(width > 0 && width <= 1) {
		o.Fail("width", "a part of the room of a bar expected, above 0 up to 1")
	}
	if t := o.Table("names"); t != nil {
		f.Names = names(o, t)
		if len(f.Names) == 0 || len(f.Names) != len(all[0].values) {
			o.Fail("names", "%d names for %d bars", len(f.Names), len(all[0].values))
		}
	}
	each := width / float64(len(all))
	for k, one := range all {
		s := &figure.Series{Kind: figure.Bars, Label: one.label, Style: style(o)}
		if len(all) == 1 {
			s.Label = o.Text("label", s.Label)
		}
		for i, v := range one.values {
			left := float64(one.first+i) - width/2 + float64(k)*each
			s.Boxes = append(s.Boxes, figure.Box{Left: left, Right: left + each, Y: v})
		}
		f.Series = append(f.Series[:len(f.Series):len(f.Series)], s)
	}
}

func addGrid(c *luamodule.Call, f *figure.Figure, kind figure.Kind) {
	m, ok := array.To(c.Arg(1))
	if t, isTable := c.Arg(1).(*lua.LTable); isTable {
		m, ok = matrixOf(c, t), true
	}
	if !ok || len(dense.Dims(m)) != 2 {
		c.Expected(1, "matrix", "matrix")
	}
	dims := dense.Dims(m)
	least := 1
	if kind == figure.Contour {
		least = 2
	}
	if dims[0] < least || dims[1] < least {
		c.Fail(1, "matrix", "%s has too few rows or columns", args.WithArticle(m.Kind()))
	}
	own := []string{"x", "y", "palette", "min", "max"}
	if kind == figure.Contour {
		own = append(own, "levels", "width")
	}
	o := styleOptions(c, 2, f, own...)
	z, err := dense.Floats(m.Copy())
	if err != nil {
		c.Fail(1, "matrix", "%v", err)
	}
	g := &figure.Grid{Z: z, Columns: places(c, o, "x", dims[1]), Rows: places(c, o, "y", dims[0])}
	setRange(c, o, g)
	if kind == figure.Contour {
		setLevels(c, o, g)
	}
	f.Series = append(f.Series[:len(f.Series):len(f.Series)], &figure.Series{Kind: kind, Grid: g, Style: style(o)})
}

// setRange sets the ends of the colours: the least and greatest value unless the
// options say others.
func setRange(c *luamodule.Call, o luamodule.Options, g *figure.Grid) {
	low, high := math.Inf(1), math.Inf(-1)
	for _, v := range g.Z {
		if !math.IsNaN(v) && !math.IsInf(v, 0) {
			low, high = min(low, v), max(high, v)
		}
	}
	if low > high {
		c.Fail(1, "matrix", "it has no finite number")
	}
	g.Low, g.High = o.Number("min", low), o.Number("max", high)
	if g.Low == g.High && o.Get("min") == lua.LNil && o.Get("max") == lua.LNil {
		g.Low, g.High = g.Low-0.5, g.High+0.5
	}
	if !(g.Low < g.High) || math.IsInf(g.High-g.Low, 0) {
		o.Fail("min", "the colours cannot go from %v to %v", g.Low, g.High)
	}
}

// defaultLevels is how many contour lines are drawn, if the script does not say.
const defaultLevels = 9

func setLevels(c *luamodule.Call, o luamodule.Options, g *figure.Grid) {
	n := defaultLevels
	if v := o.Get("levels"); v.Type() == lua.LTNumber {
		n = o.Whole("levels", n, 1, 1000)
	} else if v != lua.LNil {
		g.Levels = numbers(c, 2, "levels", v, "")
		for i, level := range g.Levels {
			if i > 0 && !(level > g.Levels[i-1]) || math.IsInf(level, 0) || math.IsNaN(level) {
				o.Fail("levels", "rising finite numbers expected")
			}
		}
		if len(g.Levels) == 0 {
			o.Fail("levels", "there are none")
		}
		return
	}
	for i := range n {
		g.Levels = append(g.Levels, g.Low+(g.High-g.Low)*float64(i+1)/float64(n+1))
	}
}

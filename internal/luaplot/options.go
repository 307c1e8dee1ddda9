package luaplot

import (
	"math"
	"slices"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/args"
	"github.com/mpiclus/mpiclus-lua/internal/array"
	"github.com/mpiclus/mpiclus-lua/internal/figure"
	"github.com/mpiclus/mpiclus-lua/internal/lua51/vm"
	"github.com/mpiclus/mpiclus-lua/internal/luamodule"
)

// figureOptions are those of a figure, which every function that draws takes as well.
var figureOptions = []string{"title", "xlabel", "ylabel", "xlog", "ylog", "xmin", "xmax", "ymin", "ymax", "legend", "grid"}

// setFigure sets what the options say of a figure; the rest stays.
func setFigure(f *figure.Figure, o luamodule.Options) {
	f.Title, f.XLabel, f.YLabel = o.Text("title", f.Title), o.Text("xlabel", f.XLabel), o.Text("ylabel", f.YLabel)
	f.XLog, f.YLog, f.Grid = o.Bool("xlog", f.XLog), o.Bool("ylog", f.YLog), o.Bool("grid", f.Grid)
	for name, end := range map[string]*float64{"xmin": &f.XMin, "xmax": &f.XMax, "ymin": &f.YMin, "ymax": &f.YMax} {
		*end = o.Number(name, *end)
		if o.Get(name) != lua.LNil && (math.IsNaN(*end) || math.IsInf(*end, 0)) {
			o.Fail(name, "finite number expected, got %s", args.Show(o.Get(name)))
		}
	}
	if o.Get("legend") != lua.LNil {
		f.Legend = o.Choice("legend", figure.Corners...)
	}
}

// isOptions reports whether a value is a table of options: its keys are strings.
func isOptions(v lua.LValue) bool {
	t, ok := v.(*lua.LTable)
	return ok && len(vm.Names(t)) > 0 && vm.GetInt(t, 1) == lua.LNil && vm.RawGet(t, lua.LNumber(0)) == lua.LNil
}

// styleOptions reads argument n as the options of a series, and sets those of its
// figure.
func styleOptions(c *luamodule.Call, n int, f *figure.Figure, own ...string) luamodule.Options {
	o := c.Options(n, append(own, figureOptions...)...)
	setFigure(f, o)
	return o
}

// style reads how a series looks.
func style(o luamodule.Options) figure.Style {
	s := figure.Style{Width: positive(o, "width"), Size: positive(o, "size"), Dashed: o.Bool("dashed", false), Points: o.Bool("points", false)}
	s.Shape, s.Palette = o.Choice("shape", figure.Shapes...), o.Choice("palette", figure.Palettes...)
	if name := o.Text("color", ""); o.Get("color") != lua.LNil {
		if _, err := figure.ParseColor(name); err != nil {
			o.Fail("color", "%v", err)
		}
		s.Color = name
	}
	return s
}

// positive reads a number above 0 in points, 0 for none.
func positive(o luamodule.Options, name string) float64 {
	if o.Get(name) == lua.LNil {
		return 0
	}
	v := o.Number(name, 0)
	if !(v > 0 && v <= 1000) {
		o.Fail(name, "number above 0 up to 1000 expected, got %s", args.Show(o.Get(name)))
	}
	return v
}

// names reads a list of names.
func names(o luamodule.Options, t *lua.LTable) []string {
	n, wrong := args.List(t)
	if wrong != "" {
		o.Fail("names", "%s", wrong)
	}
	all := make([]string, n)
	for i := range all {
		s, ok := vm.GetInt(t, i+1).(lua.LString)
		if !ok {
			o.Fail("names", "entry %d: %s", i+1, args.Expected("string", vm.GetInt(t, i+1)))
		}
		all[i] = strings.ToValidUTF8(string(s), "?")
	}
	return all
}

// places reads where the n columns or rows of a grid are: their places, or those of
// the first and the last; 1 to n unless they are given.
func places(c *luamodule.Call, o luamodule.Options, name string, n int) []float64 {
	v := o.Get(name)
	if v == lua.LNil {
		return counting(n, 1)
	}
	if _, isArray := array.To(v); !isArray && o.Table(name) == nil {
		return nil
	}
	all := numbers(c, 2, name, v, "")
	if len(all) == 2 && n > 2 {
		first, last := all[0], all[1]
		all = make([]float64, n)
		for i := range all {
			all[i] = first + (last-first)*float64(i)/float64(n-1)
		}
	}
	if len(all) != n {
		o.Fail(name, "%d places expected, or the first and the last, got %d", n, len(all))
	}
	rising := slices.IsSortedFunc(all, func(a, b float64) int {
		if a < b {
			return -1
		}
		return 1
	})
	if !rising || slices.ContainsFunc(all, func(v float64) bool { return math.IsNaN(v) || math.IsInf(v, 0) }) {
		o.Fail(name, "rising finite numbers expected")
	}
	return all
}

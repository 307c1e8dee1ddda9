// Package luaplot is the Lua module "plot": figures of what scripts have computed, as
// files (SVG, PNG, PDF) and as pictures of characters.
package luaplot

import (
	"context"
	"io"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/args"
	"github.com/mpiclus/mpiclus-lua/internal/figure"
	"github.com/mpiclus/mpiclus-lua/internal/interp"
	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
	"github.com/mpiclus/mpiclus-lua/internal/luamodule"
)

// module is the Lua module in one interpreter, from which it lets go while it draws.
type module struct {
	in             *interp.Interp
	draw           Draw
	figure, panels *lua.LTable // the metatables
}

// Draw writes a picture as a file of its format. It is called without the
// interpreter; ctx ends when the script is interrupted.
type Draw func(ctx context.Context, w io.Writer, p *figure.Picture) error

// Opener returns the loader of the module; draw is how files are made.
func Opener(in *interp.Interp, draw Draw) lua.LGFunction {
	return func(L *lua.LState) int {
		m := &module{in: in, draw: draw}
		m.figure = luamodule.Methods(L, "figure", append(m.addRows(), m.figureRows()...))
		m.panels = luamodule.Methods(L, "picture of panels", m.pictureRows())
		L.Push(luamodule.Table(L, "plot", m.rows(), map[string]string{
			"plot": "plot.line(x, y) draws lines", "hist": "plot.histogram(values)", "bar": "plot.bars(values)", "errorbar": "plot.errorbars(x, y, dy)",
			"imshow": "plot.heat(matrix)", "pcolormesh": "plot.heat(matrix)", "heatmap": "plot.heat(matrix)", "subplots": "plot.panels{{a, b}, {c, d}}",
			"savefig": "figure:save(path)", "save": "figure:save(path)", "show": "figure:show()", "title": "an option: plot.line(y, {title = \"…\"})",
		}))
		return 1
	}
}

// Functions, FigureMethods list what there is, for the documentation.
func Functions() []luamodule.Function { return (&module{}).rows() }

// FigureMethods lists the methods of figures that are no functions of the module.
func FigureMethods() []luamodule.Function { return (&module{}).figureRows() }

// rows lists the functions of the module: each of those that draw makes a figure.
func (m *module) rows() []luamodule.Function {
	rows := []luamodule.Function{
		{Name: "figure", Args: "[options]", Doc: "An empty figure, to which its methods add.", Run: func(c *luamodule.Call) int {
			f := figure.New()
			setFigure(f, c.Options(1, figureOptions...))
			return m.give(c, f)
		}},
		{Name: "panels", Args: "figures", Doc: "Several figures in one picture: a list of figures beside one another, or a list of such rows.", Run: m.newPanels},
	}
	for _, d := range drawers {
		rows = append(rows, luamodule.Function{Name: d.name, Args: d.args, Doc: d.doc, Run: func(c *luamodule.Call) int {
			f := figure.New()
			d.add(c, f)
			return m.give(c, f)
		}})
	}
	return rows
}

// addRows lists the methods that draw into a figure, which they give.
func (m *module) addRows() (rows []luamodule.Function) {
	for _, d := range drawers {
		rows = append(rows, luamodule.Function{Name: d.name, Args: d.args, Doc: d.doc, Run: func(c *luamodule.Call) int {
			f := *selfFigure(c)
			d.add(c, &f)
			*selfFigure(c) = f // whole, or after an error not at all
			return c.Give(c.Arg(0))
		}})
	}
	return rows
}

// selfFigure is the figure that a method was called on.
func selfFigure(c *luamodule.Call) *figure.Figure {
	if ud, ok := c.Arg(0).(*lua.LUserData); ok {
		if f, ok := ud.Value.(*figure.Figure); ok {
			return f
		}
	}
	luaerr.Raise(c.LState, luaerr.New(luaerr.Argument, "bad self to '%s' (%s: write f:%s(…))", c.Name, args.Expected("figure", c.Arg(0)), c.Name))
	return nil
}

// userdata makes what scripts see of a figure.
func (m *module) userdata(L *lua.LState, f *figure.Figure) *lua.LUserData {
	ud := L.NewUserData()
	ud.Value, ud.Metatable = f, m.figure
	return ud
}

func (m *module) give(c *luamodule.Call, f *figure.Figure) int {
	return c.Give(m.userdata(c.LState, f))
}

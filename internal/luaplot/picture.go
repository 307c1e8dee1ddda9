package luaplot

import (
	"context"
	"io"
	"path/filepath"
	"slices"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/args"
	"github.com/mpiclus/mpiclus-lua/internal/figure"
	"github.com/mpiclus/mpiclus-lua/internal/files"
	"github.com/mpiclus/mpiclus-lua/internal/lua51/vm"
	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
	"github.com/mpiclus/mpiclus-lua/internal/luamodule"
)

// picture is what a script holds of panels: rows of figures, nil for an empty place.
type picture struct{ rows [][]*figure.Figure }

// figureRows lists the methods of a figure that do not draw into it.
func (m *module) figureRows() []luamodule.Function {
	set := luamodule.Function{Name: "set", Args: "options", Doc: "Sets options of the figure.", Run: func(c *luamodule.Call) int {
		c.Table(1, "options")
		setFigure(selfFigure(c), c.Options(1, figureOptions...))
		return c.Give(c.Arg(0))
	}}
	return append([]luamodule.Function{set}, m.pictureRows()...)
}

// pictureRows lists the methods of figures and of pictures of panels.
func (m *module) pictureRows() []luamodule.Function {
	return []luamodule.Function{
		{Name: "save", Args: "path [, options]", Doc: "Writes a picture: `.svg`, `.png` or `.pdf`.", Run: m.save},
		{Name: "text", Args: "[options]", Doc: "The picture as characters.", Run: m.text},
		{Name: "show", Args: "[options]", Doc: "Prints the picture as characters.", Run: m.show},
	}
}

// panels returns the figures of what a method was called on, as they are now.
func panels(c *luamodule.Call) [][]*figure.Figure {
	if ud, ok := c.Arg(0).(*lua.LUserData); ok {
		if p, ok := ud.Value.(*picture); ok {
			rows := make([][]*figure.Figure, len(p.rows))
			for r, row := range p.rows {
				for _, f := range row {
					if f != nil {
						now := *f
						f = &now
					}
					rows[r] = append(rows[r], f)
				}
			}
			return rows
		}
	}
	now := *selfFigure(c)
	return [][]*figure.Figure{{&now}}
}

// most is how many panels a picture has at most in each direction.
const most = 20

func (m *module) newPanels(c *luamodule.Call) int {
	t := c.Table(1, "figures")
	n, wrong := args.List(t)
	if wrong != "" || n == 0 {
		c.Fail(1, "figures", "list of figures, or of rows of them, expected")
	}
	p := &picture{}
	if _, nested := vm.GetInt(t, 1).(*lua.LTable); nested {
		for i := range n {
			row, ok := vm.GetInt(t, i+1).(*lua.LTable)
			if !ok {
				c.Fail(1, "figures", "row %d: %s", i+1, args.Expected("list of figures", vm.GetInt(t, i+1)))
			}
			p.rows = append(p.rows, figuresOf(c, row))
		}
	} else {
		p.rows = append(p.rows, figuresOf(c, t))
	}
	longest := 0
	for _, row := range p.rows {
		longest = max(longest, len(row))
	}
	if longest > most || n > most || longest == 0 {
		c.Fail(1, "figures", "1 to %d rows and columns expected, got %d and %d", most, len(p.rows), longest)
	}
	for r := range p.rows {
		p.rows[r] = append(p.rows[r], make([]*figure.Figure, longest-len(p.rows[r]))...)
	}
	ud := c.NewUserData()
	ud.Value, ud.Metatable = p, m.panels
	return c.Give(ud)
}

func figuresOf(c *luamodule.Call, t *lua.LTable) (row []*figure.Figure) {
	n, wrong := args.List(t)
	if wrong != "" {
		c.Fail(1, "figures", "%s", wrong)
	}
	for i := range n {
		ud, ok := vm.GetInt(t, i+1).(*lua.LUserData)
		if ok {
			var f *figure.Figure
			if f, ok = ud.Value.(*figure.Figure); ok {
				row = append(row, f)
			}
		}
		if !ok {
			c.Fail(1, "figures", "%s", args.Expected("figure", vm.GetInt(t, i+1)))
		}
	}
	return row
}

// Sizes of a picture: of one panel, in centimetres, and of all in each direction.
const (
	panelWidth, panelHeight = 16.0, 12.0
	severalWidth            = 11.0
	severalHeight           = 8.5
	longest                 = 200.0
	mostDots                = 50_000_000 // of a PNG picture in all
	inch                    = 2.54
)

func (m *module) save(c *luamodule.Call) int {
	rows := panels(c)
	path := c.Path(1, "path")
	format := strings.ToLower(strings.TrimPrefix(filepath.Ext(path), "."))
	if !slices.Contains(figure.Formats, format) {
		c.Fail(1, "path", "%s ends in none of .%s", path, strings.Join(figure.Formats, ", ."))
	}
	o := c.Options(2, "width", "height", "dpi")
	page := figure.Page{Format: format, Width: panelWidth, Height: panelHeight}
	if len(rows) > 1 || len(rows[0]) > 1 {
		page.Width, page.Height = min(longest, severalWidth*float64(len(rows[0]))), min(longest, severalHeight*float64(len(rows)))
	}
	page.Width, page.Height, page.Dots = centimetres(o, "width", page.Width), centimetres(o, "height", page.Height), o.Whole("dpi", 150, 10, 2400)
	if dots := page.Width * page.Height / (inch * inch) * float64(page.Dots*page.Dots); format == "png" && dots > mostDots {
		o.Fail("dpi", "the picture has %.0f million dots, more than %d million", dots/1e6, mostDots/1_000_000)
	}
	err := m.in.Wait(c.LState, func(ctx context.Context) error {
		return files.Write(ctx, path, func(w io.Writer) error { return m.draw(ctx, w, &figure.Picture{Page: page, Panels: rows}) })
	})
	if err != nil {
		c.Raise(luaerr.Script, "%w", err)
	}
	return 0
}

func centimetres(o luamodule.Options, name string, otherwise float64) float64 {
	v := o.Number(name, otherwise)
	if !(v >= 2 && v <= longest) {
		o.Fail(name, "2 to %v centimetres expected, got %s", longest, args.Show(o.Get(name)))
	}
	return v
}

// characters returns the picture as text, panel beneath panel.
func (m *module) characters(c *luamodule.Call) string {
	rows := panels(c)
	o := c.Options(1, "width", "height")
	width, height := o.Whole("width", 64, 10, 1000), o.Whole("height", 16, 4, 1000)
	var text strings.Builder
	err := m.in.Wait(c.LState, func(context.Context) error {
		for _, row := range rows {
			for _, f := range row {
				if f == nil {
					continue
				}
				s, err := f.Text(width, height)
				if err != nil {
					return err
				}
				text.WriteString(s)
			}
		}
		return nil
	})
	if err != nil {
		c.Raise(luaerr.Script, "%w", err)
	}
	return text.String()
}

func (m *module) text(c *luamodule.Call) int { return c.Give(lua.LString(m.characters(c))) }

// show prints with the script's print, so that the text goes where all others do.
func (m *module) show(c *luamodule.Call) int {
	text := strings.TrimSuffix(m.characters(c), "\n")
	c.Push(c.GetGlobal("print"))
	c.Push(lua.LString(text))
	c.Call(1, 0)
	return 0
}

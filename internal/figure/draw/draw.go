package draw

import (
	"image/color"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	vgdraw "gonum.org/v1/plot/vg/draw"

	"github.com/mpiclus/mpiclus-lua/internal/figure"
)

// newPlot makes the axes, with all series in them.
func newPlot(f *figure.Figure) (*plot.Plot, error) {
	l, err := f.Limits()
	if err != nil {
		return nil, err
	}
	p := plot.New()
	p.Title.Text, p.X.Label.Text, p.Y.Label.Text = f.Title, f.XLabel, f.YLabel
	p.Title.Padding, p.X.Label.Padding, p.Y.Label.Padding = vg.Points(6), vg.Points(3), vg.Points(3)
	sans(p)
	p.X.Tick.Marker, p.Y.Tick.Marker = ticks{}, ticks{}
	if f.XLog {
		p.X.Scale, p.X.Tick.Marker = plot.LogScale{}, plot.LogTicks{Prec: -1}
	}
	if f.YLog {
		p.Y.Scale, p.Y.Tick.Marker = plot.LogScale{}, plot.LogTicks{Prec: -1}
	}
	if f.Grid {
		grid := plotter.NewGrid()
		grid.Vertical.Color, grid.Horizontal.Color = color.Gray{220}, color.Gray{220}
		p.Add(grid)
	}
	for i, s := range f.Series {
		if err := add(f, p, s, i); err != nil {
			return nil, err
		}
	}
	if f.Names != nil {
		p.NominalX(append([]string{""}, f.Names...)...) // its first name is that of 0
		p.Y.Padding = vg.Points(5)
	}
	p.X.Min, p.X.Max, p.Y.Min, p.Y.Max = l.Left, l.Right, l.Low, l.High
	p.Legend.Top = f.Legend != "bottom right" && f.Legend != "bottom left"
	p.Legend.Left = f.Legend == "top left" || f.Legend == "bottom left"
	p.Legend.Padding, p.Legend.YOffs = vg.Points(2), vg.Points(-4)
	p.Legend.XOffs = vg.Points(-6)
	if p.Legend.Left {
		p.Legend.XOffs = vg.Points(6)
	}
	if !p.Legend.Top {
		p.Legend.YOffs = vg.Points(4)
	}
	return p, nil
}

// sans has all text of a plot be without serifs.
func sans(p *plot.Plot) {
	for _, style := range []*vgdraw.TextStyle{&p.Title.TextStyle, &p.X.Label.TextStyle, &p.Y.Label.TextStyle, &p.X.Tick.Label, &p.Y.Tick.Label, &p.Legend.TextStyle} {
		style.Font.Variant = "Sans"
	}
	p.Legend.TextStyle.Font.Size = 10
}

// add adds the series with a number, and its line of the legend.
func add(f *figure.Figure, p *plot.Plot, s *figure.Series, number int) error {
	c := colorOf(s, number)
	var thumbs []plot.Thumbnailer
	switch s.Kind {
	case figure.Line:
		thumbs = addLine(f, p, s, c)
	case figure.Scatter:
		thumbs = append(thumbs, addPoints(f, p, s, c))
	case figure.Errors:
		if err := addErrors(f, p, s, c); err != nil {
			return err
		}
		thumbs = append(thumbs, addPoints(f, p, s, c))
	case figure.Bars:
		b := &bars{boxes: s.Boxes, fill: c, log: f.YLog}
		p.Add(b)
		thumbs = append(thumbs, b)
	case figure.Heat:
		h := plotter.NewHeatMap(cells{s.Grid}, colorMap(s.Style.Palette, s.Grid.Low, s.Grid.High).Palette(255))
		h.Min, h.Max = s.Grid.Low, s.Grid.High
		// As one image where that is right: the fields are equally wide.
		h.Rasterized = even(s.Grid) && !f.XLog && !f.YLog
		p.Add(h)
	case figure.Contour:
		m := colorMap(s.Style.Palette, s.Grid.Low, s.Grid.High)
		k := plotter.NewContour(cells{s.Grid}, s.Grid.Levels, m.Palette(255))
		k.LineStyles = []vgdraw.LineStyle{lineStyle(s, color.Black)}
		p.Add(k)
	}
	if s.Label != "" && f.Legend != "none" && thumbs != nil {
		p.Legend.Add(s.Label, thumbs...)
	}
	return nil
}

func lineStyle(s *figure.Series, c color.Color) vgdraw.LineStyle {
	style := vgdraw.LineStyle{Color: c, Width: vg.Points(either(s.Style.Width, 1.5))}
	if s.Style.Dashed {
		style.Dashes = []vg.Length{vg.Points(5), vg.Points(3)}
	}
	return style
}

func either(v, otherwise float64) float64 {
	if v == 0 {
		return otherwise
	}
	return v
}

// addLine adds a line for each run of points between two gaps.
func addLine(f *figure.Figure, p *plot.Plot, s *figure.Series, c color.Color) []plot.Thumbnailer {
	style := lineStyle(s, c)
	for _, run := range f.Runs(s) {
		p.Add(&plotter.Line{XYs: places(run), LineStyle: style})
	}
	thumbs := []plot.Thumbnailer{&plotter.Line{LineStyle: style}}
	if s.Style.Points {
		thumbs = append(thumbs, addPoints(f, p, s, c))
	}
	return thumbs
}

// places shows points to gonum.
func places(run []figure.Point) plotter.XYs {
	xy := make(plotter.XYs, len(run))
	for i, p := range run {
		xy[i] = plotter.XY(p)
	}
	return xy
}

func addPoints(f *figure.Figure, p *plot.Plot, s *figure.Series, c color.Color) plot.Thumbnailer {
	shape := s.Style.Shape
	if shape == "" {
		shape = figure.Shapes[0]
	}
	points := &plotter.Scatter{GlyphStyle: vgdraw.GlyphStyle{Color: c, Radius: vg.Points(either(s.Style.Size, 3)) / 2 * 1.4, Shape: glyphs[shape]}}
	for _, run := range f.Runs(s) {
		points.XYs = append(points.XYs, places(run)...)
	}
	p.Add(points)
	return points
}

// addErrors adds the error bars; on a logarithmic axis those that reach 0 end at the
// axis.
func addErrors(f *figure.Figure, p *plot.Plot, s *figure.Series, c color.Color) error {
	l, err := f.Limits()
	if err != nil {
		return err
	}
	style, capWidth := lineStyle(s, c), vg.Points(5)
	style.Width = vg.Points(either(s.Style.Width, 1))
	var at plotter.XYs
	var dx plotter.XErrors
	var dy plotter.YErrors
	reach := func(v, d, end float64, log bool) struct{ Low, High float64 } {
		switch {
		case !figure.Shown(d, false):
			return struct{ Low, High float64 }{}
		case log && v-d <= 0:
			return struct{ Low, High float64 }{v - min(v, end), d}
		}
		return struct{ Low, High float64 }{d, d}
	}
	for i := range s.X {
		x, y := s.X[i], s.Y[i]
		if !figure.Shown(x, f.XLog) || !figure.Shown(y, f.YLog) {
			continue
		}
		at = append(at, plotter.XY{X: x, Y: y})
		if s.DX != nil {
			dx = append(dx, reach(x, s.DX[i], l.Left, f.XLog))
		}
		if s.DY != nil {
			dy = append(dy, reach(y, s.DY[i], l.Low, f.YLog))
		}
	}
	if s.DX != nil {
		p.Add(&plotter.XErrorBars{XYs: at, XErrors: dx, LineStyle: style, CapWidth: capWidth})
	}
	if s.DY != nil {
		p.Add(&plotter.YErrorBars{XYs: at, YErrors: dy, LineStyle: style, CapWidth: capWidth})
	}
	return nil
}

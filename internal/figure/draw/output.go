// Package draw makes files of figures, through gonum.org/v1/plot. It is linked into a
// program of its own (cmd/mpiclus-lua-plot): the fonts of gonum are 7 MB, and reading
// them takes each start some milliseconds.
package draw

import (
	"bufio"
	"fmt"
	"io"

	"github.com/vmihailenco/msgpack/v5"
	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	vgdraw "gonum.org/v1/plot/vg/draw"

	"github.com/mpiclus/mpiclus-lua/internal/figure"
	"gonum.org/v1/plot/vg/vgimg"
	"gonum.org/v1/plot/vg/vgpdf"
	"gonum.org/v1/plot/vg/vgsvg"
)

// Serve reads a picture in MessagePack and writes its file: what the program does that
// draws.
func Serve(r io.Reader, w io.Writer) error {
	var p figure.Picture
	if err := msgpack.NewDecoder(bufio.NewReader(r)).Decode(&p); err != nil {
		return fmt.Errorf("no picture on standard input: %w", err)
	}
	out := bufio.NewWriter(w)
	if err := Write(out, &p); err != nil {
		return err
	}
	return out.Flush()
}

// Write draws a picture in the format that its page says.
func Write(w io.Writer, p *figure.Picture) (err error) {
	page := p.Page
	defer func() { // gonum panics on what it does not draw
		if wrong := recover(); wrong != nil {
			err = fmt.Errorf("the figure cannot be drawn: %v", wrong)
		}
	}()
	width, height := vg.Length(page.Width)*vg.Centimeter, vg.Length(page.Height)*vg.Centimeter
	var canvas vg.CanvasWriterTo
	switch page.Format {
	case "svg":
		canvas = vgsvg.New(width, height)
	case "png":
		canvas = vgimg.PngCanvas{Canvas: vgimg.NewWith(vgimg.UseWH(width, height), vgimg.UseDPI(page.Dots))}
	case "pdf":
		canvas = vgpdf.New(width, height)
	default:
		return fmt.Errorf("no format %q", page.Format)
	}
	if err := drawAll(vgdraw.New(canvas), p.Panels); err != nil {
		return err
	}
	_, err = canvas.WriteTo(w)
	return err
}

// barWidth is the room for the scale of colours beside a heat map.
const barWidth = vg.Length(60)

// drawAll draws the panels in rows and columns whose axes are in line.
func drawAll(c vgdraw.Canvas, panels [][]*figure.Figure) error {
	tiles := vgdraw.Tiles{Rows: len(panels), Cols: len(panels[0]), PadTop: vg.Points(6), PadBottom: vg.Points(4), PadLeft: vg.Points(4), PadRight: vg.Points(10), PadX: vg.Points(14), PadY: vg.Points(14)}
	plots := make([][]*plot.Plot, len(panels))
	scales := false
	for r, row := range panels {
		plots[r] = make([]*plot.Plot, len(row))
		for k, f := range row {
			if f == nil {
				continue
			}
			p, err := newPlot(f)
			if err != nil {
				return err
			}
			plots[r][k], scales = p, scales || scaleOf(f) != nil
		}
	}
	var aligned [][]vgdraw.Canvas
	if !scales {
		aligned = plot.Align(plots, tiles, c)
	}
	for r, row := range plots {
		for k, p := range row {
			switch {
			case p == nil:
			case scales:
				drawWithScale(tiles.At(c, k, r), p, scaleOf(panels[r][k]))
			default:
				p.Draw(aligned[r][k])
			}
		}
	}
	return nil
}

// scaleOf returns the first series of a figure whose colours stand for values.
func scaleOf(f *figure.Figure) *figure.Series {
	for _, s := range f.Series {
		if s.Grid != nil {
			return s
		}
	}
	return nil
}

// drawWithScale draws a panel, and beside it the scale of colours of a series, if
// there is one.
func drawWithScale(c vgdraw.Canvas, p *plot.Plot, s *figure.Series) {
	if s == nil {
		p.Draw(c)
		return
	}
	area := vgdraw.Crop(c, 0, -barWidth, 0, 0)
	p.Draw(area)
	inner := p.DataCanvas(area)
	b := plot.New()
	sans(b)
	b.Y.Tick.Marker = ticks{}
	b.Add(&plotter.ColorBar{ColorMap: colorMap(s.Style.Palette, s.Grid.Low, s.Grid.High), Vertical: true, Colors: 255})
	b.HideX()
	b.X.Padding, b.Y.Padding = 0, 0
	place := c
	place.Min.X = c.Max.X - barWidth + vg.Points(10)
	// The bar is as high as the data beside it, without what its numbers reach beyond.
	place.Min.Y, place.Max.Y = inner.Min.Y, inner.Max.Y
	grown := b.DataCanvas(place)
	place.Min.Y -= grown.Min.Y - inner.Min.Y
	place.Max.Y += inner.Max.Y - grown.Max.Y
	b.Draw(place)
}

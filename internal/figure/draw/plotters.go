package draw

import (
	"image/color"
	"math"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	vgdraw "gonum.org/v1/plot/vg/draw"

	"github.com/mpiclus/mpiclus-lua/internal/figure"
)

// bars draws boxes that stand on the x axis, or hang from it: gonum's bars have one
// width for all, and its histograms none on logarithmic axes.
type bars struct {
	boxes []figure.Box
	fill  color.Color
	log   bool
}

// edge is the line around a bar.
var edge = vgdraw.LineStyle{Color: color.White, Width: vg.Points(0.5)}

// Plot is that of plot.Plotter.
func (b *bars) Plot(c vgdraw.Canvas, p *plot.Plot) {
	x, y := p.Transforms(&c)
	foot := y(p.Y.Min)
	if !b.log && p.Y.Min < 0 {
		foot = y(math.Min(0, p.Y.Max))
	}
	for _, box := range b.boxes {
		if !figure.Shown(box.Y, b.log) || box.Y == 0 {
			continue
		}
		left, right, top := x(box.Left), x(box.Right), y(box.Y)
		corners := c.ClipPolygonXY([]vg.Point{{X: left, Y: foot}, {X: left, Y: top}, {X: right, Y: top}, {X: right, Y: foot}})
		if len(corners) > 2 {
			c.FillPolygon(b.fill, corners)
			c.StrokeLines(edge, append(corners, corners[0]))
		}
	}
}

// Thumbnail is that of plot.Thumbnailer.
func (b *bars) Thumbnail(c *vgdraw.Canvas) {
	c.FillPolygon(b.fill, []vg.Point{c.Min, {X: c.Min.X, Y: c.Max.Y}, c.Max, {X: c.Max.X, Y: c.Min.Y}})
}

// cells shows a grid to gonum.
type cells struct{ *figure.Grid }

// Dims is the number of columns and of rows.
func (g cells) Dims() (c, r int) { return len(g.Columns), len(g.Grid.Rows) }

// Z is the value in a column and row; what is beyond the ends of the colours has the
// colour of the end.
func (g cells) Z(c, r int) float64 {
	if z := g.At(c, r); !math.IsNaN(z) {
		return min(max(z, g.Low), g.High)
	}
	return math.NaN()
}

// X is where a column is.
func (g cells) X(c int) float64 { return g.Columns[c] }

// Y is where a row is.
func (g cells) Y(r int) float64 { return g.Grid.Rows[r] }

// even reports whether columns and rows have equal distances.
func even(g *figure.Grid) bool {
	for _, places := range [][]float64{g.Columns, g.Rows} {
		if len(places) < 3 {
			continue
		}
		step := (places[len(places)-1] - places[0]) / float64(len(places)-1)
		for i, v := range places {
			if math.Abs(v-places[0]-float64(i)*step) > 1e-6*step {
				return false
			}
		}
	}
	return true
}

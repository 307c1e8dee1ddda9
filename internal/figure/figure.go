// Package figure is what a plot is made of: lines, points, bars, error bars, heat maps and contours,
// with axes, legends and panels, as a picture of characters for terminals. Package
// figure/draw makes files of them.
package figure

import (
	"fmt"
	"math"
)

// Figure is one panel: axes with series in them. Nothing changes it while it is
// drawn.
type Figure struct {
	Title, XLabel, YLabel  string
	XLog, YLog             bool
	XMin, XMax, YMin, YMax float64 // of the axes; NaN: as the data needs it
	Legend                 string  // its corner, one of Corners
	Grid                   bool
	Names                  []string // of the places 1, 2, … on the x axis, nil for numbers
	Series                 []*Series
}

// Corners are the places of a legend; "none" is for no legend.
var Corners = []string{"top right", "top left", "bottom right", "bottom left", "none"}

// New makes a figure without series.
func New() *Figure {
	nan := math.NaN()
	return &Figure{XMin: nan, XMax: nan, YMin: nan, YMax: nan, Legend: Corners[0]}
}

// Kind is how a series is drawn.
type Kind int

// The kinds of series, and what they take: Line, Scatter and Errors X and Y, Bars
// Boxes, Heat and Contour a Grid.
const (
	Line Kind = iota
	Scatter
	Errors
	Bars
	Heat
	Contour
)

// Series is what is drawn in one style. A point with NaN, or with what a logarithmic
// axis does not have, is left out; a line has a gap there.
type Series struct {
	Kind   Kind
	Label  string // in the legend, "" for none
	X, Y   []float64
	DX, DY []float64 // how far error bars reach to both sides, nil for none
	Boxes  []Box
	Grid   *Grid
	Style  Style
}

// Box is a bar: from the x axis, or from 0, to the height Y.
type Box struct{ Left, Right, Y float64 }

// Grid has a value for each pair of a column and a row, which goes up the y axis.
type Grid struct {
	Z         []float64 // row by row
	Columns   []float64 // where they are on the x axis, rising
	Rows      []float64 // on the y axis, rising
	Low, High float64   // the ends of the colours
	Levels    []float64 // of contour lines, rising
}

// At returns the value in a column and row.
func (g *Grid) At(column, row int) float64 { return g.Z[row*len(g.Columns)+column] }

// Limits are the ends of both axes.
type Limits struct{ Left, Right, Low, High float64 }

// Shown reports whether a place on an axis can be drawn.
func Shown(v float64, log bool) bool {
	return !math.IsNaN(v) && !math.IsInf(v, 0) && (!log || v > 0)
}

// Limits returns the ends of the axes: those that were set, others by the data.
// Nothing that can be drawn is an error, and so is an end that the axis does not have.
func (f *Figure) Limits() (Limits, error) {
	x, y := axis{log: f.XLog}, axis{log: f.YLog}
	for _, s := range f.Series {
		s.extend(&x, &y)
	}
	var l Limits
	if !x.any && (math.IsNaN(f.XMin+f.XMax) || math.IsNaN(f.YMin+f.YMax)) {
		logarithmic := axis{log: f.XLog || f.YLog}
		return l, fmt.Errorf("there is nothing to draw%s", logarithmic.why())
	}
	var err error
	if l.Left, l.Right, err = x.ends("x", f.XMin, f.XMax); err != nil {
		return l, err
	}
	l.Low, l.High, err = y.ends("y", f.YMin, f.YMax)
	return l, err
}

// headroom is how far an axis goes beyond the highest bar.
const headroom = 1.04

// extend has both axes hold the series.
func (s *Series) extend(x, y *axis) {
	for i := range s.X {
		if !Shown(s.X[i], x.log) || !Shown(s.Y[i], y.log) {
			continue
		}
		x.hold(s.X[i])
		y.hold(s.Y[i])
		if s.DX != nil {
			x.hold(s.X[i] - s.DX[i])
			x.hold(s.X[i] + s.DX[i])
		}
		if s.DY != nil {
			y.hold(s.Y[i] - s.DY[i])
			y.hold(s.Y[i] + s.DY[i])
		}
	}
	for _, b := range s.Boxes {
		if Shown(b.Y, y.log) {
			x.hold(b.Left)
			x.hold(b.Right)
			y.hold(0)
			y.hold(b.Y * headroom)
		}
	}
	if g := s.Grid; g != nil {
		half := 0.0
		if s.Kind == Heat {
			half = 0.5 // its fields lie around their places
		}
		for _, side := range []struct {
			a      *axis
			places []float64
		}{{x, g.Columns}, {y, g.Rows}} {
			n := len(side.places)
			first, last := 1.0, 1.0
			if n > 1 {
				first, last = side.places[1]-side.places[0], side.places[n-1]-side.places[n-2]
			}
			side.a.hold(side.places[0] - half*first)
			side.a.hold(side.places[n-1] + half*last)
		}
	}
}

// axis gathers what an axis is to hold.
type axis struct {
	log       bool
	low, high float64
	any       bool
}

func (a *axis) hold(v float64) {
	switch {
	case !Shown(v, a.log):
	case !a.any:
		a.low, a.high, a.any = v, v, true
	default:
		a.low, a.high = min(a.low, v), max(a.high, v)
	}
}

// ends returns the ends of the axis; low and high are what was set, or NaN.
func (a *axis) ends(name string, low, high float64) (float64, float64, error) {
	for _, end := range []float64{low, high} {
		if !math.IsNaN(end) && !Shown(end, a.log) {
			return 0, 0, fmt.Errorf("the %s axis cannot end at %v%s", name, end, a.why())
		}
	}
	from, to := a.widened()
	if !math.IsNaN(low) {
		from = low
	}
	if !math.IsNaN(high) {
		to = high
	}
	if from >= to {
		return 0, 0, fmt.Errorf("the %s axis cannot go from %v to %v", name, from, to)
	}
	return from, to, nil
}

// widened returns ends that are not the same, of a logarithmic axis powers of ten.
func (a *axis) widened() (low, high float64) {
	if a.log {
		low, high = math.Pow(10, math.Floor(math.Log10(a.low))), math.Pow(10, math.Ceil(math.Log10(a.high)))
		if low == high {
			high *= 10
		}
		return low, high
	}
	if a.low < a.high {
		return a.low, a.high
	}
	by := max(1, math.Abs(a.low)*0.05)
	return a.low - by, a.high + by
}

// why says what a logarithmic axis does not have.
func (a *axis) why() string {
	if a.log {
		return ": a logarithmic axis has numbers above 0 alone"
	}
	return ""
}

// Point is a place of a series.
type Point struct{ X, Y float64 }

// Runs cuts a series where a point cannot be drawn.
func (f *Figure) Runs(s *Series) (runs [][]Point) {
	var run []Point
	for i := range s.X {
		if Shown(s.X[i], f.XLog) && Shown(s.Y[i], f.YLog) {
			run = append(run, Point{s.X[i], s.Y[i]})
		} else if run != nil {
			runs, run = append(runs, run), nil
		}
	}
	if run != nil {
		runs = append(runs, run)
	}
	return runs
}

package figure

import (
	"math"
	"slices"
	"unicode/utf8"
)

// screen is what a picture of characters is drawn on: each character has 2 × 4 dots
// (those of Braille, Unicode block U+2800).
type screen struct {
	f             *Figure
	x, y          scale
	width, height int
	margin        int    // of the numbers on the left
	dots          []byte // of each character, as Braille has them
	chars         []rune // in place of dots, where not 0
	pen           rune
	fine          bool // dots, not the pen
}

func newScreen(f *Figure, l Limits, width, height int) *screen {
	s := &screen{f: f, width: width, height: height, dots: make([]byte, width*height), chars: make([]rune, width*height)}
	s.x = scale{l.Left, l.Right, f.XLog, 2 * width}
	s.y = scale{l.Low, l.High, f.YLog, 4 * height}
	for _, v := range []float64{l.Low, l.High, s.rowValue(s.middle())} {
		s.margin = max(s.margin, utf8.RuneCountInString(short(v)))
	}
	return s
}

// middle is the row whose value stands beside it.
func (s *screen) middle() int { return (s.height - 1) / 2 }

// rowValue returns the value in the middle of a row, from the top.
func (s *screen) rowValue(r int) float64 {
	return s.y.value(float64(s.y.dots-1) - float64(4*r) - 1.5)
}

// braille has the bit of each dot of a character, by row and column.
var braille = [4][2]byte{{0x01, 0x08}, {0x02, 0x10}, {0x04, 0x20}, {0x40, 0x80}}

// row returns the characters of a row, from the top.
func (s *screen) row(r int) string {
	line := make([]rune, s.width)
	for k := range line {
		switch at := r*s.width + k; {
		case s.chars[at] != 0:
			line[k] = s.chars[at]
		case s.dots[at] != 0:
			line[k] = 0x2800 + rune(s.dots[at])
		default:
			line[k] = ' '
		}
	}
	return string(line)
}

// dot draws one dot, y from the bottom.
func (s *screen) dot(x, y float64) {
	i, j := int(math.Round(x)), s.y.dots-1-int(math.Round(y))
	if i < 0 || j < 0 || i >= s.x.dots || j >= s.y.dots {
		return
	}
	at := j/4*s.width + i/2
	if s.fine {
		s.dots[at] |= braille[j%4][i%2]
	} else {
		s.chars[at] = s.pen
	}
}

// segment draws a straight line between two places.
func (s *screen) segment(x0, y0, x1, y1 float64) {
	// What is far outside of the screen takes no more steps than what is inside.
	steps := min(math.Max(math.Abs(x1-x0), math.Abs(y1-y0)), float64(16*(s.x.dots+s.y.dots)))
	n := max(1, int(math.Ceil(steps)))
	for k := range n + 1 {
		t := float64(k) / float64(n)
		s.dot(x0+t*(x1-x0), y0+t*(y1-y0))
	}
}

// series draws one series.
func (s *screen) series(one *Series) {
	switch one.Kind {
	case Line:
		for _, run := range s.f.Runs(one) {
			s.dot(s.x.place(run[0].X), s.y.place(run[0].Y))
			for i := 1; i < len(run); i++ {
				s.segment(s.x.place(run[i-1].X), s.y.place(run[i-1].Y), s.x.place(run[i].X), s.y.place(run[i].Y))
			}
		}
	case Scatter, Errors:
		s.points(one)
	case Bars:
		s.bars(one)
	case Heat, Contour:
		s.grid(one)
	}
}

// points draws points, with their error bars.
func (s *screen) points(one *Series) {
	for i := range one.X {
		if !Shown(one.X[i], s.f.XLog) || !Shown(one.Y[i], s.f.YLog) {
			continue
		}
		x, y := s.x.place(one.X[i]), s.y.place(one.Y[i])
		s.dot(x, y)
		if one.DY != nil && Shown(one.DY[i], false) {
			s.segment(x, s.y.place(max(one.Y[i]-one.DY[i], s.y.low)), x, s.y.place(one.Y[i]+one.DY[i]))
		}
		if one.DX != nil && Shown(one.DX[i], false) {
			s.segment(s.x.place(max(one.X[i]-one.DX[i], s.x.low)), y, s.x.place(one.X[i]+one.DX[i]), y)
		}
	}
}

// bars fills boxes: with eighths of a character where they end, if they are alone.
func (s *screen) bars(one *Series) {
	foot := 0.0
	if !s.f.YLog {
		foot = s.y.place(min(max(0, s.y.low), s.y.high))
	}
	for _, b := range one.Boxes {
		if !Shown(b.Y, s.f.YLog) || b.Y == 0 {
			continue
		}
		// The dots whose middle is in the box, at least one.
		left, right := math.Ceil(s.x.place(b.Left)), math.Ceil(s.x.place(b.Right))-1
		from, to := foot, s.y.place(b.Y)
		if from > to {
			from, to = to, from
		}
		for x := max(left, 0); x <= min(max(left, right), float64(s.x.dots-1)); x++ {
			for y := max(from, 0); y <= min(to, float64(s.y.dots-1)); y++ {
				s.dot(x, y)
			}
		}
	}
}

// shades are the characters of values from low to high.
var shades = []rune(" ·░▒▓█")

// grid fills the screen by the values of a grid; one with levels has a shade for what
// is between two of them.
func (s *screen) grid(one *Series) {
	g := one.Grid
	for r := range s.height {
		for k := range s.width {
			x, y := s.x.value(float64(2*k)+0.5), s.rowValue(r)
			z := g.At(nearestPlace(g.Columns, x), nearestPlace(g.Rows, y))
			if math.IsNaN(z) {
				continue
			}
			part := (z - g.Low) / (g.High - g.Low)
			if one.Kind == Contour {
				below, _ := slices.BinarySearch(g.Levels, z)
				part = float64(below) / float64(len(g.Levels))
			}
			s.chars[r*s.width+k] = shades[min(max(int(part*float64(len(shades))), 0), len(shades)-1)]
		}
	}
}

// nearestPlace returns which of rising places is nearest to v.
func nearestPlace(places []float64, v float64) int {
	i, _ := slices.BinarySearch(places, v)
	switch {
	case i == len(places):
		return i - 1
	case i > 0 && v-places[i-1] < places[i]-v:
		return i - 1
	}
	return i
}

package figure

import (
	"math"
	"strings"
	"testing"
	"unicode/utf8"
)

// TestHistogram has numpy.histogram as its oracle.
func TestHistogram(t *testing.T) {
	values := []float64{3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, math.NaN(), math.Inf(1)}
	boxes, err := Histogram(values, 4, false)
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []float64{3, 3, 4, 1} { // np.histogram(values[:11], 4)[0]
		if boxes[i].Y != want || boxes[i].Left != 1+2*float64(i) || boxes[i].Right != 3+2*float64(i) {
			t.Errorf("bin %d is %v, want %v", i, boxes[i], want)
		}
	}
	boxes, _ = Histogram(values, 0, true)
	area := 0.0
	for _, b := range boxes {
		area += b.Y * (b.Right - b.Left)
	}
	if len(boxes) != 5 || math.Abs(area-1) > 1e-12 { // len(np.histogram_bin_edges(values[:11], "auto")) - 1
		t.Errorf("%d bins with the area %v", len(boxes), area)
	}
	if boxes, err = Histogram([]float64{7, 7}, 0, false); err != nil || boxes[0].Left != 6.5 || boxes[len(boxes)-1].Right != 7.5 {
		t.Error(boxes, err)
	}
	if _, err := Histogram([]float64{math.NaN()}, 3, false); err == nil {
		t.Error("no error without values")
	}
}

func TestLimits(t *testing.T) {
	f := New()
	f.Series = []*Series{{X: []float64{1, 2, 3}, Y: []float64{-5, 20, math.NaN()}}}
	for _, c := range []struct {
		set  func()
		want Limits
	}{
		{func() {}, Limits{1, 2, -5, 20}},
		{func() { f.YLog = true }, Limits{1, 3, 10, 100}}, // one point is left, around which the axis goes
		{func() { f.XMin, f.XMax, f.YMin = 0, 9, 7 }, Limits{0, 9, 7, 100}},
	} {
		c.set()
		got, err := f.Limits()
		if f.YLog && math.IsNaN(f.XMin) {
			c.want.Left, c.want.Right = 1, 3
		}
		if err != nil || got != c.want {
			t.Errorf("got %v, %v, want %v", got, err, c.want)
		}
	}
	f.YMin = -1
	if _, err := f.Limits(); err == nil || !strings.Contains(err.Error(), "the y axis cannot end at -1") {
		t.Error(err)
	}
	f.YMin, f.XMin = 1, 9
	if _, err := f.Limits(); err == nil || !strings.Contains(err.Error(), "the x axis cannot go from 9 to 9") {
		t.Error(err)
	}
}

// TestText: a straight line is drawn from corner to corner, and no line is wider than
// it may be.
func TestText(t *testing.T) {
	f := New()
	f.Series = []*Series{{X: []float64{0, 1}, Y: []float64{0, 1}}}
	text, err := f.Text(10, 5)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(text, "\n")
	if !strings.HasSuffix(lines[0], "⠔⠊") && !strings.HasSuffix(lines[0], "⡠⠊") || !strings.HasPrefix(lines[4], "  0┤") || lines[5] != "   └"+strings.Repeat("─", 10) {
		t.Errorf("\n%s", text)
	}
	for _, line := range lines {
		if utf8.RuneCountInString(line) > 16 {
			t.Errorf("%q is too wide", line)
		}
	}
	// What is far outside takes no time.
	f.XMin, f.XMax, f.YMin, f.YMax = 0, 1, 0, 1
	f.Series = []*Series{{X: []float64{0, 1e300}, Y: []float64{-1e300, 1e300}}}
	if _, err := f.Text(1000, 1000); err != nil {
		t.Error(err)
	}
}

func TestParseColor(t *testing.T) {
	if c, err := ParseColor("#0a0B10"); err != nil || c != [3]uint8{10, 11, 16} {
		t.Error(c, err)
	}
	for _, s := range []string{"", "#12345", "#1234567", "#12345g", "bleu"} {
		if _, err := ParseColor(s); err == nil {
			t.Errorf("%q is a colour", s)
		}
	}
}

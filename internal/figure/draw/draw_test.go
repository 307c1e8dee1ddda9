package draw

import (
	"bytes"
	"encoding/xml"
	"errors"
	"image/png"
	"io"
	"math"
	"strings"
	"testing"

	"github.com/mpiclus/mpiclus-lua/internal/figure"
)

// all has a series of each kind.
func all() []*figure.Series {
	x, y := []float64{1, 2, 3, 4}, []float64{1, math.NaN(), 30, math.Inf(1)}
	grid := &figure.Grid{Z: []float64{0, 1, 2, 3, math.NaN(), 5}, Columns: []float64{1, 2, 4}, Rows: []float64{1, 2}, High: 5, Levels: []float64{1, 2, 4}}
	return []*figure.Series{
		{Kind: figure.Line, X: x, Y: y, Label: "line & points", Style: figure.Style{Points: true, Dashed: true}},
		{Kind: figure.Scatter, X: x, Y: y, Label: "points"},
		{Kind: figure.Errors, X: x, Y: y, DX: []float64{1, 1, 1, 1}, DY: []float64{5, 1, math.NaN(), 1}},
		{Kind: figure.Bars, Boxes: []figure.Box{{Left: 0.5, Right: 1.5, Y: 3}, {Left: 1.5, Right: 2.5, Y: 0}, {Left: 2.5, Right: 3.5, Y: math.NaN()}}, Label: "bars"},
		{Kind: figure.Heat, Grid: grid},
		{Kind: figure.Contour, Grid: grid},
	}
}

// TestFormats: each kind of series is drawn on linear and logarithmic axes in each
// format, alone and with all others.
func TestFormats(t *testing.T) {
	series := all()
	sets := [][]*figure.Series{series}
	for _, s := range series {
		sets = append(sets, []*figure.Series{s})
	}
	for i, set := range sets {
		for _, log := range []bool{false, true} {
			for _, format := range figure.Formats {
				if i > 0 && format == "pdf" {
					continue // its fonts take long
				}
				f := figure.New()
				f.Title, f.XLog, f.YLog, f.Series = "A <title>", log, log, set
				var out bytes.Buffer
				p := &figure.Picture{Page: figure.Page{Format: format, Width: 10, Height: 8, Dots: 50}, Panels: [][]*figure.Figure{{f, nil}}}
				if err := Write(&out, p); err != nil {
					t.Errorf("%d, %s, logarithmic %v: %v", i, format, log, err)
				} else {
					check(t, format, out.Bytes())
				}
			}
		}
	}
}

// check wants a whole file of the format.
func check(t *testing.T, format string, file []byte) {
	t.Helper()
	switch format {
	case "svg":
		d := xml.NewDecoder(bytes.NewReader(file))
		var text strings.Builder
		for {
			token, err := d.Token()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
			if s, ok := token.(xml.CharData); ok {
				text.Write(s)
			}
		}
		if !strings.Contains(text.String(), "A <title>") {
			t.Error("the title is not in the picture")
		}
	case "png":
		m, err := png.Decode(bytes.NewReader(file))
		if err != nil {
			t.Fatal(err)
		}
		if w := m.Bounds().Dx(); w < 196 || w > 198 { // 10 cm at 50 dots an inch
			t.Errorf("the picture is %d dots wide", w)
		}
	case "pdf":
		if !bytes.HasPrefix(file, []byte("%PDF-")) || !bytes.Contains(file, []byte("%%EOF")) {
			t.Error("no PDF")
		}
	}
}

// TestRefused: what cannot be drawn is an error, and no panic.
func TestRefused(t *testing.T) {
	empty, negative := figure.New(), figure.New()
	negative.YLog = true
	negative.Series = []*figure.Series{{X: []float64{1}, Y: []float64{-1}}}
	for want, f := range map[string]*figure.Figure{"nothing to draw": empty, "numbers above 0 alone": negative} {
		err := Write(io.Discard, &figure.Picture{Page: figure.Page{Format: "svg", Width: 10, Height: 8}, Panels: [][]*figure.Figure{{f}}})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
	if err := Write(io.Discard, &figure.Picture{Page: figure.Page{Format: "svg", Width: 10, Height: 8}}); err == nil {
		t.Error("no error without panels")
	}
	if err := Serve(strings.NewReader("x"), io.Discard); err == nil {
		t.Error("no error without a picture")
	}
}

// TestTicks: three to eight marks have labels that are read as their values.
func TestTicks(t *testing.T) {
	for _, ends := range [][2]float64{{0, 1}, {0, 10}, {-1, 1}, {0.001, 0.0013}, {1e8, 1.5e8}, {-273.15, 1000}, {5, 5.0001}, {0, 1.99}, {1e-12, 3e-12}, {1e15, 1e15 + 1}} {
		var labels []string
		for _, tick := range (ticks{}).Ticks(ends[0], ends[1]) {
			if tick.Value < ends[0]-1e-9 || tick.Value > ends[1]+1e-9 {
				t.Errorf("%v: a mark at %v", ends, tick.Value)
			}
			if tick.Label != "" {
				labels = append(labels, tick.Label)
			}
		}
		if len(labels) < 2 || len(labels) > 8 {
			t.Errorf("%v: %v", ends, labels)
		}
	}
}

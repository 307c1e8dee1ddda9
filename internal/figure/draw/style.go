package draw

import (
	"image/color"

	"gonum.org/v1/plot/palette"
	"gonum.org/v1/plot/palette/moreland"
	vgdraw "gonum.org/v1/plot/vg/draw"

	"github.com/mpiclus/mpiclus-lua/internal/figure"
)

// colorOf returns the colour of the series with a number.
func colorOf(s *figure.Series, number int) color.Color {
	name := s.Style.Color
	if name == "" {
		name = figure.Turn[number%len(figure.Turn)]
	}
	c, err := figure.ParseColor(name)
	if err != nil {
		return color.Black // it was read before the figure was made
	}
	return color.RGBA{c[0], c[1], c[2], 255}
}

// glyphs are figure.Shapes.
var glyphs = map[string]vgdraw.GlyphDrawer{
	"circle": vgdraw.CircleGlyph{}, "ring": vgdraw.RingGlyph{}, "square": vgdraw.BoxGlyph{}, "triangle": vgdraw.PyramidGlyph{},
	"cross": vgdraw.CrossGlyph{}, "plus": vgdraw.PlusGlyph{},
}

// colorMap makes one of figure.Palettes (K. Moreland, "Why We Use Bad Color Maps and
// What You Can Do About It", 2016) for values from low to high.
func colorMap(name string, low, high float64) palette.ColorMap {
	var m palette.ColorMap
	switch name {
	case "blackbody":
		m = moreland.ExtendedBlackBody()
	case "bluered":
		m = moreland.SmoothBlueRed()
	default:
		m = moreland.Kindlmann()
	}
	m.SetMin(low)
	m.SetMax(high)
	return m
}

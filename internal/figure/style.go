package figure

import (
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Style is how a series looks. The zero value is drawn by default.
type Style struct {
	Color   string  // as ParseColor takes it; "": the next one
	Width   float64 // of lines, in points; 0: 1.5
	Dashed  bool
	Points  bool    // a line shows its points as well
	Size    float64 // of points, in points; 0: 3
	Shape   string  // of points, one of Shapes; "": the first
	Palette string  // of heat maps and contours, one of Palettes; "": the first
}

// Shapes are the shapes of points.
var Shapes = []string{"circle", "ring", "square", "triangle", "cross", "plus"}

// Palettes are the names of the scales of colours, from low to high values.
var Palettes = []string{"kindlmann", "blackbody", "bluered"}

// Turn are the colours of series without one, in their order: told apart by most
// people who see few colours (M. Okabe, K. Ito, "Color Universal Design", 2008).
var Turn = []string{"blue", "orange", "green", "red", "purple", "sky", "black", "yellow"}

// named are the colours that have names: red, green and blue.
var named = map[string][3]uint8{
	"blue": {0, 114, 178}, "orange": {230, 159, 0}, "green": {0, 158, 115}, "red": {213, 94, 0},
	"purple": {204, 121, 167}, "sky": {86, 180, 233}, "black": {0, 0, 0}, "yellow": {240, 228, 66},
	"gray": {127, 127, 127}, "white": {255, 255, 255},
}

// ParseColor returns red, green and blue of a colour's name, or of "#rrggbb".
func ParseColor(s string) (rgb [3]uint8, err error) {
	if c, ok := named[s]; ok {
		return c, nil
	}
	if digits, found := strings.CutPrefix(s, "#"); found && len(digits) == 2*len(rgb) {
		if _, err := hex.Decode(rgb[:], []byte(digits)); err == nil {
			return rgb, nil
		}
	}
	return rgb, fmt.Errorf("no colour %q: there are %s, and \"#rrggbb\"", s, strings.Join(slices.Sorted(maps.Keys(named)), ", "))
}

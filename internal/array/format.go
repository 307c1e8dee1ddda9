package array

import (
	"math"
	"strconv"
	"strings"
)

// formatFloat returns f in so many significant digits; -1: the shortest text
// that reads back as f.
func formatFloat(f float64, digits, bits int) string {
	switch {
	case math.IsNaN(f):
		return "nan"
	case math.IsInf(f, 1):
		return "inf"
	case math.IsInf(f, -1):
		return "-inf"
	case f == math.Trunc(f) && (math.Abs(f) < 1e15 || digits < 0 && math.Abs(f) < 1e21): // all digits of whole numbers
		return strconv.FormatFloat(f, 'f', 0, bits)
	case digits < 0 && math.Abs(f) >= 1e-5 && math.Abs(f) < 1e15:
		return strconv.FormatFloat(f, 'f', -1, bits)
	}
	return strconv.FormatFloat(f, 'g', digits, bits)
}

func formatNumber(f float64) string { return formatFloat(f, -1, 64) }

func formatComplex(c complex128, digits, bits int) string {
	im := formatFloat(imag(c), digits, bits)
	if !strings.HasPrefix(im, "-") {
		im = "+" + im
	}
	return formatFloat(real(c), digits, bits) + im + "i"
}

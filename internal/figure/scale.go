package figure

import (
	"math"
	"strconv"
)

// short writes a number in a few characters.
func short(v float64) string { return strconv.FormatFloat(v, 'g', 4, 64) }

// scale is an axis of a screen: its ends and how many dots it has.
type scale struct {
	low, high float64
	log       bool
	dots      int
}

// place returns the dot of a value, which may be outside.
func (s scale) place(v float64) float64 {
	low, high := s.low, s.high
	if s.log {
		v, low, high = math.Log(v), math.Log(low), math.Log(high)
	}
	return (v - low) / (high - low) * float64(s.dots-1)
}

// value is the other way round.
func (s scale) value(dot float64) float64 {
	part := dot / float64(s.dots-1)
	if s.log {
		return s.low * math.Pow(s.high/s.low, part)
	}
	return s.low + part*(s.high-s.low)
}

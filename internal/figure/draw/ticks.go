package draw

import (
	"math"
	"strconv"

	"gonum.org/v1/plot"
)

// ticks puts marks at whole multiples of 1, 2 or 5 times a power of ten, three
// to seven of them, and smaller ones between.
type ticks struct{}

// Ticks is that of plot.Ticker.
func (ticks) Ticks(low, high float64) []plot.Tick {
	step, parts := tickStep(high - low)
	small := step / float64(parts)
	if low+small == low || high+small == high { // no numbers are that close
		return []plot.Tick{{Value: low, Label: label(low, step)}, {Value: high, Label: label(high, step)}}
	}
	var all []plot.Tick
	for k := math.Ceil(low / small); k*small <= high; k++ {
		t := plot.Tick{Value: k * small}
		if math.Mod(k, float64(parts)) == 0 {
			t.Label = label(t.Value, step)
		}
		all = append(all, t)
	}
	return all
}

// tickStep returns the distance of marks in a range, and into how many parts the small
// ones cut it.
func tickStep(width float64) (step float64, parts int) {
	power := math.Pow(10, math.Floor(math.Log10(width)))
	switch part := width / power; {
	case part < 1.5:
		return power / 5, 4
	case part < 3:
		return power / 2, 5
	case part < 7:
		return power, 5
	}
	return 2 * power, 4
}

// label writes a number with as many digits as its step has.
func label(v, step float64) string {
	if v != 0 && (math.Abs(v) >= 1e6 || math.Abs(v) < 1e-4) || step < 1e-9 {
		return strconv.FormatFloat(v, 'g', 6, 64)
	}
	return strconv.FormatFloat(v, 'f', max(0, int(math.Ceil(-math.Log10(step)-1e-9))), 64)
}

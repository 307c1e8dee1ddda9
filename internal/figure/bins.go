package figure

import (
	"fmt"
	"math"
	"sort"
)

// Histogram counts values in bins of equal width from the least to the greatest; the
// last bin holds its end as well. bins 0 means as many as Sturges' rule says, or that
// of Freedman and Diaconis if those are more (as numpy's "auto"). With density the
// area of all bars is 1. NaN and infinite values are not counted.
func Histogram(values []float64, bins int, density bool) ([]Box, error) {
	sorted := make([]float64, 0, len(values))
	for _, v := range values {
		if Shown(v, false) {
			sorted = append(sorted, v)
		}
	}
	if len(sorted) == 0 {
		return nil, fmt.Errorf("there are no values")
	}
	sort.Float64s(sorted)
	low, high := sorted[0], sorted[len(sorted)-1]
	if low == high {
		low, high = low-0.5, high+0.5
	}
	if bins == 0 {
		bins = autoBins(sorted)
	}
	boxes, width := make([]Box, bins), (high-low)/float64(bins)
	for i := range boxes {
		boxes[i] = Box{Left: low + float64(i)*width, Right: low + float64(i+1)*width}
	}
	for _, v := range sorted {
		boxes[min(int((v-low)/width), bins-1)].Y++
	}
	if density {
		for i := range boxes {
			boxes[i].Y /= float64(len(sorted)) * width
		}
	}
	return boxes, nil
}

// mostBins is how many bins are made without the script's word.
const mostBins = 1000

func autoBins(sorted []float64) int {
	n := float64(len(sorted))
	sturges := math.Log2(n) + 1
	between := quantile(sorted, 0.75) - quantile(sorted, 0.25)
	width := 2 * between / math.Cbrt(n)
	bins := sturges
	if width > 0 {
		bins = max(bins, (sorted[len(sorted)-1]-sorted[0])/width)
	}
	return int(min(math.Ceil(bins), mostBins))
}

// quantile of sorted values, between two of them by a straight line.
func quantile(sorted []float64, q float64) float64 {
	at := q * float64(len(sorted)-1)
	i := min(int(at), len(sorted)-1)
	j := min(i+1, len(sorted)-1)
	return sorted[i] + (at-float64(i))*(sorted[j]-sorted[i])
}

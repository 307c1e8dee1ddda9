package random

import (
	"fmt"
	"math"
	"sort"
	"testing"

	"gonum.org/v1/gonum/stat/distuv"

	"github.com/mpiclus/mpiclus-lua/internal/philox"
)

func testStream(name string) *Stream {
	return newStream(philox.Lane{Seed: 2024, Rank: philox.NoRank, Name: name})
}

const draws = 40000

// draw returns sorted draws of a row of drawRows.
func sample(draw func(s *Stream) float64, name string) []float64 {
	s := testStream(name)
	x := drawn(draws, func(int) float64 { return draw(s) })
	sort.Float64s(x)
	return x
}

// TestContinuous compares the empirical distribution function with the exact one
// (Kolmogorov and Smirnov). The seed is fixed, so a right generator passes always;
// a wrong one exceeds the limit, which belongs to a probability of 1e-5.
func TestContinuous(t *testing.T) {
	limit := 2.47 / math.Sqrt(draws)
	type dist interface{ CDF(x float64) float64 }
	for _, c := range []struct {
		name string
		draw func(s *Stream) float64
		dist dist
	}{
		{"uniform", func(s *Stream) float64 { return uniform(s, []float64{-1, 3}) }, distuv.Uniform{Min: -1, Max: 3}},
		{"normal", func(s *Stream) float64 { return s.rand.NormFloat64() }, distuv.UnitNormal},
		{"exponential", func(s *Stream) float64 { return s.rand.ExpFloat64() }, distuv.Exponential{Rate: 1}},
		{"gamma 0.1", func(s *Stream) float64 { return distuv.Gamma{Alpha: 0.1, Beta: 1, Src: s.source}.Rand() }, distuv.Gamma{Alpha: 0.1, Beta: 1}},
		{"gamma 0.5", func(s *Stream) float64 { return distuv.Gamma{Alpha: 0.5, Beta: 1, Src: s.source}.Rand() }, distuv.Gamma{Alpha: 0.5, Beta: 1}},
		{"gamma 7", func(s *Stream) float64 { return distuv.Gamma{Alpha: 7, Beta: 1, Src: s.source}.Rand() }, distuv.Gamma{Alpha: 7, Beta: 1}},
		{"beta 0.3 4", func(s *Stream) float64 { return beta(s, []float64{0.3, 4}) }, distuv.Beta{Alpha: 0.3, Beta: 4}},
		{"beta 20 3", func(s *Stream) float64 { return beta(s, []float64{20, 3}) }, distuv.Beta{Alpha: 20, Beta: 3}},
	} {
		worst := 0.0
		for i, x := range sample(c.draw, c.name) {
			f := c.dist.CDF(x)
			worst = math.Max(worst, math.Max(f-float64(i)/draws, float64(i+1)/draws-f))
		}
		if worst > limit {
			t.Errorf("%s: the distribution functions differ by %.4f, at most %.4f is likely", c.name, worst, limit)
		}
	}
}

// TestWhole compares how often each number comes with its exact probability (chi
// squared), at the same limit.
func TestWhole(t *testing.T) {
	for _, n := range []float64{1, 25, 1000} {
		for _, p := range []float64{0.01, 0.3, 0.9} {
			b := distuv.Binomial{N: n, P: p}
			chiSquared(t, fmt.Sprintf("binomial %v %v", n, p), func(s *Stream) float64 { return binomial(s, n, p) }, b.LogProb)
		}
	}
	for _, mean := range []float64{0.01, 9.9, 10, 1000} {
		d := distuv.Poisson{Lambda: mean}
		chiSquared(t, fmt.Sprintf("poisson %v", mean), func(s *Stream) float64 { return poisson(s, []float64{mean}) }, d.LogProb)
	}
}

func chiSquared(t *testing.T, name string, draw func(s *Stream) float64, logProb func(k float64) float64) {
	t.Helper()
	counts := map[float64]int{}
	for _, k := range sample(draw, name) {
		if k != math.Trunc(k) || math.IsInf(logProb(k), -1) {
			t.Errorf("%s: drew %v, which cannot be", name, k)
			return
		}
		counts[k]++
	}
	low, high := math.Inf(1), math.Inf(-1)
	for k := range counts {
		low, high = math.Min(low, k), math.Max(high, k)
	}
	// Bins of at least 20 expected, the rest on both sides in one.
	sum, bins, expected, seen, covered, counted := 0.0, 0, 0.0, 0, 0.0, 0
	add := func(expected float64, seen int) {
		sum += (float64(seen) - expected) * (float64(seen) - expected) / expected
		bins++
	}
	for k := low; k <= high; k++ {
		expected += draws * math.Exp(logProb(k))
		seen += counts[k]
		if expected >= 20 {
			add(expected, seen)
			covered, counted = covered+expected, counted+seen
			expected, seen = 0, 0
		}
	}
	if rest := draws - covered; rest > 1 {
		add(rest, draws-counted)
	}
	if bins < 2 {
		return
	}
	if likely := (distuv.ChiSquared{K: float64(bins - 1)}).Survival(sum); likely < 1e-5 {
		t.Errorf("%s: chi squared is %.1f in %d bins, likely with probability %.2g", name, sum, bins, likely)
	}
}

// TestPlaces: each order of few items comes equally often.
func TestPlaces(t *testing.T) {
	s, counts := testStream("places"), map[string]int{}
	for range draws {
		counts[fmt.Sprint(partly(s, 4, 3))]++
	}
	sum := 0.0
	for _, n := range counts {
		d := float64(n) - draws/24.
		sum += d * d / (draws / 24.)
	}
	if likely := (distuv.ChiSquared{K: 23}).Survival(sum); len(counts) != 24 || likely < 1e-5 {
		t.Errorf("%d orders of 24, likely with probability %.2g", len(counts), likely)
	}
}

func BenchmarkNormal(b *testing.B) {
	s := testStream("bench")
	for b.Loop() {
		s.rand.NormFloat64()
	}
}

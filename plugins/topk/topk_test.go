package main

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"sort"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/mpiclus/mpiclus-lua/plugins"
	"github.com/mpiclus/mpiclus-lua/plugins/plugintest"
)

func TestConfig(t *testing.T) {
	if err := config.Check(); err != nil {
		t.Fatal(err)
	}
}

func run(c *plugins.Comm, f func(*plugins.Call) ([]any, error), args ...any) ([]any, error) {
	return f(plugins.NewCall(context.Background(), c, args...))
}

// The sparse sum against a sum of arrays in which all but the k largest
// entries, found by sorting, are zero.
func TestAllreduceTopK(t *testing.T) {
	for _, n := range []int{0, 1, 7, 200} {
		for _, k := range []int{0, 1, 5, 1000} {
			for ranks := 1; ranks <= 4; ranks++ {
				data := make([][]float64, ranks)
				want := make([]float64, n)
				rest := make([][]float64, ranks)
				r := rand.New(rand.NewPCG(uint64(n), uint64(k)))
				for i := range data {
					data[i] = make([]float64, n)
					for j := range data[i] {
						data[i][j] = math.Round(r.NormFloat64() * 4) // with ties
					}
					order := make([]int, n)
					for j := range order {
						order[j] = j
					}
					sort.SliceStable(order, func(a, b int) bool { return math.Abs(data[i][order[a]]) > math.Abs(data[i][order[b]]) })
					rest[i] = slices.Clone(data[i])
					for _, j := range order[:min(k, n)] {
						want[j] += data[i][j]
						rest[i][j] = 0
					}
				}
				plugintest.Ranks(t, ranks, func(c *plugins.Comm) error {
					got, err := run(c, allreduceTopK, plugins.NewArray(data[c.Rank()]), float64(k))
					if err != nil {
						return err
					}
					if !slices.Equal(got[0].([]float64), want) || !slices.Equal(got[1].([]float64), rest[c.Rank()]) {
						return fmt.Errorf("n=%d k=%d: %v, want %v, %v", n, k, got, want, rest[c.Rank()])
					}
					return nil
				})
			}
		}
	}
}

func TestDifferentLengthsFailEverywhere(t *testing.T) {
	plugintest.Ranks(t, 3, func(c *plugins.Comm) error {
		_, err := run(c, allreduceTopK, plugins.NewArray(make([]float32, 2+c.Rank()/2)), 1.0)
		if err == nil || !strings.Contains(err.Error(), "got [2 2 3]") {
			return fmt.Errorf("the error is %w", err)
		}
		return nil
	})
}

// The global sort against the stable sort of all data at once, for any deal
// of any data to the ranks.
func TestArgsortGlobal(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		ranks := rapid.IntRange(1, 5).Draw(r, "ranks")
		value := rapid.OneOf(rapid.Float64(), rapid.SampledFrom([]float64{0, 1, -1, math.NaN(), math.Inf(1)}))
		parts := make([][]float64, ranks)
		var all []float64
		for i := range parts {
			parts[i] = rapid.SliceOfN(value, 0, 30).Draw(r, fmt.Sprint("rank ", i))
			all = append(all, parts[i]...)
		}
		want := make([]int64, len(all))
		for i := range want {
			want[i] = int64(i + 1)
		}
		sort.SliceStable(want, func(a, b int) bool {
			u, v := all[want[a]-1], all[want[b]-1]
			return u < v || v != v && u == u
		})
		indices, values := make([][]int64, ranks), make([][]float64, ranks)
		plugintest.Ranks(t, ranks, func(c *plugins.Comm) error {
			got, err := run(c, argsortGlobal, plugins.NewArray(parts[c.Rank()]))
			if err == nil {
				indices[c.Rank()], values[c.Rank()] = got[0].([]int64), got[1].([]float64)
			}
			return err
		})
		for i := range parts {
			if len(indices[i]) != len(parts[i]) {
				r.Fatalf("rank %d brought %d and has %d", i, len(parts[i]), len(indices[i]))
			}
		}
		if got := slices.Concat(indices...); !slices.Equal(got, want) {
			r.Fatalf("order %v, want %v", got, want)
		}
		for i, v := range slices.Concat(values...) {
			if w := all[want[i]-1]; v != w && v == v {
				r.Fatalf("value %d is %v, want %v", i, v, w)
			}
		}
	})
}

func TestArgsortOfIntegers(t *testing.T) {
	plugintest.Ranks(t, 2, func(c *plugins.Comm) error {
		data := [][]int64{{math.MaxInt64, 1<<53 + 1}, {1 << 53, math.MinInt64, 7}}[c.Rank()]
		got, err := run(c, argsortGlobal, plugins.NewArray(data))
		want := [][]int64{{4, 5}, {3, 2, 1}}[c.Rank()]
		if err != nil || !slices.Equal(got[0].([]int64), want) {
			return fmt.Errorf("%v, want %v (%v)", got, want, err)
		}
		return nil
	})
}

func TestWrongArguments(t *testing.T) {
	c := plugintest.Comms(context.Background(), 1)[0]
	for want, args := range map[string][]any{
		"float64 or float32 array expected, got int32": {plugins.NewArray([]int32{1}), 1.0},
		"'k' (-1 is negative)":                         {plugins.NewArray([]float64{1}), -1.0},
		"'k' (number expected, got nil)":               {plugins.NewArray([]float64{1})},
	} {
		if _, err := run(c, allreduceTopK, args...); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("want %q, got %v", want, err)
		}
	}
	if _, err := run(c, argsortGlobal, plugins.NewArray([]bool{true})); err == nil {
		t.Error("an array of bool is sorted")
	}
}

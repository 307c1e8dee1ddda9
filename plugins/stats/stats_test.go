package main

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"gonum.org/v1/gonum/stat"

	"github.com/mpiclus/mpiclus-lua/plugins"
	"github.com/mpiclus/mpiclus-lua/plugins/plugintest"
)

func TestConfig(t *testing.T) {
	if err := config.Check(); err != nil {
		t.Fatal(err)
	}
}

func near(a, b, tolerance float64) bool {
	return a == b || math.Abs(a-b) <= tolerance*math.Max(1, math.Max(math.Abs(a), math.Abs(b)))
}

// parts deals data out to ranks: uneven, and with an empty rank where there
// are several.
func parts(data []float64, ranks int) [][]float64 {
	list := make([][]float64, ranks)
	rest := data
	for r := range ranks - 1 {
		n := len(rest) * (r % 3) / 4
		list[r], rest = rest[:n], rest[n:]
	}
	list[ranks-1] = rest
	return list
}

func sample(n int) []float64 {
	r := rand.New(rand.NewPCG(1, uint64(n)))
	data := make([]float64, n)
	for i := range data {
		data[i] = math.Exp(r.NormFloat64()) - 2*float64(i%3)
	}
	return data
}

// describe against gonum on all the data, and against a sorted list.
func TestDescribe(t *testing.T) {
	for _, n := range []int{0, 1, 2, 3, 10, 1001} {
		for ranks := 1; ranks <= 4; ranks++ {
			data := sample(n)
			plugintest.Ranks(t, ranks, func(c *plugins.Comm) error {
				mine := slices.Clone(parts(data, ranks)[c.Rank()])
				mine = append(mine, math.NaN())
				results, err := describe(plugins.NewCall(context.Background(), c, plugins.NewArray(mine), plugins.Table{1.0: 0.0, 2.0: 0.1, 3.0: 0.5, 4.0: 1.0}))
				if err != nil {
					return err
				}
				return compare(results[0].(map[string]any), data, ranks)
			})
		}
	}
}

func compare(got map[string]any, data []float64, ranks int) error {
	want := map[string]float64{"n": float64(len(data)), "nan": float64(ranks)}
	if len(data) > 0 {
		want["mean"], want["min"], want["max"] = stat.Mean(data, nil), slices.Min(data), slices.Max(data)
	}
	if len(data) > 1 {
		want["variance"], want["std"] = stat.Variance(data, nil), stat.StdDev(data, nil)
		mean, m2, m3 := want["mean"], 0.0, 0.0
		for _, x := range data {
			m2 += (x - mean) * (x - mean)
			m3 += (x - mean) * (x - mean) * (x - mean)
		}
		n := float64(len(data))
		want["skewness"] = m3 / n / math.Pow(m2/n, 1.5)
	}
	for name, w := range want {
		if g, ok := got[name].(float64); !ok || !near(g, w, 1e-9) {
			return fmt.Errorf("n=%d: %s is %v, want %v", len(data), name, got[name], w)
		}
	}
	if len(data) == 0 {
		if got["quantiles"] != nil || got["mean"] != nil {
			return fmt.Errorf("statistics of nothing: %v", got)
		}
		return nil
	}
	sorted := slices.Sorted(slices.Values(data))
	for _, q := range []float64{0, 0.1, 0.5, 1} {
		at := q * float64(len(sorted)-1)
		low := int(at)
		w := sorted[low]
		if low+1 < len(sorted) {
			w += (at - float64(low)) * (sorted[low+1] - sorted[low])
		}
		if g := got["quantiles"].(plugins.Table)[q].(float64); !near(g, w, 1e-12) {
			return fmt.Errorf("n=%d: quantile %v is %v, want %v", len(data), q, g, w)
		}
	}
	return nil
}

func TestQuantilesOfInfinities(t *testing.T) {
	x := []float64{math.Inf(-1), -1, math.Copysign(0, -1), 0, math.SmallestNonzeroFloat64, math.MaxFloat64, math.Inf(1)}
	for i, v := range x {
		if unkey(key(v)) != v || i > 0 && key(x[i-1]) >= key(v) {
			t.Errorf("the key of %v is out of order", v)
		}
	}
	c := plugintest.Comms(context.Background(), 1)[0]
	got, err := quantilesOf(c, x, int64(len(x)), []float64{0, 1.0 / 6, 1})
	if err != nil || got[0] != math.Inf(-1) || got[1] != -1 || got[2] != math.Inf(1) {
		t.Errorf("quantiles %v (%v)", got, err)
	}
}

// The op merges records of parts to that of the whole, in any grouping.
func TestMomentsMerge(t *testing.T) {
	data := sample(500)
	record := func(x []float64) []float64 {
		r, err := accumulate(plugins.NewCall(context.Background(), nil, plugins.NewArray(x)))
		if err != nil {
			t.Fatal(err)
		}
		return r[0].([]float64)
	}
	want := record(data)
	for _, cuts := range [][]int{{0, 500}, {0, 1}, {100, 400}, {250, 250}, {0, 0}, {499, 500}} {
		a, b, c := record(data[:cuts[0]]), record(data[cuts[0]:cuts[1]]), record(data[cuts[1]:])
		kernel, _ := config.Ops[0].Kernel(plugins.Float64)
		run := func(in, inout []float64) {
			if err := kernel.Run(plugins.NewArray(in).Bytes(), plugins.NewArray(inout).Bytes()); err != nil {
				t.Fatal(err)
			}
		}
		left := slices.Concat(c, c)
		run(slices.Concat(b, b), left) // two records at once
		run(slices.Concat(a, a), left)
		for i := range left {
			if !near(left[i], want[i%recordLength], 1e-9) {
				t.Errorf("cuts %v: %v, want %v", cuts, left, want)
			}
		}
	}
}

func TestLogSumExp(t *testing.T) {
	inf := math.Inf(1)
	for _, row := range [][3]float64{
		{0, 0, math.Ln2}, {1000, 1000, 1000 + math.Ln2}, {-1000, 1000, 1000}, {-inf, 3, 3}, {3, -inf, 3}, {-inf, -inf, -inf}, {inf, 1, inf}, {-2000, -2001, -2000 + math.Log1p(math.Exp(-1))},
	} {
		in, inout := []float64{row[0]}, []float64{row[1]}
		if err := logSumExp(in, inout); err != nil || !near(inout[0], row[2], 1e-15) {
			t.Errorf("logsumexp(%v, %v) = %v, want %v", row[0], row[1], inout[0], row[2])
		}
	}
	nan := []float64{math.NaN()}
	if _ = logSumExp([]float64{inf}, nan); !math.IsNaN(nan[0]) {
		t.Error("a NaN is lost")
	}
}

func TestWrongArguments(t *testing.T) {
	c := plugintest.Comms(context.Background(), 1)[0]
	for want, args := range map[string][]any{
		"bad argument #1 'array' (array expected, got number)":       {1.0},
		"bad argument #1 'array' (array of real numbers expected":    {plugins.NewArray([]complex128{1})},
		"bad argument #2 'quantiles' (a list of numbers from 0 to 1": {plugins.NewArray([]int32{1}), plugins.Table{1.0: 2.0}},
		"bad argument #2 'quantiles' (table expected, got boolean)":  {plugins.NewArray([]int32{1}), true},
	} {
		if _, err := describe(plugins.NewCall(context.Background(), c, args...)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("want %q, got %v", want, err)
		}
	}
	if _, err := summary(plugins.NewCall(context.Background(), nil, plugins.NewArray([]float64{1}))); err == nil {
		t.Error("a short record is accepted")
	}
}

package main

import (
	"fmt"
	"math"

	"github.com/mpiclus/mpiclus-lua/plugins"
)

// describe returns the statistics of the data of all ranks; those of NaNs are
// left out and counted.
func describe(c *plugins.Call) ([]any, error) {
	x, err := numbers(c)
	if err != nil {
		return nil, err
	}
	quantiles, err := wanted(c)
	if err != nil {
		return nil, err
	}
	var mine moments
	x, nans := withoutNaN(x)
	least, most := math.Inf(1), math.Inf(-1)
	for _, v := range x {
		mine.add(v)
		least, most = min(least, v), max(most, v)
	}
	all, err := gather(c.Comm(), append(mine.record(), least, most, float64(nans)))
	if err != nil {
		return nil, err
	}
	t := all.moments.table()
	t["nan"] = all.nans
	if all.n == 0 {
		return plugins.Return(t)
	}
	t["min"], t["max"] = all.least, all.most
	values, err := quantilesOf(c.Comm(), x, int64(all.n), quantiles)
	if err != nil {
		return nil, err
	}
	table := plugins.Table{}
	for i, q := range quantiles {
		table[q] = values[i]
	}
	t["quantiles"] = table
	return plugins.Return(t)
}

// wanted reads which quantiles to give; the quartiles by default.
func wanted(c *plugins.Call) ([]float64, error) {
	t, err := plugins.OptArg(c, 2, "quantiles", plugins.Table{1.0: 0.25, 2.0: 0.5, 3.0: 0.75})
	if err != nil {
		return nil, err
	}
	var list []float64
	for _, v := range t.List() {
		q, ok := v.(float64)
		if !ok || q < 0 || q > 1 {
			return nil, fmt.Errorf("bad argument #2 'quantiles' (a list of numbers from 0 to 1 expected, got %v in it)", v)
		}
		list = append(list, q)
	}
	return list, nil
}

func withoutNaN(x []float64) (kept []float64, nans int) {
	for _, v := range x {
		if v != v {
			nans++
		}
	}
	if nans == 0 {
		return x, 0
	}
	kept = make([]float64, 0, len(x)-nans)
	for _, v := range x {
		if v == v {
			kept = append(kept, v)
		}
	}
	return kept, nans
}

type totals struct {
	moments
	least, most, nans float64
}

// gather merges what each rank knows in the order of the ranks, so that every
// rank gets the same bits.
func gather(c *plugins.Comm, mine []float64) (totals, error) {
	all := make([]float64, len(mine)*c.Size())
	t := totals{least: math.Inf(1), most: math.Inf(-1)}
	if err := plugins.Allgather(c, mine, all); err != nil {
		return t, err
	}
	for ; len(all) > 0; all = all[len(mine):] {
		t.merge(fromRecord(all))
		t.least, t.most = min(t.least, all[recordLength]), max(t.most, all[recordLength+1])
		t.nans += all[recordLength+2]
	}
	return t, nil
}

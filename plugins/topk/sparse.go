package main

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/mpiclus/mpiclus-lua/plugins"
)

// allreduceTopK is allreduce_topk(array, k, comm) → sum, rest.
func allreduceTopK(c *plugins.Call) ([]any, error) {
	a, err := plugins.Arg[*plugins.Array](c, 1, "array")
	if err != nil {
		return nil, err
	}
	k, err := plugins.Arg[int](c, 2, "k")
	if err != nil {
		return nil, err
	}
	if k < 0 {
		return nil, fmt.Errorf("bad argument #2 'k' (%d is negative)", k)
	}
	switch a.Type() {
	case plugins.Float64:
		return sparseSum[float64](c, a, k)
	case plugins.Float32:
		return sparseSum[float32](c, a, k)
	}
	return nil, fmt.Errorf("bad argument #1 'array' (float64 or float32 array expected, got %s)", a.Type())
}

// sparseSum sends k pairs of index and value a rank instead of the array.
func sparseSum[T float32 | float64](c *plugins.Call, a *plugins.Array, k int) ([]any, error) {
	x, err := plugins.Data[T](a)
	if err != nil {
		return nil, err
	}
	comm := c.Comm()
	if err := sameLength(comm, len(x)); err != nil {
		return nil, err
	}
	sum, err := plugins.Make[T](c, len(x))
	if err != nil {
		return nil, err
	}
	rest, err := plugins.Make[T](c, len(x))
	if err != nil {
		return nil, err
	}
	copy(rest, x)
	places := largest(x, k)
	values := make([]T, len(places))
	for i, p := range places {
		values[i] = x[p]
		rest[p] = 0
	}
	allPlaces, err := plugins.Collect(comm, places)
	if err != nil {
		return nil, err
	}
	allValues, err := plugins.Collect(comm, values)
	if err != nil {
		return nil, err
	}
	for r, list := range allPlaces { // in order of rank: the same bits everywhere
		for i, p := range list {
			sum[p] += allValues[r][i]
		}
	}
	return plugins.Return(sum, rest)
}

// sameLength is an error on every rank when the arrays differ in length.
func sameLength(c *plugins.Comm, n int) error {
	counts, err := plugins.Counts(c, n)
	if err != nil {
		return err
	}
	if slices.Min(counts) != slices.Max(counts) {
		return fmt.Errorf("arrays of one length on every rank expected, got %v", counts)
	}
	if n > math.MaxInt32 {
		return errors.New("arrays of more than 2147483647 elements are not supported")
	}
	return nil
}

// largest returns the places of the k entries of greatest magnitude, in order
// of place; of equal ones the first. A NaN counts as greatest.
func largest[T float32 | float64](x []T, k int) []int32 {
	places := make([]int32, len(x))
	for i := range places {
		places[i] = int32(i)
	}
	if k >= len(x) {
		return places
	}
	before := func(a, b int32) int {
		u, v := math.Abs(float64(x[a])), math.Abs(float64(x[b]))
		switch {
		case u > v || u != u && v == v:
			return -1
		case v > u || v != v && u == u:
			return 1
		}
		return cmp.Compare(a, b)
	}
	selectFirst(places, k, before)
	places = places[:k]
	slices.Sort(places)
	return places
}

// selectFirst moves the k elements that come first to the front, in no order
// (Hoare's selection).
func selectFirst(list []int32, k int, before func(a, b int32) int) {
	low, high := 0, len(list)-1
	for low < high {
		pivot := list[(low+high)/2]
		i, j := low, high
		for i <= j {
			for before(list[i], pivot) < 0 {
				i++
			}
			for before(list[j], pivot) > 0 {
				j--
			}
			if i <= j {
				list[i], list[j] = list[j], list[i]
				i++
				j--
			}
		}
		switch {
		case k <= j:
			high = j
		case k > i:
			low = i
		default:
			return
		}
	}
}

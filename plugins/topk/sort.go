package main

import (
	"cmp"
	"fmt"
	"slices"
	"sort"

	"github.com/mpiclus/mpiclus-lua/plugins"
)

// argsortGlobal is argsort_global(array, comm) → indices, values.
func argsortGlobal(c *plugins.Call) ([]any, error) {
	a, err := plugins.Arg[*plugins.Array](c, 1, "array")
	if err != nil {
		return nil, err
	}
	switch a.Type() {
	case plugins.Int8:
		return sortAll[int8](c, a)
	case plugins.Int16:
		return sortAll[int16](c, a)
	case plugins.Int32:
		return sortAll[int32](c, a)
	case plugins.Int64:
		return sortAll[int64](c, a)
	case plugins.Uint8:
		return sortAll[uint8](c, a)
	case plugins.Uint16:
		return sortAll[uint16](c, a)
	case plugins.Uint32:
		return sortAll[uint32](c, a)
	case plugins.Uint64:
		return sortAll[uint64](c, a)
	case plugins.Float32:
		return sortAll[float32](c, a)
	case plugins.Float64:
		return sortAll[float64](c, a)
	}
	return nil, fmt.Errorf("bad argument #1 'array' (array of real numbers expected, got %s)", a.Type())
}

type number interface {
	int8 | int16 | int32 | int64 | uint8 | uint16 | uint32 | uint64 | float32 | float64
}

// item is a value and its index in the array of all ranks, from 0: no two
// items are equal, so that many equal values are dealt out evenly too.
type item[T number] struct {
	value T
	index int64
}

// compare orders by value, NaNs last, then by index.
func compare[T number](a, b item[T]) int {
	switch {
	case a.value < b.value || b.value != b.value && a.value == a.value:
		return -1
	case a.value > b.value || a.value != a.value && b.value == b.value:
		return 1
	}
	return cmp.Compare(a.index, b.index)
}

// sortAll is a sample sort: every rank sorts its own items, splitters from a
// regular sample of all ranks say which rank gets which items, each rank
// sorts what it gets, and at last the parts are moved so that each rank has
// as many as it brought.
func sortAll[T number](c *plugins.Call, a *plugins.Array) ([]any, error) {
	x, err := plugins.Data[T](a)
	if err != nil {
		return nil, err
	}
	comm := c.Comm()
	counts, err := plugins.Counts(comm, len(x))
	if err != nil {
		return nil, err
	}
	first := int64(0)
	for _, n := range counts[:comm.Rank()] {
		first += int64(n)
	}
	items := make([]item[T], len(x))
	for i, v := range x {
		items[i] = item[T]{v, first + int64(i)}
	}
	slices.SortFunc(items, compare[T])
	if comm.Size() > 1 {
		if items, err = exchangeBySplitters(comm, items); err != nil {
			return nil, err
		}
		if items, err = rebalance(comm, items, counts); err != nil {
			return nil, err
		}
	}
	return results(c, items)
}

func results[T number](c *plugins.Call, items []item[T]) ([]any, error) {
	indices, err := plugins.Make[int64](c, len(items))
	if err != nil {
		return nil, err
	}
	values, err := plugins.Make[T](c, len(items))
	if err != nil {
		return nil, err
	}
	for i, it := range items {
		indices[i], values[i] = it.index+1, it.value
	}
	return plugins.Return(indices, values)
}

// exchangeBySplitters returns each rank the items between two splitters,
// sorted.
func exchangeBySplitters[T number](c *plugins.Comm, items []item[T]) ([]item[T], error) {
	splitters, err := sample(c, items)
	if err != nil {
		return nil, err
	}
	parts := make([][]item[T], c.Size())
	from := 0
	for r := range parts {
		to := len(items)
		if r < len(splitters) {
			to = from + sort.Search(len(items)-from, func(i int) bool { return compare(items[from+i], splitters[r]) >= 0 })
		}
		parts[r], from = items[from:to], to
	}
	mine, err := exchange(c, parts)
	if err == nil {
		slices.SortFunc(mine, compare[T])
	}
	return mine, err
}

// sample returns size-1 splitters, from as many regular samples of each rank.
func sample[T number](c *plugins.Comm, items []item[T]) ([]item[T], error) {
	var mine []item[T]
	for i := range min(c.Size(), len(items)) {
		mine = append(mine, items[i*len(items)/c.Size()])
	}
	all, err := collect(c, mine)
	if err != nil || len(all) == 0 {
		return nil, err
	}
	slices.SortFunc(all, compare[T])
	var splitters []item[T]
	for r := 1; r < c.Size(); r++ {
		splitters = append(splitters, all[r*len(all)/c.Size()])
	}
	return splitters, nil
}

// rebalance moves sorted items so that rank r has counts[r] of them.
func rebalance[T number](c *plugins.Comm, items []item[T], counts []int) ([]item[T], error) {
	have, err := plugins.Counts(c, len(items))
	if err != nil {
		return nil, err
	}
	at := 0 // the place of items[0] in the order of all
	for _, n := range have[:c.Rank()] {
		at += n
	}
	parts := make([][]item[T], c.Size())
	end := 0
	for r, n := range counts {
		start := end
		end += n
		low, high := max(start, at), min(end, at+len(items))
		if low < high {
			parts[r] = items[low-at : high-at]
		}
	}
	return exchange(c, parts)
}

// exchange and collect carry items as two arrays.
func exchange[T number](c *plugins.Comm, parts [][]item[T]) ([]item[T], error) {
	values, indices := make([][]T, len(parts)), make([][]int64, len(parts))
	for r, p := range parts {
		values[r], indices[r] = apart(p)
	}
	gotValues, err := plugins.Exchange(c, values)
	if err != nil {
		return nil, err
	}
	gotIndices, err := plugins.Exchange(c, indices)
	return together(gotValues, gotIndices), err
}

func collect[T number](c *plugins.Comm, items []item[T]) ([]item[T], error) {
	values, indices := apart(items)
	gotValues, err := plugins.Collect(c, values)
	if err != nil {
		return nil, err
	}
	gotIndices, err := plugins.Collect(c, indices)
	return together(gotValues, gotIndices), err
}

func apart[T number](items []item[T]) (values []T, indices []int64) {
	values, indices = make([]T, len(items)), make([]int64, len(items))
	for i, it := range items {
		values[i], indices[i] = it.value, it.index
	}
	return values, indices
}

func together[T number](values [][]T, indices [][]int64) []item[T] {
	var items []item[T]
	for r := range indices {
		for i, index := range indices[r] {
			items = append(items, item[T]{values[r][i], index})
		}
	}
	return items
}

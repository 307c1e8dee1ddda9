package main

import (
	"math"

	"github.com/mpiclus/mpiclus-lua/plugins"
)

// Quantiles are found by radix selection over all ranks: the bits of a float
// become an integer with the same order, and each round fixes the next bits
// of every wanted order statistic from one histogram of all ranks. So they
// are exact, for any data, with 6 reductions.
const (
	digitBits = 11
	bins      = 1 << digitBits
	rounds    = (64 + digitBits - 1) / digitBits
)

// key returns an integer with the order of the floats.
func key(f float64) uint64 {
	b := math.Float64bits(f)
	if b>>63 != 0 {
		return ^b
	}
	return b | 1<<63
}

func unkey(k uint64) float64 {
	if k>>63 != 0 {
		return math.Float64frombits(k &^ (1 << 63))
	}
	return math.Float64frombits(^k)
}

// order is an order statistic that is being looked for.
type order struct {
	rank   int64  // among the values that begin with prefix, from 0
	prefix uint64 // the bits that are known, on the right
}

// quantilesOf returns the quantiles of n values, of which x are here: between
// two values they lie on a straight line, as numpy's default does.
func quantilesOf(c *plugins.Comm, x []float64, n int64, quantiles []float64) ([]float64, error) {
	var orders []order
	for _, q := range quantiles {
		at := int64(math.Floor(q * float64(n-1)))
		orders = append(orders, order{rank: at}, order{rank: min(at+1, n-1)})
	}
	if err := selectOrders(c, x, orders); err != nil {
		return nil, err
	}
	values := make([]float64, len(quantiles))
	for i, q := range quantiles {
		at := q * float64(n-1)
		part := at - math.Floor(at)
		low, high := unkey(orders[2*i].prefix), unkey(orders[2*i+1].prefix)
		values[i] = low
		if part > 0 && low != high {
			values[i] = low + part*(high-low)
		}
	}
	return values, nil
}

// selectOrders finds the values of all orders; every rank gets them.
func selectOrders(c *plugins.Comm, x []float64, orders []order) error {
	if len(orders) == 0 {
		return nil
	}
	counts := make([]int64, len(orders)*bins)
	left := 64
	for range rounds {
		width := min(digitBits, left)
		clear(counts)
		for _, v := range x {
			k := key(v)
			for i := range orders {
				if left == 64 || k>>left == orders[i].prefix {
					counts[i*bins+int(k>>(left-width)&(1<<width-1))]++
				}
			}
		}
		if err := plugins.Allreduce(c, counts, counts, plugins.Sum); err != nil {
			return err
		}
		for i := range orders {
			o, digit := &orders[i], 0
			for ; o.rank >= counts[i*bins+digit]; digit++ {
				o.rank -= counts[i*bins+digit]
			}
			o.prefix = o.prefix<<width | uint64(digit)
		}
		left -= width
	}
	return nil
}

package array

import (
	"slices"
	"unsafe"
)

// piece is what a slice takes of one dimension: count indices from first (from 0),
// each step after the one before; or the index first only, and the dimension falls
// away.
type piece struct {
	first, count, step int
	one                bool
}

// slice returns the part of a that the pieces name, one a dimension, sharing
// memory. Where all are one index, it is a vector of one element.
func (a *Array) slice(pieces []piece) *Array {
	dims, steps, at, n := []int{}, []int{}, 0, 1
	for d, own := range a.strides() {
		p := pieces[d]
		at += p.first * own
		n *= p.count
		if !p.one {
			dims, steps = append(dims, p.count), append(steps, own*p.step)
		}
	}
	if len(dims) == 0 {
		dims, steps = []int{1}, []int{1}
	}
	v := &Array{n: n, typ: a.typ, dims: shaped(dims), lease: a.lease}
	if n > 0 {
		v.p = unsafe.Add(a.p, at*a.typ.Size())
	}
	v.setSteps(steps)
	return v
}

// whole returns the pieces that take all of a.
func (a *Array) whole() []piece {
	pieces := make([]piece, a.rank())
	for d, n := range a.shape() {
		pieces[d] = piece{count: n, step: 1}
	}
	return pieces
}

// pick returns the part at index i (from 0) of dimension d, which falls away.
func (a *Array) pick(d, i int) *Array {
	pieces := a.whole()
	pieces[d] = piece{first: i, count: 1, step: 1, one: true}
	return a.slice(pieces)
}

// between returns count indices of dimension d from first on.
func (a *Array) between(d, first, count int) *Array {
	pieces := a.whole()
	pieces[d].first, pieces[d].count = first, count
	return a.slice(pieces)
}

// permute returns the dimensions in another order, numbered from 0, sharing memory.
func (a *Array) permute(order []int) *Array {
	dims, steps := make([]int, len(order)), make([]int, len(order))
	own, all := a.shape(), a.strides()
	for i, d := range order {
		dims[i], steps[i] = own[d], all[d]
	}
	v := &Array{p: a.p, n: a.n, typ: a.typ, dims: shaped(dims), lease: a.lease}
	v.setSteps(steps)
	return v
}

// Transpose returns the dimensions in reverse order, sharing memory. A vector
// becomes a matrix of one column.
func (a *Array) Transpose() *Array {
	if a.dims == nil {
		v := &Array{p: a.p, n: a.n, typ: a.typ, dims: []int{a.n, 1}, lease: a.lease}
		v.setSteps([]int{a.strides()[0], 1})
		return v
	}
	order := make([]int, a.rank())
	for d := range order {
		order[d] = d
	}
	slices.Reverse(order)
	return a.permute(order)
}

// lastDim returns a with dimension d moved behind all others, sharing memory.
func (a *Array) lastDim(d int) *Array {
	order := make([]int, 0, a.rank())
	for e := range a.rank() {
		if e != d {
			order = append(order, e)
		}
	}
	return a.permute(append(order, d))
}

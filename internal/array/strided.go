package array

import (
	"slices"
	"unsafe"
)

// Strides returns how many elements lie in memory from one index to the next, for
// each dimension; negative where a view goes backwards.
func (a *Array) Strides() []int { return slices.Clone(a.strides()) }

// strides is Strides for who does not write to it.
func (a *Array) strides() []int {
	if a.steps != nil {
		return a.steps
	}
	return packedSteps(a.shape())
}

// packedSteps returns the steps of a contiguous array of a shape.
func packedSteps(dims []int) []int {
	steps := make([]int, len(dims))
	n := 1
	for d := len(dims) - 1; d >= 0; d-- {
		steps[d] = n
		n *= dims[d]
	}
	return steps
}

// setSteps gives a view its steps, none where its elements follow one another.
func (a *Array) setSteps(steps []int) {
	a.steps = nil
	n := 1
	dims := a.shape()
	for d := len(dims) - 1; d >= 0 && a.n > 1; d-- {
		if dims[d] != 1 && steps[d] != n {
			a.steps = steps
			return
		}
		n *= dims[d]
	}
}

// place returns where element i (from 0) of a strided array lies.
func (a *Array) place(i int) unsafe.Pointer {
	dims, at := a.shape(), 0
	for d := len(dims) - 1; d >= 0; d-- {
		at += i % dims[d] * a.steps[d]
		i /= dims[d]
	}
	return unsafe.Add(a.p, at*a.typ.Size())
}

// reach returns how many elements the memory of a goes before its first element,
// and up to where it goes from there.
func (a *Array) reach() (before, end int) {
	if a.steps == nil {
		return 0, a.n
	}
	for d, n := range a.shape() {
		if far := (n - 1) * a.steps[d]; far < 0 {
			before -= far
		} else {
			end += far
		}
	}
	return before, end + 1
}

// Start returns the address of the first element, nil where there is none.
func (a *Array) Start() unsafe.Pointer { return a.p }

// Memory returns the addresses of the first byte of a's elements and of that
// behind the last one: 0, 0 where there are none. Of a strided array, what lies
// between them need not be a's.
func (a *Array) Memory() (from, to uintptr) {
	if a.n == 0 {
		return 0, 0
	}
	before, end := a.reach()
	size := a.typ.Size()
	return uintptr(a.p) - uintptr(before*size), uintptr(a.p) + uintptr(end*size)
}

// overlaps reports whether a and b may share memory.
func (a *Array) overlaps(b *Array) bool {
	from, to := a.Memory()
	first, last := b.Memory()
	return from < last && first < to
}

// restep returns the steps that lead to the elements of an array of shape dims in
// another shape of as many elements; false where there are none. Dimensions are
// matched in groups with equal products; in each group the old ones must follow
// one another.
func restep(dims, steps, shape []int) ([]int, bool) {
	if dims == nil {
		dims = []int{product(shape)}
	}
	out := make([]int, len(shape))
	if product(shape) == 0 {
		return out, true
	}
	dims, joined := join(dims, steps)
	old := joined[0]
	from, to := 0, 0
	for from < len(dims) {
		n, m, end := dims[from], 1, to
		for m < n || end < len(shape) && shape[end] == 1 {
			if end == len(shape) {
				return nil, false
			}
			m *= shape[end]
			end++
		}
		if m != n {
			return nil, false
		}
		step := old[from]
		for d := end - 1; d >= to; d-- {
			out[d] = step
			step *= shape[d]
		}
		from, to = from+1, end
	}
	return out, true
}

// join merges dimensions that a loop over several arrays of one shape can go
// through as one: those where the step of each array is the way through the next
// dimension. Dimensions of length 1 fall away. The order of the elements stays.
// There is at least one dimension in the result.
func join(dims []int, steps ...[]int) (joined []int, strides [][]int) {
	strides = make([][]int, len(steps))
	for d, n := range dims {
		if n == 1 {
			continue
		}
		last := len(joined) - 1
		follows := last >= 0
		for k := 0; follows && k < len(steps); k++ {
			follows = strides[k][last] == steps[k][d]*n
		}
		if follows {
			joined[last] *= n
		} else {
			joined = append(joined, n)
			last++
		}
		for k := range steps {
			if follows {
				strides[k][last] = steps[k][d]
			} else {
				strides[k] = append(strides[k], steps[k][d])
			}
		}
	}
	if joined == nil {
		joined = []int{1}
		for k := range strides {
			strides[k] = []int{1}
		}
	}
	return joined, strides
}

// Package array is typed memory for Lua scripts, what numpy is to mpi4py:
// of up to eight dimensions and thirteen element types, with views that share
// memory, arithmetic, reductions and linear algebra.
//
// An Array's memory lies on the Go heap, starts at a multiple of 16 bytes and
// is never moved: it may be given to C as long as it is pinned or the call
// lasts. A slice of it (Bytes, Of) or a view keeps all of it alive.
//
// The elements have one order, that of their indices with the last one fastest
// (row by row). In an array that was made they lie in memory in that order; a
// view may be strided: it leaves elements out, or goes through memory in another
// order. Whoever needs memory without gaps asks for Packed.
//
// Nothing here locks: an Array belongs to one interpreter, or to whoever was
// handed it.
package array

import (
	"fmt"
	"math"
	"slices"
	"unsafe"
)

// MaxDims is how many dimensions an array has at most.
const MaxDims = 8

// Array is a view of typed memory of one dimension or more. Its type, shape and
// place never change; Reshape, Slice and Permute give other views.
type Array struct {
	p     unsafe.Pointer // the first element; nil when n is 0
	n     int
	dims  []int // lengths of the dimensions, never written; nil in a vector
	steps []int // elements from one index to the next, for each dimension; nil where all lie one after the other
	typ   Type
	lease *Lease // of borrowed memory
}

// New makes a vector of n zeros. It panics on a negative n, as make does.
func New(t Type, n int) *Array {
	return &Array{p: allocate(t, n), n: n, typ: t}
}

// NewShaped makes an array of zeros with dimensions of these lengths, one to
// MaxDims of them. It panics where their product is negative or no int.
func NewShaped(t Type, dims ...int) *Array {
	a := New(t, product(dims))
	a.dims = shaped(dims)
	return a
}

// product returns the number of elements of a shape.
func product(dims []int) int {
	n := 1
	for _, d := range dims {
		n *= d
	}
	return n
}

// shaped returns dims as an Array keeps them.
func shaped(dims []int) []int {
	if len(dims) == 1 {
		return nil
	}
	return slices.Clone(dims)
}

// FromBytes makes a vector of raw memory, in this machine's byte order. It
// takes over raw: the caller must not change it any more. It copies only
// where raw is not aligned for the type. A length that is no whole number of
// elements is an error.
func FromBytes(t Type, raw []byte) (*Array, error) {
	size := t.Size()
	if len(raw)%size != 0 {
		return nil, fmt.Errorf("%d bytes are no whole number of %s elements of %d bytes", len(raw), t, size)
	}
	a := &Array{n: len(raw) / size, typ: t}
	if a.n == 0 {
		return a, nil
	}
	a.p = unsafe.Pointer(unsafe.SliceData(raw))
	if uintptr(a.p)%uintptr(min(size, 8)) != 0 {
		a.p = allocate(t, a.n)
		copy(a.Bytes(), raw)
	}
	return a, nil
}

// FromSlice makes a vector that shares the memory of s.
func FromSlice[T Element](s []T) *Array {
	a := &Array{n: len(s), typ: TypeOf[T]()}
	if a.n > 0 {
		a.p = unsafe.Pointer(unsafe.SliceData(s))
	}
	return a
}

// Bytes returns the live memory, not a copy. It stays valid as long as the
// slice or the array is reachable. It panics for a strided array, whose elements
// do not follow one another: see Packed.
func (a *Array) Bytes() []byte {
	a.needPacked()
	return unsafe.Slice((*byte)(a.p), a.n*a.typ.Size())
}

// Of returns the elements as a typed slice of the live memory, nil when T is
// not the element type. In a bool array every byte must be 0 or 1. It panics
// for a strided array, as Bytes does.
func Of[T Element](a *Array) []T {
	if TypeOf[T]() != a.typ {
		return nil
	}
	return elements[T](a)
}

// elements is Of for callers that know the type.
func elements[T any](a *Array) []T {
	a.needPacked()
	return unsafe.Slice((*T)(a.p), a.n)
}

// needPacked panics for a strided array: a caller that would take what lies
// between its elements for elements is wrong.
func (a *Array) needPacked() {
	if a.steps != nil {
		panic("array: the memory of a strided view was asked for in one piece")
	}
}

// Contiguous reports whether the elements lie one after the other in memory, the
// last index fastest. If not, the array is strided.
func (a *Array) Contiguous() bool { return a.steps == nil }

// Len returns the number of elements, over all dimensions.
func (a *Array) Len() int { return a.n }

// Type returns the type of the elements.
func (a *Array) Type() Type { return a.typ }

// Shape returns the lengths of the dimensions: one of a vector, two of a matrix.
func (a *Array) Shape() []int { return slices.Clone(a.shape()) }

// shape is Shape for who does not write to it.
func (a *Array) shape() []int {
	if a.dims == nil {
		return []int{a.n}
	}
	return a.dims
}

// rank returns the number of dimensions.
func (a *Array) rank() int { return max(len(a.dims), 1) }

func (a *Array) matrix() bool { return len(a.dims) == 2 }

// rows and cols are the lengths of a matrix.
func (a *Array) rows() int { return a.dims[0] }
func (a *Array) cols() int { return a.dims[1] }

// View returns count elements from first (from 0) as a vector that shares
// memory with a. An error where a has not that many, or where they do not lie at
// equal distances.
func (a *Array) View(first, count int) (*Array, error) {
	if first < 0 || count < 0 || first > a.n || count > a.n-first {
		return nil, fmt.Errorf("elements %d to %d reach beyond the %s", first+1, first+count, a.describe())
	}
	if a.steps == nil || a.dims == nil {
		return a.view(first, count), nil
	}
	flat, err := a.Flat()
	if err != nil {
		return nil, err
	}
	return flat.view(first, count), nil
}

// view is View of a contiguous array or of a vector.
func (a *Array) view(first, count int) *Array {
	v := &Array{n: count, typ: a.typ, lease: a.lease}
	if count > 0 { // a pointer past the end would keep a neighbour alive
		v.p = a.at(first)
	}
	if a.steps != nil {
		v.setSteps([]int{a.steps[0]})
	}
	return v
}

// Reshape returns the same elements in the same order, with dimensions of other
// lengths, sharing memory with a. One length may be -1: it is what the others
// leave. An error if the lengths are not those of as many elements, or where a is
// strided so that no steps lead to its elements in that shape.
func (a *Array) Reshape(dims ...int) (*Array, error) {
	dims, ok := a.fit(dims)
	if !ok {
		return nil, fmt.Errorf("%s has no shape %s", a.named(), shapeText(dims))
	}
	m := *a
	m.dims = shaped(dims)
	if a.steps != nil {
		steps, ok := restep(a.dims, a.steps, dims)
		if !ok {
			return nil, fmt.Errorf("the elements of the %s, a strided view, have no shape %s in the memory where they are: use a:copy() first", a.describe(), shapeText(dims))
		}
		m.setSteps(steps)
	}
	return &m, nil
}

// fit fills in a length of -1, and reports whether the lengths are those of as
// many elements as a has.
func (a *Array) fit(dims []int) ([]int, bool) {
	open, rest := -1, 1
	for i, d := range dims {
		switch {
		case d == -1 && open < 0:
			open = i
		case d < 0 || d > 0 && rest > math.MaxInt/d:
			return dims, false
		default:
			rest *= d
		}
	}
	if open >= 0 && rest > 0 && a.n%rest == 0 {
		dims = slices.Clone(dims)
		dims[open] = a.n / rest
		return dims, true
	}
	return dims, open < 0 && rest == a.n && len(dims) > 0
}

// Flat returns the elements as a vector that shares memory with a.
func (a *Array) Flat() (*Array, error) {
	if a.dims == nil {
		return a, nil
	}
	return a.Reshape(a.n)
}

// Copy returns an array of the same type, shape and content with contiguous
// memory of its own.
func (a *Array) Copy() *Array {
	c := a.like(a.typ)
	move(c, a)
	return c
}

// Packed returns a itself where it is contiguous, else a contiguous copy.
func (a *Array) Packed() *Array {
	if a.steps == nil {
		return a
	}
	return a.Copy()
}

// like makes a zeroed contiguous array of a's shape.
func (a *Array) like(t Type) *Array {
	c := New(t, a.n)
	c.dims = a.dims
	return c
}

// shapedAs returns the elements of a, as many as b has, in b's shape: a view, or a
// copy where a is strided.
func (a *Array) shapedAs(b *Array) *Array {
	if a.sameShape(b) {
		return a
	}
	v := *a.Packed()
	v.dims = b.dims
	return &v
}

func (a *Array) sameShape(b *Array) bool { return a.n == b.n && slices.Equal(a.dims, b.dims) }

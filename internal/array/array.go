// Package array is typed memory for Lua scripts, what numpy is to mpi4py:
// vectors and row-major matrices of thirteen element types, with views that
// share memory, arithmetic, reductions and linear algebra.
//
// An Array's memory lies on the Go heap, starts at a multiple of 16 bytes and
// is never moved: it may be given to C as long as it is pinned or the call
// lasts. A slice of it (Bytes, Of) or a view keeps all of it alive.
//
// Nothing here locks: an Array belongs to one interpreter, or to whoever was
// handed it.
package array

import (
	"fmt"
	"math"
	"unsafe"

	"github.com/mpiclus/mpiclus-lua/internal/args"
)

// Array is a view of typed memory: a vector, or a matrix whose rows follow
// one another. Its type, length and place never change; its shape is fixed
// too, Reshape gives another view.
type Array struct {
	p          unsafe.Pointer // first element; nil when n is 0
	n          int
	rows, cols int // of a matrix; rows*cols == n
	typ        Type
	matrix     bool
	lease      *Lease // of borrowed memory
}

// New makes a vector of n zeros. It panics on a negative n, as make does.
func New(t Type, n int) *Array {
	return &Array{p: allocate(t, n), n: n, typ: t}
}

// NewMatrix makes a matrix of zeros.
func NewMatrix(t Type, rows, cols int) *Array {
	a := New(t, rows*cols)
	a.rows, a.cols, a.matrix = rows, cols, true
	return a
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
// slice or the array is reachable.
func (a *Array) Bytes() []byte {
	return unsafe.Slice((*byte)(a.p), a.n*a.typ.Size())
}

// Of returns the elements as a typed slice of the live memory, nil when T is
// not the element type. In a bool array every byte must be 0 or 1.
func Of[T Element](a *Array) []T {
	if TypeOf[T]() != a.typ {
		return nil
	}
	return elements[T](a)
}

// elements is Of for callers that know the type.
func elements[T any](a *Array) []T { return unsafe.Slice((*T)(a.p), a.n) }

// Len returns the number of elements, of a matrix rows × columns.
func (a *Array) Len() int { return a.n }

// Type returns the type of the elements.
func (a *Array) Type() Type { return a.typ }

// Shape returns rows and columns of a matrix; of a vector its length, 1, false.
func (a *Array) Shape() (rows, cols int, matrix bool) {
	if !a.matrix {
		return a.n, 1, false
	}
	return a.rows, a.cols, true
}

// View returns count elements from first (from 0) as a vector that shares
// memory with a.
func (a *Array) View(first, count int) (*Array, error) {
	if first < 0 || count < 0 || first > a.n || count > a.n-first {
		return nil, fmt.Errorf("elements %d to %d reach beyond the %s", first+1, first+count, a.describe())
	}
	return a.view(first, count), nil
}

func (a *Array) view(first, count int) *Array {
	v := &Array{n: count, typ: a.typ, lease: a.lease}
	if count > 0 { // a pointer past the end would keep a neighbour alive
		v.p = unsafe.Add(a.p, first*a.typ.Size())
	}
	return v
}

// Reshape returns the same elements as a matrix that shares memory with a. An
// error if rows × cols is not the number of elements.
func (a *Array) Reshape(rows, cols int) (*Array, error) {
	if rows < 0 || cols < 0 || !fits(rows, cols, a.n) {
		return nil, fmt.Errorf("%s has no shape %dx%d", a.named(), rows, cols)
	}
	m := *a
	m.rows, m.cols, m.matrix = rows, cols, true
	return &m, nil
}

// fits reports whether rows × cols is n, without overflow.
func fits(rows, cols, n int) bool {
	if rows == 0 || cols == 0 {
		return n == 0
	}
	return cols <= math.MaxInt/rows && rows*cols == n
}

// Flat returns the elements as a vector that shares memory with a.
func (a *Array) Flat() *Array { return a.view(0, a.n) }

// Copy returns an array of the same type, shape and content with memory of its
// own.
func (a *Array) Copy() *Array {
	c := a.like(a.typ)
	copy(c.Bytes(), a.Bytes())
	return c
}

// like makes a zeroed array of a's shape.
func (a *Array) like(t Type) *Array {
	c := New(t, a.n)
	c.rows, c.cols, c.matrix = a.rows, a.cols, a.matrix
	return c
}

func (a *Array) sameShape(b *Array) bool {
	return a.n == b.n && a.matrix == b.matrix && a.rows == b.rows && a.cols == b.cols
}

// overlaps reports whether a and b share memory.
func (a *Array) overlaps(b *Array) bool {
	if a.n == 0 || b.n == 0 {
		return false
	}
	x, y := uintptr(a.p), uintptr(b.p)
	return x < y+uintptr(b.n*b.typ.Size()) && y < x+uintptr(a.n*a.typ.Size())
}

// describe names the array in errors: "float64 array of 5", "int32 matrix of 2x3".
func (a *Array) describe() string {
	if a.gone() {
		return fmt.Sprintf("%s array whose memory went with %s", a.typ, a.lease.owner)
	}
	if a.matrix {
		return fmt.Sprintf("%s matrix of %dx%d", a.typ, a.rows, a.cols)
	}
	return fmt.Sprintf("%s array of %d", a.typ, a.n)
}

// Kind names the array in errors about arguments.
func (a *Array) Kind() string { return a.describe() }

// named is describe with an article: "an int32 matrix of 2x3".
func (a *Array) named() string { return args.WithArticle(a.describe()) }

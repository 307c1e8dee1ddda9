package array

import (
	"unsafe"

	lua "github.com/yuin/gopher-lua"
)

// kernel is what one element type can do: the same functions for each type,
// made from generic code. A nil function means that the type has no such
// operation. Arrays given to one kernel are of its type unless said
// otherwise; an index of -1 means success.
type kernel struct {
	set    func(p unsafe.Pointer, v lua.LValue) error // writes a Lua value to the element at p
	fill   func(a *Array, v lua.LValue) error         // writes a Lua value to all elements
	text   func(p unsafe.Pointer, digits int) string  // digits -1: exact
	limits string                                     // "0 to 255", of integers

	convert func(dst, src *Array) int // from any type; the index of the first value that does not fit
	equal   func(x, y *Array) bool
	compare [comparisons]func(dst []bool, x, y *Array)

	binary [operators]func(dst, x, y *Array) int // the index of the first overflow or division by zero
	negate func(dst, x *Array) int
	abs    func(dst, x *Array) int        // of signed integers only
	sum    func(x *Array) (*Array, error) // one element of the type that sums have
	prod   func(x *Array) (*Array, error)
	dot    func(x, y *Array) (*Array, error)
	cumsum func(x *Array) (*Array, error)
	least  func(x *Array) int // index of the first smallest; a NaN counts as such
	most   func(x *Array) int
	sort   func(x *Array, descending bool)
	peaks  func(out, x *Array, outer, n, inner int, largest bool)  // see extremes
	sums   func(out, x *Array, outer, n, inner int, scale float64) // of floats; see sumLanes
	order  func(x *Array, descending bool) *Array                  // a stable order, indices from 1
	axpy   func(y, x, alpha *Array)                                // not of integers, which may overflow
	matmul func(dst, x, y *Array) int                              // of the types that matrix products have
}

var kernels [typeCount]*kernel

// truths returns a bool array as bytes of 0 and 1. Memory that was received
// may hold other bytes: any but 0 is true.
func truths(a *Array) []uint8 {
	raw := elements[uint8](a)
	for i, b := range raw {
		if b > 1 {
			clean := append([]uint8(nil), raw...)
			for j := i; j < len(clean); j++ {
				clean[j] = min(clean[j], 1)
			}
			return clean
		}
	}
	return raw
}

// access fills in what reads a Lua value.
func access[T any](k *kernel, read func(lua.LValue) (T, error)) {
	k.set = func(p unsafe.Pointer, v lua.LValue) error {
		x, err := read(v)
		if err == nil {
			*(*T)(p) = x
		}
		return err
	}
	k.fill = func(a *Array, v lua.LValue) error {
		x, err := read(v)
		if err != nil {
			return err
		}
		s := elements[T](a)
		for i := range s {
			s[i] = x
		}
		return nil
	}
}

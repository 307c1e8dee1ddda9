// Package dense is how packages that read and write files, or draw, see arrays:
// their dimensions, their elements row by row, and their numbers as float64. It
// is the one place outside of internal/array that such packages need to know how
// an array lies in memory.
package dense

import (
	"fmt"
	"math"
	"strings"

	"github.com/mpiclus/mpiclus-lua/internal/array"
)

// Dims returns the length of each dimension, the last one that of neighbours in
// the order of the elements.
func Dims(a *array.Array) []int { return a.Shape() }

// Bytes returns the elements row by row, in this machine's byte order: the
// array's own memory, or a copy where that lies in another way.
func Bytes(a *array.Array) []byte { return a.Packed().Bytes() }

// Own returns an array with memory of its own where that of a may be taken back
// while somebody works on it without the interpreter, else a itself.
func Own(a *array.Array) *array.Array {
	if a.Leased() {
		return a.Copy()
	}
	return a
}

// Count returns the product of the dimensions. One that is negative, and a product
// that no machine has memory for, are errors.
func Count(t array.Type, dims []int) (int, error) {
	n := 1
	for _, d := range dims {
		if d < 0 {
			return 0, fmt.Errorf("the dimension %d is negative", d)
		}
		if d > 0 && n > math.MaxInt/t.Size()/d {
			return 0, fmt.Errorf("the shape %s has more elements than any machine has memory for", Shape(dims))
		}
		n *= d
	}
	return n, nil
}

// Fits says why there is no array of a type with these dimensions: there are too
// many of them, or too many elements; nil if there is one.
func Fits(t array.Type, dims []int) error {
	if len(dims) > array.MaxDims {
		return fmt.Errorf("arrays have up to %d dimensions here, the shape is %s", array.MaxDims, Shape(dims))
	}
	n, err := Count(t, dims)
	if err != nil {
		return err
	}
	if why := array.TooLarge(t, n); why != "" {
		return fmt.Errorf("%s", why)
	}
	return nil
}

// New makes an array of zeros, of one element for no dimensions. Fits says what
// the errors are.
func New(t array.Type, dims []int) (*array.Array, error) {
	if err := Fits(t, dims); err != nil {
		return nil, err
	}
	if len(dims) == 0 {
		return array.New(t, 1), nil
	}
	return array.NewShaped(t, dims...), nil
}

// Wrap makes an array of raw memory, which it takes over: the elements row by row,
// in this machine's byte order.
func Wrap(t array.Type, dims []int, raw []byte) (*array.Array, error) {
	if err := Fits(t, dims); err != nil {
		return nil, err
	}
	a, err := array.FromBytes(t, raw)
	if err == nil && len(dims) > 1 {
		a, err = a.Reshape(dims...)
	}
	return a, err
}

// Stack makes a matrix of vectors of the same type and length. It is nil where
// they are not such.
func Stack(rows []*array.Array) *array.Array {
	if len(rows) == 0 {
		return nil
	}
	n, t := rows[0].Len(), rows[0].Type()
	for _, r := range rows {
		if r.Len() != n || r.Type() != t || len(Dims(r)) != 1 {
			return nil
		}
	}
	m, err := New(t, []int{len(rows), n})
	if err != nil {
		return nil
	}
	raw := m.Bytes()
	for _, r := range rows {
		raw = raw[copy(raw, Bytes(r)):]
	}
	return m
}

// Floats returns the elements row by row as float64; a complex number has none.
// They may be the array's own: they are to be read alone.
func Floats(a *array.Array) ([]float64, error) {
	switch a.Type() {
	case array.Float64:
		return array.Of[float64](a.Packed()), nil
	case array.Complex64, array.Complex128:
		return nil, fmt.Errorf("%s has complex numbers: a:re(), a:im() or a:abs() are numbers", a.Kind())
	}
	b, err := a.Convert(array.Float64)
	if err != nil {
		return nil, err
	}
	return array.Of[float64](b), nil
}

// Shape writes dimensions for messages, "3x4".
func Shape(dims []int) string {
	parts := make([]string, len(dims))
	for i, d := range dims {
		parts[i] = fmt.Sprint(d)
	}
	return strings.Join(parts, "x")
}

package function

import (
	"fmt"
	"slices"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/args"
	"github.com/mpiclus/mpiclus-lua/internal/array"
	"github.com/mpiclus/mpiclus-lua/internal/lua51/vm"
)

// What an array is made of is known in this file alone: its elements as slices
// of Go, and arrays of slices.

// Matrix is a matrix row by row. A vector is a matrix of one column.
type Matrix struct {
	Rows, Cols int
	Data       []float64 // shared with the array where that holds float64
	Vector     bool      // it came from a vector, or from a list of numbers
}

// realElements returns the elements as float64, row by row; they are the array's
// own memory where that holds them so. false: they are complex.
func realElements(a *array.Array) ([]float64, bool) {
	switch a.Type() {
	case array.Complex64, array.Complex128:
		return nil, false
	case array.Float64:
		return array.Of[float64](a.Packed()), true
	}
	w, err := a.Convert(array.Float64)
	if err != nil {
		return nil, false
	}
	return array.Of[float64](w), true
}

// elementsOf is realElements of a value; the text is what the value is, "" where it
// is no array.
func elementsOf(v lua.LValue) (s []float64, isReal bool, kind string) {
	a, ok := array.To(v)
	if !ok {
		return nil, false, ""
	}
	s, isReal = realElements(a)
	return s, isReal, a.Kind()
}

// listNumbers reads a list of numbers; wrong says which entry is none.
func listNumbers(t *lua.LTable) (s []float64, wrong string) {
	n, wrong := args.List(t)
	if wrong != "" {
		return nil, "keys are wrong: " + wrong
	}
	s = make([]float64, n)
	for i := range s {
		x, ok := vm.GetInt(t, i+1).(lua.LNumber)
		if !ok {
			return nil, fmt.Sprintf("entry %d is %s", i+1, args.Show(vm.GetInt(t, i+1)))
		}
		s[i] = float64(x)
	}
	return s, ""
}

// Vector reads a vector of real numbers, or a list of them. It must not be
// written to.
func (c *Call) Vector(n int, name string) []float64 {
	if a, ok := array.To(c.Arg(n)); ok && len(a.Shape()) > 1 {
		c.Fail(n, name, "vector expected, got %s: a:flat() is one", a.Kind())
	}
	return c.Elements(n, name)
}

// Elements reads an array of any shape, or a list, as its real numbers in their
// order. It must not be written to.
func (c *Call) Elements(n int, name string) []float64 {
	switch v := c.Arg(n).(type) {
	case *lua.LTable:
		s, wrong := listNumbers(v)
		if wrong != "" {
			c.Fail(n, name, "a list of numbers expected: %s", wrong)
		}
		return s
	default:
		a := c.array(n, name)
		s, ok := realElements(a)
		if !ok {
			c.Fail(n, name, "real numbers expected, got %s", args.WithArticle(a.Kind()))
		}
		return s
	}
}

func (c *Call) array(n int, name string) *array.Array {
	a, ok := array.To(c.Arg(n))
	if !ok {
		c.Expected(n, name, "array or list")
	}
	return a
}

// IsArray reports whether argument n is an array.
func (c *Call) IsArray(n int) bool {
	_, ok := array.To(c.Arg(n))
	return ok
}

// Matrix reads a matrix, vector or list of real numbers. It must not be written to.
func (c *Call) Matrix(n int, name string) Matrix {
	m := Matrix{Cols: 1, Vector: true, Data: c.Elements(n, name)}
	m.Rows = len(m.Data)
	if a, ok := array.To(c.Arg(n)); ok {
		switch shape := a.Shape(); len(shape) {
		case 1:
		case 2:
			m.Rows, m.Cols, m.Vector = shape[0], shape[1], false
		default:
			c.Fail(n, name, "matrix or vector expected, got %s", a.Kind())
		}
	}
	return m
}

// ComplexVector reads a vector of numbers that may be complex. It must not be
// written to.
func (c *Call) ComplexVector(n int, name string) []complex128 {
	if shape, ok := ShapeOf(c.Arg(n)); ok && len(shape) != 1 {
		c.Fail(n, name, "vector expected, got %s", args.Kind(c.Arg(n)))
	}
	return c.complexElements(n, name)
}

func (c *Call) complexElements(n int, name string) []complex128 {
	if a, ok := array.To(c.Arg(n)); ok && (a.Type() == array.Complex128 || a.Type() == array.Complex64) {
		if a.Type() == array.Complex64 {
			a, _ = a.Convert(array.Complex128) // each value has one
		}
		return array.Of[complex128](a.Packed())
	}
	real := c.Elements(n, name)
	s := make([]complex128, len(real))
	for i, x := range real {
		s[i] = complex(x, 0)
	}
	return s
}

// ComplexMatrix reads a matrix of numbers that may be complex, row by row.
func (c *Call) ComplexMatrix(n int, name string) (rows, cols int, s []complex128) {
	a := c.array(n, name)
	shape := a.Shape()
	if len(shape) != 2 {
		c.Fail(n, name, "matrix expected, got %s", a.Kind())
	}
	return shape[0], shape[1], c.complexElements(n, name)
}

// Shaped makes an array of a shape that shares the memory of data.
func Shaped[T array.Element](L *lua.LState, shape []int, data []T) lua.LValue {
	a := array.FromSlice(data)
	if len(shape) > 1 {
		a, _ = a.Reshape(shape...) // whoever made data counted
	}
	return array.ToLua(L, a)
}

// ToVector makes an array that shares the memory of s.
func ToVector[T array.Element](L *lua.LState, s []T) lua.LValue {
	return Shaped(L, []int{len(s)}, s)
}

// ToMatrix makes a matrix that shares the memory of data.
func ToMatrix[T array.Element](L *lua.LState, rows, cols int, data []T) lua.LValue {
	return Shaped(L, []int{rows, cols}, data)
}

// ShapeOf returns the lengths of an array's dimensions.
func ShapeOf(v lua.LValue) ([]int, bool) {
	a, ok := array.To(v)
	if !ok {
		return nil, false
	}
	return a.Shape(), true
}

// Count returns the number of elements of a shape.
func Count(shape []int) int {
	n := 1
	for _, d := range shape {
		n *= d
	}
	return n
}

// Take makes a vector of those elements of an array whose places, from 0, are
// given, with the same type.
func Take(L *lua.LState, v lua.LValue, places []int) lua.LValue {
	a, _ := array.To(v)
	size := a.Type().Size()
	out := array.New(a.Type(), len(places))
	from, to := a.Packed().Bytes(), out.Bytes()
	for i, p := range places {
		copy(to[i*size:(i+1)*size], from[p*size:])
	}
	return array.ToLua(L, out)
}

// NeedMemory raises where there is no memory for a number of float64 elements, of
// which argument n is the cause; 0 for none.
func (c *Call) NeedMemory(n int, name string, count int) {
	switch why := array.TooLarge(array.Float64, count); {
	case why == "":
	case n == 0:
		c.Raise("%s", why)
	default:
		c.Fail(n, name, "%s", why)
	}
}

// Rows are the elements of an array, of more dimensions than one its parts along the
// first, in memory without gaps: they may change places.
type Rows struct {
	N          int
	a          *array.Array
	bytes      []byte
	size       int // of one, in bytes
	spare      []byte
	isOriginal bool // bytes is the array's own memory
}

// RowsOf returns the rows of an array.
func RowsOf(v lua.LValue) (*Rows, bool) {
	a, ok := array.To(v)
	if !ok {
		return nil, false
	}
	r := &Rows{a: a, bytes: a.Packed().Bytes(), isOriginal: a.Contiguous()}
	if a.Len() > 0 { // else one of the lengths may be any
		r.N = a.Shape()[0]
		r.size = len(r.bytes) / r.N
	}
	r.spare = make([]byte, r.size)
	return r, true
}

// Swap exchanges two rows.
func (r *Rows) Swap(i, k int) {
	size := r.size
	copy(r.spare, r.bytes[i*size:(i+1)*size])
	copy(r.bytes[i*size:(i+1)*size], r.bytes[k*size:(k+1)*size])
	copy(r.bytes[k*size:(k+1)*size], r.spare)
}

// Done writes to the array what has changed places, if it has not yet.
func (r *Rows) Done() {
	if !r.isOriginal {
		r.a.SetBytes(r.bytes)
	}
}

// Copy returns an array with the same content in memory of its own.
func Copy(L *lua.LState, v lua.LValue) lua.LValue {
	a, _ := array.To(v)
	return array.ToLua(L, a.Copy())
}

// Like makes an array of a shape of data: of float32 if argument n is of that, else
// of float64 with the memory of data.
func (c *Call) Like(n int, shape []int, data []float64) lua.LValue {
	if a, ok := array.To(c.Arg(n)); !ok || a.Type() != array.Float32 {
		return Shaped(c.LState, shape, data)
	}
	narrow := make([]float32, len(data))
	for i, x := range data {
		narrow[i] = float32(x)
	}
	return Shaped(c.LState, shape, narrow)
}

// Output reads argument n as a float64 array of a shape to write to, which does not
// share memory with from.
func (c *Call) Output(n int, name string, shape []int, from []float64) []float64 {
	a := c.array(n, name)
	own, _ := ShapeOf(c.Arg(n))
	switch {
	case a.Type() != array.Float64 || !slices.Equal(own, shape):
		c.Fail(n, name, "float64 array of %s expected, got %s", shapeText(shape), a.Kind())
	case !a.Contiguous():
		c.Fail(n, name, "an array is expected whose elements follow one another, this is a strided view: write to a:copy()")
	}
	out := array.Of[float64](a)
	switch {
	case overlap(out, from):
		c.Fail(n, name, "it shares memory with what it is computed from")
	}
	return out
}

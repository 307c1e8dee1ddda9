package plugins

import "fmt"

// Array is an array of a script: an argument, or a result with a shape. Its
// memory is shared with the host; an argument's lives until the function
// returns, and changing it changes nothing for the script unless the function
// says Changed or returns the array.
type Array struct {
	typ        Type
	raw        []byte
	rows, cols int
	matrix     bool
	changed    bool
}

// NewArray makes a vector that shares the memory of data.
func NewArray[T Element](data []T) *Array { return &Array{typ: TypeOf[T](), raw: raw(data)} }

// NewMatrix makes a matrix of the elements of data, row by row, with rows ×
// columns elements; it shares the memory.
func NewMatrix[T Element](data []T, rows, columns int) (*Array, error) {
	a := NewArray(data)
	if rows < 0 || columns < 0 || rows*columns != len(data) {
		return nil, fmt.Errorf("%d elements are no matrix of %dx%d", len(data), rows, columns)
	}
	a.rows, a.cols, a.matrix = rows, columns, true
	return a, nil
}

// Type returns the type of the elements.
func (a *Array) Type() Type { return a.typ }

// Len returns the number of elements.
func (a *Array) Len() int { return len(a.raw) / a.typ.Size() }

// Shape returns rows and columns of a matrix; of a vector its length, 1, false.
func (a *Array) Shape() (rows, columns int, matrix bool) {
	if !a.matrix {
		return a.Len(), 1, false
	}
	return a.rows, a.cols, true
}

// Bytes returns the memory of the elements.
func (a *Array) Bytes() []byte { return a.raw }

// Changed says that the function has changed the argument a, and that the
// script is to see that in its array.
func (a *Array) Changed() { a.changed = true }

// Data returns the elements, or an error when they are of another type.
func Data[T Element](a *Array) ([]T, error) {
	if want := TypeOf[T](); a.typ != want {
		return nil, fmt.Errorf("%s array expected, got %s", want, a.typ)
	}
	return typed[T](a.raw), nil
}

// Floats returns the elements as float64: the memory itself of a float64 array,
// a converted copy of other real types. Complex arrays are an error.
func (a *Array) Floats() ([]float64, error) {
	switch a.typ {
	case Float64:
		return typed[float64](a.raw), nil
	case Float32:
		return floats[float32](a.raw), nil
	case Int8:
		return floats[int8](a.raw), nil
	case Int16:
		return floats[int16](a.raw), nil
	case Int32:
		return floats[int32](a.raw), nil
	case Int64:
		return floats[int64](a.raw), nil
	case Uint8:
		return floats[uint8](a.raw), nil
	case Uint16:
		return floats[uint16](a.raw), nil
	case Uint32:
		return floats[uint32](a.raw), nil
	case Uint64:
		return floats[uint64](a.raw), nil
	}
	return nil, fmt.Errorf("array of real numbers expected, got %s", a.typ)
}

func floats[T int8 | int16 | int32 | int64 | uint8 | uint16 | uint32 | uint64 | float32](raw []byte) []float64 {
	in := typed[T](raw)
	out := make([]float64, len(in))
	for i, v := range in {
		out[i] = float64(v)
	}
	return out
}

// Table is a table of a script: keys are float64, string or bool; values are
// those of Call.
type Table map[any]any

// List returns the values of the keys 1, 2, 3, … up to the first gap.
func (t Table) List() []any {
	var list []any
	for i := 1; ; i++ {
		v, ok := t[float64(i)]
		if !ok {
			return list
		}
		list = append(list, v)
	}
}

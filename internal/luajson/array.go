package luajson

import (
	"encoding/json/jsontext"
	"fmt"

	"github.com/mpiclus/mpiclus-lua/internal/array"
	"github.com/mpiclus/mpiclus-lua/internal/dense"
)

// array writes an array as a list, of more dimensions as lists of lists. Whole
// numbers have all their digits.
func (e *encoder) array(a *array.Array) error {
	write, err := e.elements(a)
	if err != nil {
		return err
	}
	next := 0
	return e.nested(dense.Dims(a), &next, write)
}

// nested writes the elements from *next on that belong to these dimensions.
func (e *encoder) nested(dims []int, next *int, write func(i int) error) error {
	if err := e.to.WriteToken(jsontext.BeginArray); err != nil {
		return err
	}
	for i := range dims[0] {
		var err error
		if len(dims) > 1 {
			err = e.nested(dims[1:], next, write)
		} else {
			err = write(*next)
			*next++
		}
		if err != nil {
			return at(err, "[%d]", i+1)
		}
		if err := e.count(); err != nil {
			return err
		}
		if e.out.Len() > maxText {
			return errTooLong
		}
	}
	return e.to.WriteToken(jsontext.EndArray)
}

// elements returns what writes element i (from 0, row by row).
func (e *encoder) elements(a *array.Array) (func(i int) error, error) {
	raw, err := dense.Wrap(a.Type(), []int{a.Len()}, dense.Bytes(a))
	if err != nil {
		return nil, err
	}
	switch a.Type() {
	case array.Int64:
		s := array.Of[int64](raw)
		return func(i int) error { return e.to.WriteToken(jsontext.Int(s[i])) }, nil
	case array.Uint64:
		s := array.Of[uint64](raw)
		return func(i int) error { return e.to.WriteToken(jsontext.Uint(s[i])) }, nil
	case array.Bool:
		s := array.Of[bool](raw)
		return func(i int) error { return e.to.WriteToken(jsontext.Bool(s[i])) }, nil
	case array.Float32:
		s := array.Of[float32](raw)
		return func(i int) error { return e.float32(s[i]) }, nil
	case array.Complex64, array.Complex128:
		return nil, fmt.Errorf("%s has complex numbers, for which JSON has no form: write a:re() and a:im()", a.Kind())
	}
	s, err := dense.Floats(raw)
	if err != nil {
		return nil, err
	}
	return func(i int) error { return e.number(s[i]) }, nil
}

// float32 writes the fewest digits that give the same float32 again.
func (e *encoder) float32(f float32) error {
	if f != f || f-f != 0 { // NaN or infinite
		return e.number(float64(f))
	}
	return e.to.WriteToken(jsontext.Float32(f))
}

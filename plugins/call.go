package plugins

import (
	"context"
	"fmt"
	"math"
)

// Call is one call of a function by a script. Its arguments are nil, bool,
// float64, string, Table or *Array. Results may be these and any integer or
// float type, a slice of an element type (an array for the script),
// map[string]any and []any (tables).
type Call struct {
	ctx    context.Context
	args   []any
	comm   *Comm
	memory func(n int) ([]byte, error) // shared; nil in tests
}

// NewCall makes a call for a test of a function; comm may be nil.
func NewCall(ctx context.Context, comm *Comm, args ...any) *Call {
	return &Call{ctx: ctx, args: args, comm: comm}
}

// Context ends when the script gave the call up. A function that computes for
// long should look at it.
func (c *Call) Context() context.Context { return c.ctx }

// Comm returns the ranks of the caller's communicator; nil unless the function
// Communicates.
func (c *Call) Comm() *Comm { return c.comm }

// Len returns the number of arguments, without the communicator.
func (c *Call) Len() int { return len(c.args) }

// Value returns argument n, from 1; nil where there is none.
func (c *Call) Value(n int) any {
	if n < 1 || n > len(c.args) {
		return nil
	}
	return c.args[n-1]
}

// Arg reads argument n, from 1, as a T: float64, int (a whole number), string,
// bool, Table, *Array, any, or a slice of an element type (an array of just
// that type). name is for the error.
func Arg[T any](c *Call, n int, name string) (T, error) {
	var zero T
	v, err := convert(c.Value(n), zero)
	if err == nil {
		if t, ok := v.(T); ok {
			return t, nil
		}
		err = fmt.Errorf("%s expected, got %s", describeType(zero), describe(c.Value(n)))
	}
	return zero, fmt.Errorf("bad argument #%d '%s' (%w)", n, name, err)
}

// OptArg is Arg for an argument that may be missing or nil.
func OptArg[T any](c *Call, n int, name string, missing T) (T, error) {
	if c.Value(n) == nil {
		return missing, nil
	}
	return Arg[T](c, n, name)
}

// convert turns an argument into what want is an example of, where that is
// not the same type.
func convert(v, want any) (any, error) {
	switch want.(type) {
	case int:
		f, ok := v.(float64)
		if ok && (f != math.Trunc(f) || math.Abs(f) > 1<<53) {
			return nil, fmt.Errorf("%v is no whole number", f)
		}
		if ok {
			return int(f), nil
		}
	case []int8:
		return sliceOf[int8](v)
	case []int16:
		return sliceOf[int16](v)
	case []int32:
		return sliceOf[int32](v)
	case []int64:
		return sliceOf[int64](v)
	case []uint8:
		return sliceOf[uint8](v)
	case []uint16:
		return sliceOf[uint16](v)
	case []uint32:
		return sliceOf[uint32](v)
	case []uint64:
		return sliceOf[uint64](v)
	case []float32:
		return sliceOf[float32](v)
	case []float64:
		return sliceOf[float64](v)
	case []complex64:
		return sliceOf[complex64](v)
	case []complex128:
		return sliceOf[complex128](v)
	case []bool:
		return sliceOf[bool](v)
	}
	return v, nil
}

func sliceOf[T Element](v any) (any, error) {
	switch v := v.(type) {
	case *Array:
		return Data[T](v)
	case []T:
		return v, nil
	}
	return nil, fmt.Errorf("%s array expected, got %s", TypeOf[T](), describe(v))
}

func describe(v any) string {
	switch v := v.(type) {
	case nil:
		return "nil"
	case bool:
		return "boolean"
	case float64:
		return "number"
	case string:
		return "string"
	case Table:
		return "table"
	case *Array:
		return v.typ.String() + " array"
	}
	return fmt.Sprintf("%T", v)
}

func describeType(zero any) string {
	switch zero.(type) {
	case float64, int:
		return "number"
	case *Array:
		return "array"
	}
	return describe(zero)
}

// Make returns n zeroed elements in memory that the host shares, so that a
// result or a buffer of a Comm needs no copy. They may be used until the
// function returns.
func Make[T Element](c *Call, n int) ([]T, error) {
	if n < 0 {
		return nil, fmt.Errorf("an array of %d elements", n)
	}
	if c.memory == nil || n == 0 {
		return make([]T, n), nil
	}
	b, err := c.memory(n * TypeOf[T]().Size())
	if err != nil {
		return nil, err
	}
	clear(b)
	return typed[T](b), nil
}

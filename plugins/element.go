package plugins

import (
	"fmt"
	"unsafe"
)

// Element is any type that an array of a script can have.
type Element interface {
	int8 | int16 | int32 | int64 | uint8 | uint16 | uint32 | uint64 |
		float32 | float64 | complex64 | complex128 | bool
}

// Type is the type of an array's elements. The numbers are those of the
// protocol.
type Type uint8

// The element types, named as in scripts.
const (
	Int8 Type = iota + 1
	Int16
	Int32
	Int64
	Uint8
	Uint16
	Uint32
	Uint64
	Float32
	Float64
	Complex64
	Complex128
	Bool
)

var types = [...]struct {
	name string
	size int
}{
	{"no type", 1}, {"int8", 1}, {"int16", 2}, {"int32", 4}, {"int64", 8}, {"uint8", 1}, {"uint16", 2}, {"uint32", 4}, {"uint64", 8},
	{"float32", 4}, {"float64", 8}, {"complex64", 8}, {"complex128", 16}, {"bool", 1},
}

// Known reports whether t is one of the element types.
func (t Type) Known() bool { return t >= Int8 && t <= Bool }

// String returns the name that scripts use, "float64".
func (t Type) String() string {
	if int(t) < len(types) {
		return types[t].name
	}
	return fmt.Sprintf("type %d", uint8(t))
}

// Size returns the bytes of an element; 1 for what is no type.
func (t Type) Size() int {
	if int(t) < len(types) {
		return types[t].size
	}
	return 1
}

// TypeOf returns the element type of a Go type.
func TypeOf[T Element]() Type {
	var zero T
	switch any(zero).(type) {
	case int8:
		return Int8
	case int16:
		return Int16
	case int32:
		return Int32
	case int64:
		return Int64
	case uint8:
		return Uint8
	case uint16:
		return Uint16
	case uint32:
		return Uint32
	case uint64:
		return Uint64
	case float32:
		return Float32
	case float64:
		return Float64
	case complex64:
		return Complex64
	case complex128:
		return Complex128
	default:
		return Bool
	}
}

// typed and raw see the same memory as elements or bytes.
func typed[T Element](raw []byte) []T {
	var zero T
	if len(raw) == 0 {
		return []T{}
	}
	return unsafe.Slice((*T)(unsafe.Pointer(unsafe.SliceData(raw))), len(raw)/int(unsafe.Sizeof(zero)))
}

func raw[T Element](s []T) []byte {
	var zero T
	if len(s) == 0 {
		return nil
	}
	return unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(s))), len(s)*int(unsafe.Sizeof(zero)))
}

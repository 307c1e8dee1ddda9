package array

import (
	"fmt"
	"strings"
)

// Type is the type of an array's elements.
type Type uint8

// The element types, in the order in which the documentation lists them.
const (
	Int8 Type = iota
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
	typeCount
)

// class groups the types that share their rules.
type class uint8

const (
	boolean class = iota
	unsigned
	signed
	float
	complexed
)

// types is the one table of element types: name, bytes an element, class.
var types = [typeCount]struct {
	name  string
	size  int
	class class
}{
	Int8: {"int8", 1, signed}, Int16: {"int16", 2, signed}, Int32: {"int32", 4, signed}, Int64: {"int64", 8, signed},
	Uint8: {"uint8", 1, unsigned}, Uint16: {"uint16", 2, unsigned}, Uint32: {"uint32", 4, unsigned}, Uint64: {"uint64", 8, unsigned},
	Float32: {"float32", 4, float}, Float64: {"float64", 8, float},
	Complex64: {"complex64", 8, complexed}, Complex128: {"complex128", 16, complexed},
	Bool: {"bool", 1, boolean},
}

// Types lists all element types.
func Types() []Type {
	all := make([]Type, typeCount)
	for t := range all {
		all[t] = Type(t)
	}
	return all
}

// String returns the name that scripts use, "float64".
func (t Type) String() string {
	if t < typeCount {
		return types[t].name
	}
	return fmt.Sprintf("Type(%d)", uint8(t))
}

// Size returns the bytes that one element takes.
func (t Type) Size() int { return types[t].size }

func (t Type) class() class    { return types[t].class }
func (t Type) isInteger() bool { return t.class() == signed || t.class() == unsigned }

// ParseType finds the type of a name, "float64".
func ParseType(name string) (Type, bool) {
	for t, row := range types {
		if row.name == name {
			return Type(t), true
		}
	}
	return 0, false
}

// typeNames lists the names for error messages.
func typeNames() string {
	names := make([]string, typeCount)
	for t, row := range types {
		names[t] = row.name
	}
	return strings.Join(names, ", ")
}

// Element is any Go type that an array can be seen as.
type Element interface {
	int8 | int16 | int32 | int64 | uint8 | uint16 | uint32 | uint64 |
		float32 | float64 | complex64 | complex128 | bool
}

type integer interface {
	int8 | int16 | int32 | int64 | uint8 | uint16 | uint32 | uint64
}

type floating interface{ float32 | float64 }

type complexing interface{ complex64 | complex128 }

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

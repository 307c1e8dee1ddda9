package array

import (
	"unsafe"

	lua "github.com/yuin/gopher-lua"
)

// kernel is what one element type can do: the same functions for each type,
// made from generic code.
type kernel struct {
	// set writes a Lua value to the element at p.
	set func(p unsafe.Pointer, v lua.LValue) error
	// fill writes a Lua value to all elements.
	fill func(a *Array, v lua.LValue) error
}

var kernels [typeCount]*kernel

func init() {
	kernels = [typeCount]*kernel{
		Int8: integers[int8](), Int16: integers[int16](), Int32: integers[int32](), Int64: integers[int64](),
		Uint8: integers[uint8](), Uint16: integers[uint16](), Uint32: integers[uint32](), Uint64: integers[uint64](),
		Float32: floats[float32](), Float64: floats[float64](),
		Complex64: complexes[complex64](), Complex128: complexes[complex128](),
		Bool: truths(),
	}
}

func integers[T integer]() *kernel {
	k := &kernel{}
	common(k, integerOf[T])
	return k
}

func floats[T floating]() *kernel {
	k := &kernel{}
	common(k, floatOf[T])
	return k
}

func complexes[T complexing]() *kernel {
	k := &kernel{}
	common(k, complexOf[T])
	return k
}

// truths treats a bool as the byte that stores it.
func truths() *kernel {
	k := &kernel{}
	common(k, truthOf)
	return k
}

// common fills in what differs by the reading of a Lua value only.
func common[T any](k *kernel, read func(lua.LValue) (T, error)) {
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

package array

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"unsafe"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/args"
)

// exact is the largest magnitude up to which every whole number is a Lua
// number: 2^53.
const exact = 1 << 53

// at returns the place of element i, which must exist.
func (a *Array) at(i int) unsafe.Pointer {
	if a.steps != nil {
		return a.place(i)
	}
	return unsafe.Add(a.p, i*a.typ.Size())
}

func value[T any](p unsafe.Pointer) T { return *(*T)(p) }

// load returns element i (from 0) as a Lua value. The error, of an int64 or
// uint64 beyond 2^53, tells the value only.
func (a *Array) load(L *lua.LState, i int) (lua.LValue, error) {
	p := a.at(i)
	switch a.typ {
	case Float64:
		return lua.LNumber(value[float64](p)), nil
	case Float32:
		return lua.LNumber(value[float32](p)), nil
	case Int32:
		return lua.LNumber(value[int32](p)), nil
	case Int64:
		return whole(value[int64](p))
	case Uint64:
		return whole(value[uint64](p))
	case Uint8:
		return lua.LNumber(value[uint8](p)), nil
	case Int8:
		return lua.LNumber(value[int8](p)), nil
	case Int16:
		return lua.LNumber(value[int16](p)), nil
	case Uint16:
		return lua.LNumber(value[uint16](p)), nil
	case Uint32:
		return lua.LNumber(value[uint32](p)), nil
	case Complex64:
		return ComplexToLua(L, complex128(value[complex64](p))), nil
	case Complex128:
		return ComplexToLua(L, value[complex128](p)), nil
	default:
		return lua.LBool(value[uint8](p) != 0), nil
	}
}

// whole returns a 64-bit integer up to 2^53 as a number.
func whole[T int64 | uint64](v T) (lua.LValue, error) {
	f := lua.LNumber(v)
	if f >= exact || f <= -exact { // the ends may be rounded neighbours
		if f != exact && f != -exact || T(f) != v {
			return nil, fmt.Errorf("%d is beyond 2^53, where numbers are not exact", v)
		}
	}
	return f, nil
}

// store writes v to element i (from 0). A value that the type cannot hold is
// an error that tells the value and the limits only; the element then keeps
// what it had. float32 and complex64 round.
func (a *Array) store(i int, v lua.LValue) error {
	p := a.at(i)
	if a.typ == Float64 {
		if f, ok := v.(lua.LNumber); ok {
			*(*float64)(p) = float64(f)
			return nil
		}
	}
	return kernels[a.typ].set(p, v)
}

// numberOf reads a number or a complex value without imaginary part.
func numberOf(v lua.LValue) (float64, error) {
	switch v := v.(type) {
	case lua.LNumber:
		return float64(v), nil
	case *lua.LUserData:
		if c, ok := v.Value.(Complex); ok {
			if imag(c) != 0 {
				return 0, fmt.Errorf("%s has an imaginary part", c)
			}
			return real(c), nil
		}
	}
	return 0, errors.New(args.Expected("number", v))
}

// integerOf reads a whole number of type T; 64-bit types also take decimal
// digits in a string, for values beyond 2^53.
func integerOf[T integer](v lua.LValue) (T, error) {
	if s, ok := v.(lua.LString); ok && (TypeOf[T]() == Int64 || TypeOf[T]() == Uint64) {
		return integerFromDigits[T](string(s))
	}
	f, err := numberOf(v)
	if err != nil {
		return 0, err
	}
	return integerFromFloat[T](f)
}

func integerFromFloat[T integer](f float64) (T, error) {
	if f != math.Trunc(f) || math.IsInf(f, 0) {
		return 0, fmt.Errorf("%s is no whole number", formatNumber(f))
	}
	lo, hi := limits[T]()
	// float64(hi) of the 64-bit types is the first value out of range.
	if f < float64(lo) || f > float64(hi) || f == float64(hi) && unsafe.Sizeof(hi) == 8 {
		return 0, fmt.Errorf("%s is out of range (%d to %d)", formatNumber(f), lo, hi)
	}
	return T(f), nil
}

func integerFromDigits[T integer](s string) (T, error) {
	lo, hi := limits[T]()
	if lo < 0 {
		n, err := strconv.ParseInt(s, 10, 64)
		if err != nil {
			return 0, fmt.Errorf("%q is no whole number from %d to %d", s, lo, hi)
		}
		return T(n), nil
	}
	n, err := strconv.ParseUint(s, 10, 64)
	if err != nil {
		return 0, fmt.Errorf("%q is no whole number from %d to %d", s, lo, hi)
	}
	return T(n), nil
}

// limits returns the smallest and largest value of an integer type.
func limits[T integer]() (lo, hi T) {
	var zero T
	bits := uint(unsafe.Sizeof(zero)) * 8
	if zero-1 > 0 {
		return 0, zero - 1
	}
	one := T(1)
	return one << (bits - 1), one<<(bits-1) - 1
}

const float32Limits = "-3.4e38 to 3.4e38"

func floatOf[T floating](v lua.LValue) (T, error) {
	f, err := numberOf(v)
	if err != nil {
		return 0, err
	}
	if t := T(f); !math.IsInf(float64(t), 0) || math.IsInf(f, 0) {
		return t, nil
	}
	return 0, fmt.Errorf("%s is out of range ("+float32Limits+")", formatNumber(f))
}

// truthOf reads a boolean as the byte that stores it.
func truthOf(v lua.LValue) (uint8, error) {
	b, ok := v.(lua.LBool)
	if !ok {
		return 0, errors.New(args.Expected("true or false", v))
	}
	if b {
		return 1, nil
	}
	return 0, nil
}

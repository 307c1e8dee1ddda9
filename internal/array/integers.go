package array

import (
	"math/bits"
	"unsafe"
)

// The functions below work on whole slices of equal length, element by
// element. They give the index of the first pair whose result the type cannot
// hold, or that divides by zero; -1 if all went well.

type signedInteger interface{ int8 | int16 | int32 | int64 }
type unsignedInteger interface {
	uint8 | uint16 | uint32 | uint64
}

func addSigned[T signedInteger](dst, x, y []T) int {
	x, y = x[:len(dst)], y[:len(dst)]
	for i := range dst {
		r := x[i] + y[i]
		if (x[i]^r)&(y[i]^r) < 0 {
			return i
		}
		dst[i] = r
	}
	return -1
}

func addUnsigned[T unsignedInteger](dst, x, y []T) int {
	x, y = x[:len(dst)], y[:len(dst)]
	for i := range dst {
		r := x[i] + y[i]
		if r < x[i] {
			return i
		}
		dst[i] = r
	}
	return -1
}

func subSigned[T signedInteger](dst, x, y []T) int {
	x, y = x[:len(dst)], y[:len(dst)]
	for i := range dst {
		r := x[i] - y[i]
		if (x[i]^y[i])&(x[i]^r) < 0 {
			return i
		}
		dst[i] = r
	}
	return -1
}

func subUnsigned[T unsignedInteger](dst, x, y []T) int {
	x, y = x[:len(dst)], y[:len(dst)]
	for i := range dst {
		if x[i] < y[i] {
			return i
		}
		dst[i] = x[i] - y[i]
	}
	return -1
}

func negateSigned[T signedInteger](dst, x []T) int {
	lo, _ := limits[T]()
	for i, v := range x {
		if v == lo {
			return i
		}
		dst[i] = -v
	}
	return -1
}

func absSigned[T signedInteger](dst, x []T) int {
	lo, _ := limits[T]()
	for i, v := range x {
		if v == lo {
			return i
		}
		dst[i] = max(v, -v)
	}
	return -1
}

// multiplication returns the checked product of the type: types of up to 32
// bits are multiplied in 64.
func multiplication[T integer]() func(dst, x, y []T) int {
	if unsafe.Sizeof(T(0)) < 8 {
		return func(dst, x, y []T) int {
			x, y = x[:len(dst)], y[:len(dst)]
			for i := range dst {
				r := uint64(x[i]) * uint64(y[i]) // wraps the same, signed or not
				if uint64(T(r)) != r {
					return i
				}
				dst[i] = T(r)
			}
			return -1
		}
	}
	return func(dst, x, y []T) int {
		for i := range dst {
			r, ok := mul64(x[i], y[i])
			if !ok {
				return i
			}
			dst[i] = r
		}
		return -1
	}
}

// mul64 multiplies by magnitude and sign.
func mul64[T integer](x, y T) (T, bool) {
	hi, lo := bits.Mul64(magnitude(x), magnitude(y))
	least, most := limits[T]()
	if hi != 0 {
		return 0, false
	}
	if (x < 0) != (y < 0) {
		return T(-lo), lo <= magnitude(least)
	}
	return T(lo), lo <= uint64(most)
}

func magnitude[T integer](v T) uint64 {
	if v < 0 {
		return -uint64(v)
	}
	return uint64(v)
}

func divSigned[T signedInteger](dst, x, y []T) int {
	lo, _ := limits[T]()
	for i := range dst {
		a, b := x[i], y[i]
		if b == 0 || b == -1 && a == lo {
			return i
		}
		q := a / b
		if a%b != 0 && (a < 0) != (b < 0) {
			q--
		}
		dst[i] = q
	}
	return -1
}

func modSigned[T signedInteger](dst, x, y []T) int {
	for i := range dst {
		a, b := x[i], y[i]
		if b == 0 {
			return i
		}
		r := a % b
		if r != 0 && (r < 0) != (b < 0) {
			r += b
		}
		dst[i] = r
	}
	return -1
}

func divUnsigned[T unsignedInteger](dst, x, y []T) int {
	for i := range dst {
		if y[i] == 0 {
			return i
		}
		dst[i] = x[i] / y[i]
	}
	return -1
}

func modUnsigned[T unsignedInteger](dst, x, y []T) int {
	for i := range dst {
		if y[i] == 0 {
			return i
		}
		dst[i] = x[i] % y[i]
	}
	return -1
}

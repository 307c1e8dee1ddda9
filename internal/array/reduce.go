package array

import (
	"errors"
	"fmt"
	"math/bits"
	"unsafe"
)

// Sums of floats are pairwise: blocks of block elements, then the sums of
// halves, so that the error grows with log n. float32 is summed as float64.
const block = 128

func pairwise[T floating](s []T) float64 {
	if len(s) <= block {
		var a, b, c, d float64
		for ; len(s) >= 4; s = s[4:] {
			a += float64(s[0])
			b += float64(s[1])
			c += float64(s[2])
			d += float64(s[3])
		}
		for _, v := range s {
			a += float64(v)
		}
		return (a + b) + (c + d)
	}
	half := (len(s)/2 + block - 1) / block * block
	return pairwise(s[:half]) + pairwise(s[half:])
}

func pairwiseDot[T floating](x, y []T) float64 {
	y = y[:len(x)]
	if len(x) <= block {
		var a, b, c, d float64
		for ; len(x) >= 4; x, y = x[4:], y[4:] {
			y = y[:len(x)]
			a += float64(x[0]) * float64(y[0])
			b += float64(x[1]) * float64(y[1])
			c += float64(x[2]) * float64(y[2])
			d += float64(x[3]) * float64(y[3])
		}
		for i, v := range x {
			a += float64(v) * float64(y[i])
		}
		return (a + b) + (c + d)
	}
	half := (len(x)/2 + block - 1) / block * block
	return pairwiseDot(x[:half], y[:half]) + pairwiseDot(x[half:], y[half:])
}

func pairwiseComplex[T complexing](s []T) (sum complex128) {
	if len(s) <= block {
		for _, v := range s {
			sum += complex128(v)
		}
		return sum
	}
	half := (len(s)/2 + block - 1) / block * block
	return pairwiseComplex(s[:half]) + pairwiseComplex(s[half:])
}

// dotComplexes does not conjugate.
func dotComplexes[T complexing](x, y []T) (sum complex128) {
	if len(x) <= block {
		for i, v := range x {
			sum += complex128(v) * complex128(y[i])
		}
		return sum
	}
	half := (len(x)/2 + block - 1) / block * block
	return dotComplexes(x[:half], y[:half]) + dotComplexes(x[half:], y[half:])
}

func prodFloats[T floating](s []T) float64 {
	p := 1.0
	for _, v := range s {
		p *= float64(v)
	}
	return p
}

func prodComplexes[T complexing](s []T) complex128 {
	p := complex128(1)
	for _, v := range s {
		p *= complex128(v)
	}
	return p
}

// cumsumFloats carries the rounding error along (Neumaier's form of Kahan's
// sum), so that each partial sum is as good as one of its own.
func cumsumFloats[T floating](out, s []T) {
	var sum, lost float64
	for i, v := range s {
		sum, lost = carry(sum, lost, float64(v))
		out[i] = T(result(sum, lost))
	}
}

func cumsumComplexes[T complexing](out, s []T) {
	var re, reLost, im, imLost float64
	for i, v := range s {
		c := complex128(v)
		re, reLost = carry(re, reLost, real(c))
		im, imLost = carry(im, imLost, imag(c))
		out[i] = T(complex(result(re, reLost), result(im, imLost)))
	}
}

func carry(sum, lost, v float64) (float64, float64) {
	t := sum + v
	if abs(sum) >= abs(v) {
		return t, lost + ((sum - t) + v)
	}
	return t, lost + ((v - t) + sum)
}

// result keeps an infinity that the lost part would turn into NaN.
func result(sum, lost float64) float64 {
	if lost != lost {
		return sum
	}
	return sum + lost
}

func abs(f float64) float64 {
	if f < 0 {
		return -f
	}
	return f
}

// wide is a sum of up to 2^63 products, in two's complement of 192 bits.
type wide struct{ top, hi, lo uint64 }

// add adds a value of 128 bits and its sign: 0, or all ones.
func (w *wide) add(sign, hi, lo uint64) {
	var c uint64
	w.lo, c = bits.Add64(w.lo, lo, 0)
	w.hi, c = bits.Add64(w.hi, hi, c)
	w.top, _ = bits.Add64(w.top, sign, c)
}

// fits reports whether the sum is one of 64 bits, signed or not.
func (w wide) fits(isSigned bool) bool {
	var above uint64
	if isSigned {
		above = uint64(int64(w.lo) >> 63)
	}
	return w.hi == above && w.top == above
}

// whole returns a one-element array of the sum: int64, or uint64 when it was
// summed from unsigned values.
func (w wide) whole(isSigned bool) (*Array, error) {
	switch {
	case !w.fits(isSigned):
		return nil, errors.New("the result is out of range of 64 bits")
	case isSigned:
		return FromSlice([]int64{int64(w.lo)}), nil
	}
	return FromSlice([]uint64{w.lo}), nil
}

// extend returns v as wide.add takes it.
func extend[T integer](v T) (sign, hi, lo uint64) {
	if v < 0 {
		return ^uint64(0), ^uint64(0), uint64(v)
	}
	return 0, 0, uint64(v)
}

func isSigned[T integer]() bool { return T(0)-1 < 0 }

// sumIntegers is exact. Types of up to 32 bits are summed in 64 bits by
// blocks that cannot overflow them.
func sumIntegers[T integer](s []T) (*Array, error) {
	var w wide
	for len(s) > 0 {
		n := 1
		if unsafe.Sizeof(T(0)) < 8 {
			n = min(len(s), 1<<30)
		}
		var sum uint64
		for _, v := range s[:n] {
			sum += uint64(v)
		}
		if isSigned[T]() {
			w.add(extend(int64(sum)))
		} else {
			w.add(0, 0, sum)
		}
		s = s[n:]
	}
	return w.whole(isSigned[T]())
}

func dotIntegers[T integer](x, y []T) (*Array, error) {
	return wideDot(x, y).whole(isSigned[T]())
}

func wideDot[T integer](x, y []T) (w wide) {
	for i, v := range x {
		hi, lo := bits.Mul64(magnitude(v), magnitude(y[i]))
		var sign uint64
		if (v < 0) != (y[i] < 0) {
			lo, sign = bits.Sub64(0, lo, 0)
			hi, sign = bits.Sub64(0, hi, sign)
			sign = -sign
		}
		w.add(sign, hi, lo)
	}
	return w
}

func prodIntegers[T integer](s []T) (*Array, error) {
	if isSigned[T]() {
		p := int64(1)
		for i, v := range s {
			var ok bool
			if p, ok = mul64(p, int64(v)); !ok {
				return nil, fmt.Errorf("the product of the first %d elements is out of range of int64", i+1)
			}
		}
		return FromSlice([]int64{p}), nil
	}
	p := uint64(1)
	for i, v := range s {
		var ok bool
		if p, ok = mul64(p, uint64(v)); !ok {
			return nil, fmt.Errorf("the product of the first %d elements is out of range of uint64", i+1)
		}
	}
	return FromSlice([]uint64{p}), nil
}

// cumsumIntegers returns int64 or uint64.
func cumsumIntegers[T integer](s []T) (*Array, error) {
	out := New(Uint64, len(s))
	if isSigned[T]() {
		out.typ = Int64
	}
	sums := elements[uint64](out)
	var w wide
	for i, v := range s {
		w.add(extend(v))
		if !w.fits(isSigned[T]()) {
			return nil, fmt.Errorf("the sum of the first %d elements is out of range of %s", i+1, out.typ)
		}
		sums[i] = w.lo
	}
	return out, nil
}

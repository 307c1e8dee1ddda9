package array

import (
	"fmt"
	"math"
	"math/cmplx"
	"unsafe"
)

// Convert returns the elements as an array of type t and the same shape, with
// memory of its own. Values are kept or the conversion fails: 1.5 has no
// int32, 300 no uint8, 2 no bool. Floats round to the nearest.
func (a *Array) Convert(t Type) (*Array, error) {
	dst := a.like(t)
	if bad := kernels[t].convert(dst, a.Packed()); bad >= 0 {
		return nil, fmt.Errorf("%s: index %d: %s", a.describe(), bad+1, a.misfit(t, bad))
	}
	return dst, nil
}

// as returns a itself if it has type t already, else converts it.
func (a *Array) as(t Type) (*Array, error) {
	if a.typ == t {
		return a, nil
	}
	return a.Convert(t)
}

// packedAs returns a itself if it has type t already and is contiguous, else a
// contiguous copy of that type.
func (a *Array) packedAs(t Type) (*Array, error) {
	if a.typ == t {
		return a.Packed(), nil
	}
	return a.Convert(t)
}

// misfit reports why element i does not fit type t.
func (a *Array) misfit(t Type, i int) string {
	text := a.exactText(i)
	var re, im float64
	switch a.typ {
	case Float32:
		re = float64(value[float32](a.at(i)))
	case Float64:
		re = value[float64](a.at(i))
	case Complex64:
		c := value[complex64](a.at(i))
		re, im = float64(real(c)), float64(imag(c))
	case Complex128:
		c := value[complex128](a.at(i))
		re, im = real(c), imag(c)
	}
	switch {
	case im != 0 && t.class() != complexed:
		return text + " has an imaginary part"
	case t == Bool:
		return text + " is neither 0 nor 1"
	case t == Float32 || t == Complex64:
		return text + " is out of range (" + float32Limits + ")"
	case re != math.Trunc(re) || math.IsInf(re, 0):
		return text + " is no whole number"
	}
	return text + " is out of range (" + kernels[t].limits + ")"
}

// toIntegers converts src of any type.
func toIntegers[D integer](d []D, src *Array) int {
	switch src.typ {
	case Int8:
		return integersFromIntegers(d, elements[int8](src))
	case Int16:
		return integersFromIntegers(d, elements[int16](src))
	case Int32:
		return integersFromIntegers(d, elements[int32](src))
	case Int64:
		return integersFromIntegers(d, elements[int64](src))
	case Uint8:
		return integersFromIntegers(d, elements[uint8](src))
	case Uint16:
		return integersFromIntegers(d, elements[uint16](src))
	case Uint32:
		return integersFromIntegers(d, elements[uint32](src))
	case Uint64:
		return integersFromIntegers(d, elements[uint64](src))
	case Float32:
		return integersFromFloats(d, elements[float32](src))
	case Float64:
		return integersFromFloats(d, elements[float64](src))
	case Complex64:
		return throughReal(elements[complex64](src), func(i int, f float64) int { return integersFromFloats(d[i:i+1], []float64{f}) })
	case Complex128:
		return throughReal(elements[complex128](src), func(i int, f float64) int { return integersFromFloats(d[i:i+1], []float64{f}) })
	default:
		return integersFromIntegers(d, truths(src))
	}
}

func integersFromIntegers[D, S integer](d []D, s []S) int {
	for i, v := range s {
		x := D(v)
		if S(x) != v || (x < 0) != (v < 0) {
			return i
		}
		d[i] = x
	}
	return -1
}

func integersFromFloats[D integer, S floating](d []D, s []S) int {
	lo, hi := limits[D]()
	low, high := float64(lo), float64(hi)
	if unsafe.Sizeof(hi) == 8 { // no float64 lies between hi and the rounded hi
		high = math.Nextafter(high, 0)
	}
	for i, v := range s {
		f := float64(v)
		if !(f >= low && f <= high) || f != math.Trunc(f) {
			return i
		}
		d[i] = D(f)
	}
	return -1
}

// throughReal hands on the real parts, which keep returns -1 for; it ends at
// the first value with an imaginary part.
func throughReal[S complexing](s []S, keep func(i int, f float64) int) int {
	for i, v := range s {
		c := complex128(v)
		if imag(c) != 0 || keep(i, real(c)) >= 0 {
			return i
		}
	}
	return -1
}

// toFloats converts src of any type.
func toFloats[D floating](d []D, src *Array) int {
	switch src.typ {
	case Int8:
		return floatsFrom(d, elements[int8](src))
	case Int16:
		return floatsFrom(d, elements[int16](src))
	case Int32:
		return floatsFrom(d, elements[int32](src))
	case Int64:
		return floatsFrom(d, elements[int64](src))
	case Uint8:
		return floatsFrom(d, elements[uint8](src))
	case Uint16:
		return floatsFrom(d, elements[uint16](src))
	case Uint32:
		return floatsFrom(d, elements[uint32](src))
	case Uint64:
		return floatsFrom(d, elements[uint64](src))
	case Float32:
		return floatsFrom(d, elements[float32](src))
	case Float64:
		return floatsFrom(d, elements[float64](src))
	case Complex64:
		return throughReal(elements[complex64](src), func(i int, f float64) int { return floatsFrom(d[i:i+1], []float64{f}) })
	case Complex128:
		return throughReal(elements[complex128](src), func(i int, f float64) int { return floatsFrom(d[i:i+1], []float64{f}) })
	default:
		return floatsFrom(d, truths(src))
	}
}

func floatsFrom[D floating, S integer | floating](d []D, s []S) int {
	for i, v := range s {
		x := D(v)
		if x-x != 0 && v-v == 0 { // infinite, of a finite v
			return i
		}
		d[i] = x
	}
	return -1
}

// toComplexes converts src of any type.
func toComplexes[D complexing](d []D, src *Array) int {
	var s []complex128
	switch src.typ {
	case Complex64:
		for i, v := range elements[complex64](src) {
			d[i] = D(v)
		}
		return -1
	case Complex128:
		s = elements[complex128](src)
	default:
		re := make([]float64, src.n)
		toFloats(re, src)
		s = make([]complex128, src.n)
		for i, f := range re {
			s[i] = complex(f, 0)
		}
	}
	for i, v := range s {
		x := complex128(D(v))
		if cmplx.IsInf(x) && !cmplx.IsInf(v) {
			return i
		}
		d[i] = D(v)
	}
	return -1
}

// toTruths converts src of any type.
func toTruths(d []uint8, src *Array) int {
	if src.typ == Bool {
		copy(d, truths(src))
		return -1
	}
	bad := toIntegers(d, src)
	for i, v := range d {
		if v > 1 && (bad < 0 || i < bad) {
			return i
		}
	}
	return bad
}

package array

import (
	"errors"
	"fmt"
)

// Promote returns the type that holds the results of arithmetic between two
// types, or an error where none does:
//
//   - equal types stay; bool counts as 0 and 1 in the other type, two bools
//     in float64;
//   - integers of the same sign give the larger one, a signed and an unsigned
//     one the smallest signed type that holds both, int64 with uint64 none;
//   - float32 with integers of up to 16 bits stays, else float64;
//   - complex64 with float32 or integers of up to 16 bits stays, else
//     complex128.
func Promote(a, b Type) (Type, error) {
	if a.class() > b.class() {
		a, b = b, a
	}
	switch {
	case b == Bool:
		return Float64, nil
	case a == Bool || a == b:
		return b, nil
	case a.class() == b.class():
		if a.Size() > b.Size() {
			return a, nil
		}
		return b, nil
	case b.class() == complexed || b.class() == float:
		single := a == Float32 || a.isInteger() && a.Size() <= 2
		switch {
		case b.class() == complexed && (b == Complex128 || !single):
			return Complex128, nil
		case b == Float32 && !single:
			return Float64, nil
		}
		return b, nil
	}
	for t := Int8; t <= Int64; t++ { // a is unsigned, b signed
		if t.Size() > a.Size() && t.Size() >= b.Size() {
			return t, nil
		}
	}
	return 0, fmt.Errorf("%s and %s have no common type: convert one of them with a:to(type)", b, a)
}

// arith returns x op y in a new array. Sides of different types are brought to
// the type that they promote to; "/" and "^" of integers are float64.
func arith(op operator, x, y operand) (*Array, error) {
	dims, err := commonShape(x, y)
	if err != nil {
		return nil, err
	}
	t, err := Promote(x.typ, y.typ)
	if err != nil {
		return nil, err
	}
	if (op == opQuo || op == opPow) && t.isInteger() {
		t = Float64
	}
	f := kernels[t].binary[op]
	if f == nil {
		return nil, fmt.Errorf("%s has no '%s'", t, operatorNames[op])
	}
	for _, side := range []*operand{&x, &y} {
		if side.Array, err = side.as(t); err != nil {
			return nil, err
		}
	}
	dst, err := newResult(t, dims)
	if err != nil {
		return nil, err
	}
	if bad := inRuns(dst, x.stretch(dst), y.stretch(dst), f); bad >= 0 {
		return nil, fault(op, dst, x.pick(dst, bad), y.pick(dst, bad), bad)
	}
	return dst, nil
}

// pick returns element i of a result's shape exactly as text.
func (o operand) pick(like *Array, i int) string { return o.stretch(like).exactText(i) }

// fault is the error of an integer operation that failed at index i from 0.
func fault(op operator, dst *Array, x, y string, i int) error {
	if (op == opDiv || op == opMod) && y == "0" {
		return fmt.Errorf("%s: index %d: division of %s by zero", dst.describe(), i+1, x)
	}
	return fmt.Errorf("%s: index %d: %s %s %s is out of range (%s)", dst.describe(), i+1, x, operatorNames[op], y, kernels[dst.typ].limits)
}

// negated returns -x in a new array; bools become float64.
func negated(x *Array) (*Array, error) {
	if x.typ == Bool {
		x, _ = x.Convert(Float64)
	}
	dst := x.like(x.typ)
	if bad := kernels[x.typ].negate(dst, x.Packed()); bad >= 0 {
		return nil, fmt.Errorf("%s: index %d: -(%s) is out of range (%s)", x.describe(), bad+1, x.exactText(bad), kernels[x.typ].limits)
	}
	return dst, nil
}

// compareAll returns an array of bools: which elements x relation y holds for.
func compareAll(c comparison, x, y operand) (*Array, error) {
	dims, err := commonShape(x, y)
	if err != nil {
		return nil, err
	}
	t, err := Promote(x.typ, y.typ)
	if err != nil {
		return nil, err
	}
	f := kernels[t].compare[c]
	if f == nil {
		return nil, errors.New("complex numbers have no order")
	}
	if x.Array, err = x.as(t); err != nil {
		return nil, err
	}
	if y.Array, err = y.as(t); err != nil {
		return nil, err
	}
	dst, err := newResult(Bool, dims)
	if err != nil {
		return nil, err
	}
	inRuns(dst, x.stretch(dst), y.stretch(dst), func(d, x, y *Array) int {
		f(elements[bool](d), x, y)
		return -1
	})
	return dst, nil
}

// Equal reports whether a and b have the same shape and the same values, of
// whatever types. A NaN is unequal to all.
func (a *Array) Equal(b *Array) bool {
	if !a.sameShape(b) {
		return false
	}
	if a.typ.class() > b.typ.class() {
		a, b = b, a
	}
	t := a.typ
	if a.typ.class() >= float {
		t, _ = Promote(a.typ, b.typ)
	}
	// To an integer or bool b converts exactly or not at all; floats widen.
	a, _ = a.packedAs(t)
	b, err := b.packedAs(t)
	return err == nil && kernels[t].equal(a, b)
}

package array

import (
	"fmt"
	"math"
)

// operand is one side of an operation: an array, or a number that counts for
// every element.
type operand struct {
	*Array
	scalar bool
}

// commonShape returns the shape of what two sides give together. Shapes match from
// their last dimensions on: two lengths that are equal, or one of them 1, or missing.
func commonShape(x, y operand) ([]int, error) {
	switch {
	case x.scalar:
		return y.shape(), nil
	case y.scalar || x.sameShape(y.Array):
		return x.shape(), nil
	}
	a, b := x.shape(), y.shape()
	if len(a) < len(b) {
		a, b = b, a
	}
	dims := append([]int(nil), a...)
	for d, n := range b {
		own := &dims[len(a)-len(b)+d]
		switch {
		case n == *own || n == 1:
		case *own == 1:
			*own = n
		default:
			return nil, fmt.Errorf("%s and %s differ in shape", x.describe(), y.describe())
		}
	}
	return dims, nil
}

// newResult makes an array of a shape that results from others, which may be larger
// than any of them.
func newResult(t Type, dims []int) (*Array, error) {
	all := 1
	for _, n := range dims {
		if n > 0 && all > math.MaxInt/n {
			return nil, fmt.Errorf("a result of %s elements is more than any machine has", shapeText(dims))
		}
		all *= n
	}
	if why := TooLarge(t, all); why != "" {
		return nil, fmt.Errorf("%s", why)
	}
	return NewShaped(t, dims...), nil
}

// stretch returns a view of shape dims in which the elements stand again and again
// along each dimension that has the length 1 in o, or that o does not have; a
// number counts for every element. The shapes must match (see
// commonShape).
func (o operand) stretch(like *Array) *Array {
	if !o.scalar && o.sameShape(like) {
		return o.Array
	}
	v := &Array{p: o.p, n: like.n, dims: like.dims, typ: o.typ, lease: o.lease}
	steps := make([]int, like.rank())
	if !o.scalar {
		own, missing := o.strides(), like.rank()-o.rank()
		for d, n := range o.shape() {
			if n != 1 {
				steps[missing+d] = own[d]
			}
		}
	}
	v.setSteps(steps)
	return v
}

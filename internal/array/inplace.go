package array

import (
	"fmt"
	"slices"
)

// inPlaceRows lists the operators that write their result into the first array.
func inPlaceRows() []function {
	var rows []function
	for _, f := range []struct {
		name, doc string
		op        operator
	}{
		{"add", "Adds an array or number in place; gives the array.", opAdd},
		{"sub", "Subtracts an array or number in place; gives the array.", opSub},
		{"mul", "Multiplies by an array or number in place; gives the array.", opMul},
		{"div", "Divides by an array or number in place; gives the array.", opQuo},
		{"mod", "Writes what the division by an array or number leaves over; gives the array.", opMod},
		{"pow", "Raises to the power of an array or number in place; gives the array.", opPow},
	} {
		rows = append(rows, function{f.name, "b", f.doc, func(c *call) int {
			if err := c.inPlace(f.op); err != nil {
				raise(c.LState, "%s: %w", c.name, err)
			}
			return c.giveSelf()
		}})
	}
	return rows
}

// side reads argument n, an array or a number that goes with self.
func (c *call) side(n int, quotient bool) (operand, error) {
	if b, ok := To(c.arg(n)); ok {
		return operand{Array: b}, nil
	}
	return scalarFor(c.self, c.arg(n), quotient)
}

// inPlace computes self op argument 1 into self. Nothing changes where it fails.
func (c *call) inPlace(op operator) error {
	a := c.self
	y, err := c.side(1, op == opQuo || op == opPow)
	if err != nil {
		return err
	}
	dims, err := commonShape(operand{Array: a}, y)
	if err != nil {
		return err
	}
	if !slices.Equal(dims, a.shape()) {
		return fmt.Errorf("%s does not fit into %s", y.describe(), a.describe())
	}
	t, err := Promote(a.typ, y.typ)
	if err == nil && (op == opQuo || op == opPow) && t.isInteger() {
		t = Float64
	}
	if err != nil {
		return err
	}
	f := kernels[t].binary[op]
	switch {
	case t != a.typ:
		return fmt.Errorf("the result is of type %s, and does not go into %s", t, a.named())
	case f == nil:
		return fmt.Errorf("%s has no '%s'", t, operatorNames[op])
	}
	if y.Array, err = y.as(t); err != nil {
		return err
	}
	side := y.stretch(a)
	if (side.p != a.p || !slices.Equal(side.steps, a.steps)) && side.overlaps(a) {
		side = side.Copy()
	}
	if t.isInteger() { // may overflow: first into one element, so that a stays as it was
		sink := operand{New(t, 1), true}.stretch(a)
		if bad := inRuns(sink, a, side, f); bad >= 0 {
			return fault(op, a, a.exactText(bad), side.exactText(bad), bad)
		}
	}
	inRuns(a, a, side, f)
	return nil
}

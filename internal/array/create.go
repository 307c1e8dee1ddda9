package array

import lua "github.com/yuin/gopher-lua"

// moduleTable lists the functions of the module.
var moduleTable []function

func init() {
	moduleTable = []function{
		{"zeros", "n, type", "A vector of n zeros.", func(c *call) int {
			return c.give(c.make(c.elementType(2, Float64), c.count(1, "n")))
		}},
		{"full", "n, value, type", "A vector of n elements that all are value.", func(c *call) int {
			a := c.make(c.elementType(3, Float64), c.count(1, "n"))
			c.fill(a, 2)
			return c.give(a)
		}},
		{"from", "list, type", "A vector of a list's values.", from},
	}
}

// make makes a zeroed vector.
func (c *call) make(t Type, n int) *Array {
	return New(t, n)
}

// fill writes argument n to all elements of a.
func (c *call) fill(a *Array, n int) {
	if err := kernels[a.typ].fill(a, c.arg(n)); err != nil {
		c.fail(n, "value", "%s: %v", a.describe(), err)
	}
}

func from(c *call) int {
	t, ok := c.arg(1).(*lua.LTable)
	if !ok {
		c.fail(1, "list", "expected a table, got %s", typeName(c.arg(1)))
	}
	a := c.make(c.elementType(2, Float64), t.Len())
	for i := range a.n {
		if err := a.store(i, t.RawGetInt(i+1)); err != nil {
			raiseElement(c.LState, a, i+1, err)
		}
	}
	return c.give(a)
}

package array

import (
	"slices"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/args"
	"github.com/mpiclus/mpiclus-lua/internal/lua51/vm"
)

// arrayList reads argument 1 as a list of arrays, at least one, and returns them
// with the type that holds all their elements.
func (c *call) arrayList() ([]*Array, Type) {
	t, ok := c.arg(1).(*lua.LTable)
	if !ok {
		c.expected(1, "arrays", "list of arrays")
	}
	n, wrong := args.List(t)
	if wrong != "" {
		c.fail(1, "arrays", "%s", wrong)
	}
	if n == 0 {
		c.fail(1, "arrays", "the list is empty")
	}
	list := make([]*Array, n)
	for i := range list {
		if list[i], ok = To(vm.GetInt(t, i+1)); !ok {
			c.fail(1, "arrays", "entry %d: %s", i+1, args.Expected("array", vm.GetInt(t, i+1)))
		}
	}
	typ := list[0].typ
	for i, a := range list {
		if a.typ == typ {
			continue // two bools stay bool
		}
		both, err := Promote(typ, a.typ)
		if err != nil {
			c.fail(1, "arrays", "entry %d: %v", i+1, err)
		}
		typ = both
	}
	return list, typ
}

// axisOf reads argument 2 as the number of a dimension of an array of rank
// dimensions, from 0.
func (c *call) axisOf(rank int) int {
	if !c.given(2) {
		return 0
	}
	d := c.integer(2, "dim")
	if d < 0 {
		d += rank + 1
	}
	if d < 1 || d > rank {
		c.fail(2, "dim", "there is no dimension %s: the result has %d", formatNumber(c.number(2, "dim")), rank)
	}
	return d - 1
}

// concatenated is array.concat(arrays, dim).
func concatenated(c *call) int {
	list, typ := c.arrayList()
	dims := list[0].Shape()
	d := c.axisOf(len(dims))
	for i, a := range list[1:] {
		own := a.Shape()
		if len(own) == len(dims) {
			dims[d] += own[d]
			own[d] = dims[d]
		}
		if !slices.Equal(own, dims) {
			c.fail(1, "arrays", "entry %d, %s, differs from entry 1, %s, in more than dimension %d", i+2, a.named(), list[0].named(), d+1)
		}
	}
	out := c.shaped(typ, 1, "arrays", dims)
	at := 0
	for _, a := range list {
		n := a.shape()[d]
		c.place(out.between(d, at, n), a)
		at += n
	}
	return c.give(out)
}

// stacked is array.stack(arrays, dim).
func stacked(c *call) int {
	list, typ := c.arrayList()
	dims := list[0].Shape()
	if len(dims) == MaxDims {
		c.fail(1, "arrays", "%s has %d dimensions already, and no array has more", list[0].named(), MaxDims)
	}
	d := c.axisOf(len(dims) + 1)
	out := c.shaped(typ, 1, "arrays", slices.Insert(dims, d, len(list)))
	for i, a := range list {
		if !a.sameShape(list[0]) {
			c.fail(1, "arrays", "entry %d, %s, differs in shape from entry 1, %s", i+1, a.named(), list[0].named())
		}
		c.place(out.pick(d, i), a)
	}
	return c.give(out)
}

// place writes a to its part of a result.
func (c *call) place(part, a *Array) {
	a, err := a.as(part.typ)
	if err != nil {
		c.fail(1, "arrays", "%v", err)
	}
	move(part, a)
}

// split is a:split(parts, dim).
func split(c *call) int {
	d := c.dimension(2, "dim", 0)
	n := c.self.shape()[d]
	var lengths []int
	if t, ok := c.arg(1).(*lua.LTable); ok {
		lengths = c.wholeList(1, "parts", t)
	} else {
		parts := c.count(1, "parts")
		if parts == 0 || n%parts != 0 {
			c.fail(1, "parts", "%d indices do not make %d parts of equal length: give a list of lengths", n, parts)
		}
		if n == 0 && parts > mostEmpty {
			c.fail(1, "parts", "%d parts are more than %d", parts, mostEmpty)
		}
		lengths = slices.Repeat([]int{n / parts}, parts)
	}
	left := n
	for i, length := range lengths {
		if length < 0 || length > left {
			c.fail(1, "parts", "part %d of %d indices: there are %d left", i+1, length, left)
		}
		left -= length
	}
	if left > 0 {
		c.fail(1, "parts", "the parts leave %d of %d indices", left, n)
	}
	t, at := c.CreateTable(len(lengths), 0), 0
	for i, length := range lengths {
		vm.SetInt(t, i+1, ToLua(c.LState, c.self.between(d, at, length)))
		at += length
	}
	c.Push(t)
	return 1
}

// mostEmpty is how many parts without an index a split makes.
const mostEmpty = 1 << 20

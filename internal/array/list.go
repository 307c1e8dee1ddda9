package array

import (
	"fmt"
	"slices"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/args"
	"github.com/mpiclus/mpiclus-lua/internal/lua51/vm"
)

// from is array.from(list, type).
func from(c *call) int {
	if a, ok := To(c.arg(1)); ok {
		b, err := a.Convert(c.elementType(2, a.typ))
		if err != nil {
			c.fail(1, "list", "%v", err)
		}
		return c.give(b)
	}
	t, ok := c.arg(1).(*lua.LTable)
	if !ok {
		c.expected(1, "list", "table or array")
	}
	typ := c.elementType(2, typeFor(firstOf(t)))
	return c.give(c.list(t, typ))
}

// firstOf returns the first value in a list of lists.
func firstOf(t *lua.LTable) (v lua.LValue) {
	for range MaxDims {
		v = vm.GetInt(t, 1)
		inner, ok := v.(*lua.LTable)
		if !ok {
			return v
		}
		t = inner
	}
	return v
}

// typeFor gives the element type for a value that a script gave without one.
func typeFor(v lua.LValue) Type {
	switch v := v.(type) {
	case lua.LBool:
		return Bool
	case *lua.LUserData:
		if _, ok := v.Value.(Complex); ok {
			return Complex128
		}
	}
	return Float64
}

// list makes an array of a list, a matrix of a list of lists of equal length, and so
// on for more dimensions.
func (c *call) list(t *lua.LTable, typ Type) *Array {
	var dims []int
	for inner, nested := t, true; nested; inner, nested = vm.GetInt(inner, 1).(*lua.LTable) {
		if len(dims) == MaxDims {
			c.fail(1, "list", "lists in lists: an array has %d dimensions at most", MaxDims)
		}
		dims = append(dims, vm.Entries(inner))
	}
	a := c.shaped(typ, 1, "list", dims)
	c.storeAll(a, t, nil, 0)
	return a
}

// storeAll writes a list to a; path has the indices of the lists that it is in, and
// first is the number of its first element.
func (c *call) storeAll(a *Array, t *lua.LTable, path []int, first int) {
	dims := a.shape()
	d := len(path)
	n, wrong := args.List(t)
	if wrong != "" {
		c.fail(1, "list", "%s%s", placeText(path), wrong)
	}
	if n != dims[d] {
		start := make([]int, d)
		for i := range start {
			start[i] = 1
		}
		c.fail(1, "list", "%s has %d elements, %s has %d", strings.TrimSuffix(placeText(path), ": "), n, strings.TrimSuffix(placeText(start), ": "), dims[d])
	}
	inner := product(dims[d+1:])
	for i := range n {
		v := vm.GetInt(t, i+1)
		if d+1 < len(dims) {
			row, ok := v.(*lua.LTable)
			if !ok {
				c.fail(1, "list", "%stable expected, got %s", placeText(append(slices.Clip(path), i+1)), args.Kind(v))
			}
			c.storeAll(a, row, append(slices.Clip(path), i+1), first+i*inner)
			continue
		}
		err := a.store(first+i, v)
		switch {
		case err == nil:
		case d == 0:
			raiseElement(c.LState, a, i+1, err)
		default:
			c.fail(1, "list", "%s: %v", elementText(append(slices.Clip(path), i+1)), err)
		}
	}
}

// placeText names a list in lists, with ": " behind it: "row 2: ", "list {1, 2}: ";
// nothing for the outermost.
func placeText(path []int) string {
	switch len(path) {
	case 0:
		return ""
	case 1:
		return fmt.Sprintf("row %d: ", path[0])
	}
	return fmt.Sprintf("list %s: ", indicesText(path))
}

// elementText names an element of lists in lists: "row 2, column 1", "element {1, 2, 3}".
func elementText(path []int) string {
	if len(path) == 2 {
		return fmt.Sprintf("row %d, column %d", path[0], path[1])
	}
	return "element " + indicesText(path)
}

// indicesText writes indices as a script does: "{1, 2}".
func indicesText(path []int) string {
	return "{" + strings.ReplaceAll(shapeText(path), "x", ", ") + "}"
}

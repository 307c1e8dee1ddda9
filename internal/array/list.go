package array

import (
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
func firstOf(t *lua.LTable) lua.LValue {
	v := vm.GetInt(t, 1)
	if row, ok := v.(*lua.LTable); ok {
		return vm.GetInt(row, 1)
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

// list makes an array of a list, or a matrix of a list of lists of equal
// length.
func (c *call) list(t *lua.LTable, typ Type) *Array {
	first, nested := vm.GetInt(t, 1).(*lua.LTable)
	n := c.entries(t, 0)
	if !nested {
		a := New(typ, n)
		c.storeAll(a, t, 0)
		return a
	}
	m := NewMatrix(typ, n, vm.Entries(first))
	for r := range m.rows {
		row, ok := vm.GetInt(t, r+1).(*lua.LTable)
		if !ok {
			c.fail(1, "list", "row %d: table expected, got %s", r+1, args.Kind(vm.GetInt(t, r+1)))
		}
		if n := c.entries(row, r+1); n != m.cols {
			c.fail(1, "list", "row %d has %d elements, row 1 has %d", r+1, n, m.cols)
		}
		c.storeAll(m.view(r*m.cols, m.cols), row, r+1)
	}
	return m
}

// entries returns the number of entries of a list, or of a row of one.
func (c *call) entries(t *lua.LTable, row int) int {
	n, wrong := args.List(t)
	switch {
	case wrong == "":
	case row > 0:
		c.fail(1, "list", "row %d: %s", row, wrong)
	default:
		c.fail(1, "list", "%s", wrong)
	}
	return n
}

// storeAll writes a list to all of a; row is the number of the row for
// errors, 0 in a list without rows.
func (c *call) storeAll(a *Array, t *lua.LTable, row int) {
	for i := range a.n {
		err := a.store(i, vm.GetInt(t, i+1))
		switch {
		case err == nil:
		case row > 0:
			c.fail(1, "list", "row %d, column %d: %v", row, i+1, err)
		default:
			raiseElement(c.LState, a, i+1, err)
		}
	}
}

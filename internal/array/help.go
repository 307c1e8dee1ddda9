package array

import (
	"slices"

	lua "github.com/yuin/gopher-lua"
)

// Help returns the documentation of a function of the module, "zeros" or
// "linalg.solve", as text; "" for any other name.
func Help(name string) string {
	for _, table := range []struct {
		prefix string
		rows   []function
	}{{"", slices.Concat(moduleRows(), methodRows())}, {"linalg.", linalgRows()}} {
		for _, f := range table.rows {
			if table.prefix+f.name != name {
				continue
			}
			object := "array." + table.prefix
			if table.prefix == "" && slices.ContainsFunc(methodRows(), func(m function) bool { return m.name == f.name }) {
				object = "a:"
			}
			return object + f.name + "(" + f.args + ")\n    " + f.doc
		}
	}
	return ""
}

// Is reports whether a Lua value is an array.
func Is(v lua.LValue) bool {
	_, ok := To(v)
	return ok
}

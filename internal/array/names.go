package array

import (
	"fmt"
	"slices"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/lua51/vm"
	"github.com/mpiclus/mpiclus-lua/internal/nearest"
)

// elsewhere lists names that are found elsewhere, in numpy above all, and what to
// write here.
type elsewhere []struct{ names, here string }

var methodsElsewhere = elsewhere{
	{"astype cast convert", "a:to(type) gives a copy of another type"},
	{"len length size", "#a is the number of elements"},
	{"dtype eltype", "a:type() is the name of the element type"},
	{"ndim", "a:shape() gives one number a dimension: select('#', a:shape())"},
	{"tolist list table unpack", "a:totable() makes a table of it"},
	{"ravel flatten", "a:flat() is the same memory as a vector"},
	{"resize", "a:reshape(rows, cols) is the same memory in another shape, and the length never changes"},
	{"T transpose", "a:t() is the transpose"},
	{"append push insert remove pop extend", "the length of an array never changes: collect values in a table, then array.from(list)"},
	{"clone dup", "a:copy() is a copy"},
	{"item get", "a[i] is element i, m:at(i, j) one of a matrix"},
	{"sub", "a:view(first, count) and a:slice{{first, last}} are parts that share memory"},
	{"column", "m:col(j) is column j, a view"},
	{"swapaxes moveaxis", "a:permute(2, 1, 3) is the dimensions in another order"},
	{"real", "a:re() is the real part"},
	{"imag", "a:im() is the imaginary part"},
	{"conjugate", "a:conj() is the complex conjugate"},
	{"multiply", "write a * b, or a:mul(b) in place"},
	{"power", "write a ^ b, or a:pow(b) in place"},
	{"tostr str", "a:tostring() is complete and exact"},
}

var moduleElsewhere = elsewhere{
	{"array asarray new", "array.from{1, 2} makes one of a list"},
	{"arange", "array.range(a, b) is a, a+1, … up to b"},
	{"empty zeros_like empty_like", "array.zeros(#a, a:type()) makes an array of zeros"},
	{"concatenate vstack hstack append", "array.concat({a, b}, dim) puts arrays one after the other"},
	{"identity", "array.eye(n) is the identity matrix"},
	{"random", "array.rand(n) are random numbers"},
	{"pi", "it is math.pi"},
	{"inf", "it is math.huge"},
	{"frombuffer fromstring", "array.frombytes(s, type) reads raw memory"},
	{"float double number", `types are named by strings: "float64"`},
	{"int integer long", `types are named by strings: "int64" or "int32"`},
	{"uint", `types are named by strings: "uint64" or "uint32"`},
	{"byte char", `types are named by strings: "uint8" or "int8"`},
	{"boolean", `types are named by strings: "bool"`},
}

// find returns what to write instead of a name, "" where the list has it not.
func (e elsewhere) find(name string) string {
	for _, row := range e {
		if slices.Contains(strings.Fields(row.names), name) {
			return row.here
		}
	}
	return ""
}

// meant returns what to say of a method that there is not: ": did you mean 'sum'?"
// for a name much like that of one.
func meant(methods *lua.LTable, name string) string {
	if here := methodsElsewhere.find(name); here != "" {
		return ": " + here
	}
	if near := nearest.Name(name, vm.Names(methods)); near != "" {
		return fmt.Sprintf(": did you mean '%s'?", near)
	}
	return ""
}

// refuse makes reading a field that the module does not have an error: the nil in
// array.zeros(3, array.int32) would stand for a type that is left out. rawget
// raises nothing.
func refuse(L *lua.LState, module *lua.LTable) {
	mt := L.NewTable()
	mt.RawSetString("__index", L.NewFunction(func(L *lua.LState) int {
		if name, ok := L.Get(2).(lua.LString); ok {
			raise(L, "array has no field '%s'%s", name, meantField(module, string(name)))
		}
		return 0
	}))
	module.Metatable = mt
}

// meantField returns what to say of a field that the module does not have.
func meantField(module *lua.LTable, name string) string {
	if t, ok := ParseType(strings.ToLower(name)); ok {
		return fmt.Sprintf(": types are named by strings: %q", t)
	}
	for _, list := range []elsewhere{moduleElsewhere, methodsElsewhere} {
		if here := list.find(name); here != "" {
			return ": " + here
		}
	}
	if slices.ContainsFunc(linalgRows(), func(f function) bool { return f.name == name }) {
		return ": did you mean array.linalg." + name + "?"
	}
	if near := nearest.Name(name, vm.Names(module)); near != "" {
		return ": did you mean array." + near + "?"
	}
	return ""
}

package array

import lua "github.com/yuin/gopher-lua"

// AddMethod has fn be a method of all arrays of an interpreter, and a function of the
// module there. It is for packages above this one, and must be called before a script
// runs; what the module has itself is not replaced.
func AddMethod(L *lua.LState, name string, fn *lua.LFunction) {
	methods := metatable(L).RawGetString(methodsKey).(*lua.LTable)
	if methods.RawGetString(name) != lua.LNil {
		panic("array: there is a method " + name + " already")
	}
	methods.RawSetString(name, fn)
}

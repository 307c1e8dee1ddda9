package array

import lua "github.com/yuin/gopher-lua"

// Get returns element i (from 0, which must exist) as a Lua value. An int64 or
// uint64 that no number holds exactly is an error.
func (a *Array) Get(L *lua.LState, i int) (lua.LValue, error) { return a.load(L, i) }

// Set writes v to element i (from 0, which must exist). A value that the type
// cannot hold is an error; the element then keeps what it had.
func (a *Array) Set(i int, v lua.LValue) error { return a.store(i, v) }

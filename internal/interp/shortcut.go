package interp

import (
	"unsafe"

	lua "github.com/yuin/gopher-lua"
)

// Shortcut is another way of a function of Go, without a frame of Lua's, which
// takes longer to make than many a call: it reads its arguments where Lua has
// put them. taken is how many results the caller takes, 0 or 1. It carries the
// call out at once and gives its result, if one is taken, or it leaves the call
// to the function. It raises no errors, runs no Lua and does not keep args;
// Lua's registers hold them until something else is put there.
type Shortcut func(args []lua.LValue, taken int) (result lua.LValue, done bool)

// shortcut is a Shortcut in the shape of an upvalue, so that a function can
// hold it.
type shortcut struct {
	lua.Upvalue
	run Shortcut
}

// SetShortcut gives fn, a function of Go without upvalues, a shortcut. It is
// marked by a list of upvalues that is empty and has room for one.
func SetShortcut(fn *lua.LFunction, run Shortcut) {
	s := &shortcut{run: run}
	fn.Upvalues = []*lua.Upvalue{&s.Upvalue}[:0:1]
}

// shortcutOf gives the shortcut of a function, nil if it has none.
func shortcutOf(fn *lua.LFunction) Shortcut {
	if !fn.IsG || len(fn.Upvalues) != 0 || cap(fn.Upvalues) != 1 {
		return nil
	}
	return (*shortcut)(unsafe.Pointer(fn.Upvalues[:1][0])).run
}

// callShortcut carries out an instruction OP_CALL if it calls a function that
// has a shortcut, and that takes it.
func callShortcut(L *lua.LState, code uint32) bool {
	f := frameOf(L)
	if f == nil {
		return false
	}
	reg := registers(L)
	i := instruction(code)
	at := f.LocalBase + i.a()
	fn, ok := reg.array[at].(*lua.LFunction)
	if !ok {
		return false
	}
	run := shortcutOf(fn)
	if run == nil {
		return false
	}
	end, taken := at+i.b(), i.c()-1
	if end == at {
		end = reg.top // all that the call or the vararg before has left
	}
	if taken < 0 || taken > 1 {
		return false
	}
	result, done := run(reg.array[at+1:end], taken)
	if done && taken == 1 {
		reg.array[at] = result
	}
	return done
}

// Args gives the arguments of the Go function that L runs, from the one with
// number first, in their place: until L pushes a value or calls.
func Args(L *lua.LState, first int) []lua.LValue {
	if !framesKnown {
		var args []lua.LValue
		for i := first; i <= L.GetTop(); i++ {
			args = append(args, L.Get(i))
		}
		return args
	}
	reg := registers(L)
	return reg.array[min(frameOf(L).LocalBase+first-1, reg.top):reg.top]
}

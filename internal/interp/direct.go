package interp

import (
	"unsafe"

	lua "github.com/yuin/gopher-lua"
)

// Direct is the short way of a function of Go: it reads its arguments where
// Lua has put them and needs no frame, which takes as long as reading them.
// taken is how many results the caller takes, 0 or 1. The function carries the
// call out at once and gives its result, if one is taken, or it leaves the call
// to the function that it is the short way of. It raises no errors, runs no
// Lua and does not keep args.
type Direct func(L *lua.LState, args []lua.LValue, taken int) (result lua.LValue, done bool)

// direct is a Direct in the shape of an upvalue, so that a function can hold it.
type direct struct {
	lua.Upvalue
	run Direct
}

// SetDirect gives fn, a function of Go without upvalues, a short way. It is
// marked by a list of upvalues that is empty and has room for one.
func SetDirect(fn *lua.LFunction, run Direct) {
	d := &direct{run: run}
	fn.Upvalues = []*lua.Upvalue{&d.Upvalue}[:0:1]
}

// directOf gives the short way of a function, nil if it has none.
func directOf(fn *lua.LFunction) Direct {
	if !fn.IsG || len(fn.Upvalues) != 0 || cap(fn.Upvalues) != 1 {
		return nil
	}
	return (*direct)(unsafe.Pointer(fn.Upvalues[:1][0])).run
}

// callDirect carries out an instruction OP_CALL if it calls a function that
// has a short way, and that takes it.
func callDirect(L *lua.LState, code uint32) bool {
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
	run := directOf(fn)
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
	result, done := run(L, reg.array[at+1:end], taken)
	if done && taken == 1 {
		reg.array[at] = result
	}
	return done
}

// Args gives the arguments of the Go function that L runs, from the one with
// number first, in their place.
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

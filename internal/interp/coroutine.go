package interp

import (
	"fmt"

	lua "github.com/yuin/gopher-lua"
)

// maxNested is how many coroutines may be inside one another, as stock Lua's
// LUAI_MAXCCALLS: each takes a stack of its own and some of Go's.
const maxNested = 200

// tooDeep says so when L is the innermost of too many coroutines, else "".
func tooDeep(L *lua.LState) string {
	depth := 0
	for outer := L.Parent; outer != nil; outer = outer.Parent {
		depth++
	}
	if depth < maxNested {
		return ""
	}
	return fmt.Sprintf("stack overflow: %d coroutines are inside one another", depth)
}

// openCoroutines adapts the coroutine library to tasks: a coroutine that some
// task is inside cannot be resumed by another.
func (in *Interp) openCoroutines(library *lua.LTable) {
	stockCreate := library.RawGetString("create").(*lua.LFunction).GFunction
	stockResume := library.RawGetString("resume").(*lua.LFunction).GFunction
	stockWrap := library.RawGetString("wrap").(*lua.LFunction).GFunction
	L := in.root
	library.RawSetString("create", L.NewFunction(func(L *lua.LState) int {
		checkBody(L)
		n := stockCreate(L)
		guard(L.ToThread(-1))
		return n
	}))
	library.RawSetString("resume", L.NewFunction(func(L *lua.LState) int {
		co := L.CheckThread(1)
		if status := coStatus(L, co); status != "suspended" {
			L.Push(lua.LFalse)
			L.Push(lua.LString("cannot resume " + status + " coroutine"))
			return 2
		}
		if why := tooDeep(L); why != "" {
			L.Push(lua.LFalse)
			L.Push(lua.LString(why))
			return 2
		}
		fillYield(L, co, L.GetTop()-1)
		return stockResume(L)
	}))
	library.RawSetString("wrap", L.NewFunction(func(L *lua.LState) int {
		checkBody(L)
		stockWrap(L)
		wrapped := L.Get(-1).(*lua.LFunction)
		co := guard(wrapped.Upvalues[0].Value().(*lua.LState))
		resume := wrapped.GFunction
		wrapped.GFunction = func(L *lua.LState) int {
			if status := coStatus(L, co); status != "suspended" {
				L.RaiseError("cannot resume %s coroutine", status)
			}
			if why := tooDeep(L); why != "" {
				L.RaiseError("%s", why)
			}
			fillYield(L, co, L.GetTop())
			return resume(L)
		}
		return 1
	}))
	library.RawSetString("status", L.NewFunction(func(L *lua.LState) int {
		L.Push(lua.LString(coStatus(L, L.CheckThread(1))))
		return 1
	}))
	library.RawSetString("running", L.NewFunction(func(L *lua.LState) int {
		if L == in.holder.l {
			L.Push(lua.LNil)
		} else {
			L.Push(L)
		}
		return 1
	}))
}

// fillYield pushes a nil for each result that the yield of a coroutine has to
// give beyond the n that it is resumed with. gopher-lua would leave there what
// is no value of Lua's.
func fillYield(L, co *lua.LState, n int) {
	f := frameOf(co)
	if f == nil || f.Fn == nil || f.Fn.IsG || f.Pc == 0 {
		return
	}
	i := instruction(f.Fn.Proto.Code[f.Pc-1])
	if i.op() != lua.OP_CALL {
		return
	}
	for ; n < i.c()-1; n++ {
		L.Push(lua.LNil)
	}
}

// checkBody refuses to make a coroutine of a library function, as Lua 5.1 does:
// gopher-lua would run it and lose its results.
func checkBody(L *lua.LState) {
	if L.CheckFunction(1).IsG {
		L.ArgError(1, "Lua function expected, got one of a library: write function(...) return f(...) end")
	}
}

// coStatus tells the state of a coroutine. One that has a parent is being
// resumed: it is either L itself or waits for one that it resumed, here or in
// another task.
func coStatus(L, co *lua.LState) string {
	switch {
	case co.Dead:
		return "dead"
	case co == L:
		return "running"
	case co.Parent != nil:
		return "normal"
	default:
		return "suspended"
	}
}

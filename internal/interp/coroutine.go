package interp

import (
	"fmt"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/lua51/number"
	"github.com/mpiclus/mpiclus-lua/internal/lua51/stdlib"
	"github.com/mpiclus/mpiclus-lua/internal/lua51/vm"
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

// openCoroutines puts in place the coroutine library, for tasks: a coroutine
// that some task is inside cannot be resumed by another.
func (in *Interp) openCoroutines(library *lua.LTable) {
	L := in.root
	set := func(name string, fn lua.LGFunction) { library.RawSetString(name, L.NewFunction(fn)) }
	set("create", func(L *lua.LState) int {
		L.Push(vm.NewCoroutine(L, bodyArg(L)))
		return 1
	})
	set("resume", func(L *lua.LState) int {
		co := threadArg(L)
		if why := cannotResume(L, co); why != "" {
			L.Push(lua.LFalse)
			L.Push(lua.LString(why))
			return 2
		}
		return vm.Resume(L, co, L.GetTop()-1)
	})
	set("wrap", func(L *lua.LState) int {
		co := vm.NewCoroutine(L, bodyArg(L))
		L.Push(L.NewFunction(func(L *lua.LState) int { return wrapped(L, co) }))
		return 1
	})
	set("yield", vm.Yield)
	set("status", func(L *lua.LState) int {
		L.Push(lua.LString(coStatus(L, threadArg(L))))
		return 1
	})
	set("running", func(L *lua.LState) int {
		if L == in.holder.l {
			L.Push(lua.LNil)
		} else {
			L.Push(L)
		}
		return 1
	})
}

// bodyArg reads the function of a new coroutine.
func bodyArg(L *lua.LState) *lua.LFunction {
	fn, ok := L.Get(1).(*lua.LFunction)
	if !ok {
		stdlib.ArgError(L, 1, "Lua function expected")
	}
	return fn
}

func threadArg(L *lua.LState) *lua.LState {
	co, ok := L.Get(1).(*lua.LState)
	if !ok {
		stdlib.ArgError(L, 1, "coroutine expected")
	}
	return co
}

// cannotResume reports why a coroutine cannot be resumed, "" if it can.
func cannotResume(L, co *lua.LState) string {
	if status := coStatus(L, co); status != "suspended" {
		return "cannot resume " + status + " coroutine"
	}
	return tooDeep(L)
}

// wrapped resumes a coroutine for the function that coroutine.wrap gave: an
// error goes on, with the place of the call before a message, as in Lua 5.1.
func wrapped(L, co *lua.LState) int {
	if why := cannotResume(L, co); why != "" {
		L.RaiseError("%s", why)
	}
	n := vm.Resume(L, co, L.GetTop())
	if L.Get(L.GetTop()-n+1) == lua.LTrue {
		return n - 1
	}
	raised := L.Get(-1)
	switch raised.(type) {
	case lua.LString, lua.LNumber:
		raised = lua.LString(vm.Where(L, 1) + number.Text(raised))
	}
	L.Error(raised, 0)
	return 0
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

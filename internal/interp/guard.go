package interp

import (
	"errors"
	"maps"
	"weak"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/lua51/vm"
	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
)

// gopher-lua offers one way to stop code that never ends: a context, which it
// asks before every instruction. That takes a tenth to a fifth of the time of a
// loop. Code that never ends jumps back or calls, so only the
// instructions that do this look here, and what runs the functions that Go
// calls: at whether a task was cancelled, and at how deep the calls are nested,
// since gopher-lua's own check of that comes when there is no room left to tell
// where it was (docs/adr/0007).

func init() {
	vm.SetHooks(vm.Hooks{
		Attend:   checkEnd,
		MaxDepth: callDepth,
		Deep:     checkDepth,
		Explain: func(L *lua.LState, raised lua.LValue) lua.LValue {
			s, ok := raised.(lua.LString)
			if in := of(L); ok && in != nil {
				return lua.LString(in.named(L, string(s)))
			}
			return raised
		},
		Describe: func(L *lua.LState, f vm.Fault) string {
			if in := of(L); in != nil {
				return in.describe(L, f)
			}
			return f.Words("", "")
		},
		Recovered: func(L *lua.LState) {
			if in := of(L); in != nil {
				in.recovered(L)
			}
		},
	})
}

const interpKey = "mpiclus.interp"

// of returns the interpreter that L belongs to, nil for a thread of none.
func of(L *lua.LState) *Interp {
	ud, ok := L.G.Registry.RawGetString(interpKey).(*lua.LUserData)
	if !ok {
		return nil
	}
	in, _ := ud.Value.(*Interp)
	return in
}

// checkEnd tells who asks which line runs, and raises when the task that runs was cancelled. It does so at every
// jump and call from then on, so that no pcall and no coroutine can hide it.
func checkEnd(L *lua.LState) {
	in := of(L)
	if in == nil {
		return
	}
	if in.watched.asked.Load() {
		in.tellPlace(L)
	}
	if in.holder != nil && in.holder.ctx.Err() != nil {
		L.Error(lua.LString(luaerr.Where(L)+"interrupted"), 0) // at a function that has not begun RaiseError dies
	}
}

// checkDepth raises when calls are nested too deeply.
func checkDepth(L *lua.LState) {
	in, limit := of(L), callDepth
	if in == nil {
		return
	}
	self := weak.Make(L)
	if _, handles := in.overflown[self]; handles {
		limit += callReserve / 2
	}
	if vm.Depth(L) < limit {
		return
	}
	maps.DeleteFunc(in.overflown, func(p weak.Pointer[lua.LState], _ struct{}) bool { return p.Value() == nil })
	if in.overflown == nil {
		in.overflown = map[weak.Pointer[lua.LState]]struct{}{}
	}
	in.overflown[self] = struct{}{}
	raiseTraced(L, luaerr.Where(L)+"stack overflow")
}

// recovered tells that an error was handled in L: after an overflow the next
// one is raised where the first was.
func (in *Interp) recovered(L *lua.LState) {
	if len(in.overflown) > 0 && vm.Depth(L) < callDepth {
		delete(in.overflown, weak.Make(L))
	}
}

// raiseTraced raises a message with the traceback made here: gopher-lua's own
// takes seconds on a stack of many thousand calls.
func raiseTraced(L *lua.LState, message string) {
	defer func() {
		raised := recover()
		var e *lua.ApiError
		if err, ok := raised.(error); ok && errors.As(err, &e) && e.StackTrace == "" {
			e.StackTrace = traceback(L, 0)
		}
		panic(raised)
	}()
	L.Error(lua.LString(message), 0)
}

package interp

import (
	"errors"
	"maps"
	"reflect"
	"sync/atomic"
	"unsafe"
	"weak"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
)

// gopher-lua offers one way to stop code that never ends: a context, which it
// asks before every instruction. That takes a tenth to a fifth of the time of a
// loop. Code that never ends jumps back or calls, so only the
// instructions that do this look here, and what runs the functions that Go
// calls: at whether a task was cancelled, and at how deep the calls are nested,
// since gopher-lua's own check of that comes when there is no room left to tell
// where it was (docs/adr/0007). The instruction that calls also makes the calls
// that need no frame (docs/adr/0008).

// jumpTable is what gopher-lua does for each instruction.
//
//go:linkname jumpTable github.com/yuin/gopher-lua.jumpTable
var jumpTable [lua.OP_NOP + 1]func(L *lua.LState, code uint32, base unsafe.Pointer) int

func init() {
	for _, op := range []int{lua.OP_JMP, lua.OP_FORLOOP, lua.OP_TFORLOOP} {
		stock := jumpTable[op]
		jumpTable[op] = func(L *lua.LState, code uint32, base unsafe.Pointer) int {
			if cancelled.Load() != 0 {
				checkEnd(L)
			}
			return stock(L, code, base)
		}
	}
	call, tailCall := jumpTable[lua.OP_CALL], jumpTable[lua.OP_TAILCALL]
	jumpTable[lua.OP_CALL] = func(L *lua.LState, code uint32, base unsafe.Pointer) int {
		checkCall(L)
		if callShortcut(L, code) {
			return 0
		}
		return call(L, code, base)
	}
	jumpTable[lua.OP_TAILCALL] = func(L *lua.LState, code uint32, base unsafe.Pointer) int {
		checkCall(L)
		return tailCall(L, code, base)
	}
}

// cancelled is how many tasks of this process were cancelled and have not
// ended yet.
var cancelled atomic.Int32

// noteCancelled has the task's code stop at its next jump or call.
func (t *Task) noteCancelled() {
	if t.counted.CompareAndSwap(false, true) {
		cancelled.Add(1)
	}
}

// forgetCancelled is for a task that is over.
func (t *Task) forgetCancelled() {
	if t.counted.Swap(true) {
		cancelled.Add(-1)
	}
}

const interpKey = "mpiclus.interp"

// of gives the interpreter that L belongs to, nil for a thread of none.
func of(L *lua.LState) *Interp {
	ud, ok := L.G.Registry.RawGetString(interpKey).(*lua.LUserData)
	if !ok {
		return nil
	}
	in, _ := ud.Value.(*Interp)
	return in
}

// checkEnd raises when the task that runs was cancelled. It does so at every
// jump and call from then on, so that no pcall and no coroutine can hide it.
func checkEnd(L *lua.LState) {
	if in := of(L); in != nil && in.holder != nil && in.holder.ctx.Err() != nil {
		L.RaiseError("interrupted")
	}
}

// checkCall is the look before a call.
func checkCall(L *lua.LState) {
	if cancelled.Load() != 0 {
		checkEnd(L)
	}
	if depthOf(L) >= callDepth {
		checkDepth(L)
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
	if depthOf(L) < limit {
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
	if len(in.overflown) > 0 && depthOf(L) < callDepth {
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

// loop is how gopher-lua runs the code of a function that Go calls.
type loop = func(L *lua.LState, base unsafe.Pointer)

// loopAt is where a thread keeps its loop, 0 if that cannot be told.
var loopAt = func() uintptr {
	f, ok := reflect.TypeFor[lua.LState]().FieldByName("mainLoop")
	if !ok || f.Type.Kind() != reflect.Func || f.Type.NumIn() != 2 || f.Type.NumOut() != 0 {
		return 0
	}
	return f.Offset
}()

// guard has functions that Go calls in a new thread look too: metamethods call
// each other without an instruction that calls, and what array.map or table.sort
// calls for each element may have no jump. A function of Go may be the handler
// of the error that stops the task.
func guard(L *lua.LState) *lua.LState {
	if loopAt == 0 {
		return L
	}
	place := (*loop)(unsafe.Add(unsafe.Pointer(L), loopAt))
	stock := *place
	*place = func(L *lua.LState, base unsafe.Pointer) {
		if cancelled.Load() != 0 && runsLua(L) {
			checkEnd(L)
		}
		if depthOf(L) >= callDepth {
			checkDepth(L)
		}
		stock(L, base)
	}
	return L
}

package interp

import (
	"context"
	"errors"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
)

// polled is the context of a Lua thread while a task runs in it. gopher-lua
// asks for Done at every instruction, on the goroutine that runs the thread:
// the one place where something can be done about code that never ends. So
// Done costs next to nothing, and stops endless recursion while there is room
// to tell of it.
type polled struct {
	context.Context
	done  <-chan struct{}
	now   <-chan struct{} // what Done gives: nil, the cheapest to look at, until the context is seen to have ended
	l     *lua.LState
	steps uint32
	deep  bool // an overflow was raised, and its handler may be running
}

// lookEvery is how many instructions run between two looks at the context and
// at the depth. Few instructions make more than one call.
const lookEvery = 64

// bind makes L run under the context of a task until the next bind.
func (in *Interp) bind(L *lua.LState, ctx context.Context) {
	if p, ok := L.Context().(*polled); ok && p.Context == ctx {
		return
	}
	L.SetContext(&polled{Context: ctx, done: ctx.Done(), l: L, steps: lookEvery - 1})
}

// notice has code that L runs stop at its next instruction if its task was
// cancelled: after a wait, which may have ended for that reason.
func notice(L *lua.LState) {
	if p, ok := L.Context().(*polled); ok {
		p.checkEnd()
	}
}

// bindAs makes co run under the context of the task that L runs in, if it
// runs in one.
func (in *Interp) bindAs(L, co *lua.LState) {
	if p, ok := L.Context().(*polled); ok {
		in.bind(co, p.Context)
		return
	}
	co.RemoveContext()
}

// Bind makes a Lua thread that is not the task's own run as part of it: code
// in it ends when the task is cancelled. RemoveContext of the thread undoes
// it.
func (t *Task) Bind(L *lua.LState) { t.in.bind(L, t.ctx) }

// Done is for a select with a default only.
func (p *polled) Done() <-chan struct{} {
	if p.steps++; p.steps%lookEvery == 0 {
		p.look()
	}
	return p.now
}

// checkEnd looks whether the context has ended. From then on every
// instruction is stopped, here and in those that resumed this thread, so that
// no pcall and no coroutine can hide it.
func (p *polled) checkEnd() {
	select {
	case <-p.done:
	default:
		return
	}
	for l := p.l; l != nil; l = l.Parent {
		if q, ok := l.Context().(*polled); ok {
			q.now = q.done
		}
	}
}

func (p *polled) look() {
	p.checkEnd()
	p.checkDepth()
}

// checkDepth raises when calls are nested too deeply. gopher-lua's own check
// comes when there is no room left to find out where that was.
func (p *polled) checkDepth() {
	limit := callDepth
	if p.deep {
		limit += callReserve / 2 // for who handles the error
	}
	depth := depthOf(p.l)
	if depth < limit {
		p.deep = p.deep && depth >= callDepth
		return
	}
	p.deep = true
	raiseTraced(p.l, luaerr.Where(p.l)+"stack overflow")
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

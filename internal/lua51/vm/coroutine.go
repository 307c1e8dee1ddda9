package vm

import (
	_ "unsafe" // for go:linkname

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/lua51/tree"
)

const acrossGo = "attempt to yield across metamethod/C-call boundary"

// Yield is the function coroutine.yield (Lua 5.1 manual, section 5.2). Between
// it and its coroutine there must be no metamethod and no function of Go that
// has called back, other than pcall and xpcall.
func Yield(L *lua.LState) int {
	if l := of(L); l.Parent == nil || l.machine().nested > 1 {
		panic(&lua.ApiError{Type: lua.ApiErrorRun, Object: lua.LString(acrossGo)})
	}
	return -1
}

// body is what a coroutine of a Go function runs.
var body = func() *lua.FunctionProto {
	main, err := tree.Compile(Native, "local f return function(...) return f(...) end")
	if err != nil {
		panic(err)
	}
	p := main.FunctionPrototypes[0]
	for pc, code := range p.Code {
		if int(code>>26) == lua.OP_TAILCALL {
			p.Code[pc] = uint32(lua.OP_CALL)<<26 | code&(1<<26-1)
		}
	}
	clear(p.DbgSourcePositions)
	return p
}()

// NewCoroutine makes a coroutine of a function.
func NewCoroutine(L *lua.LState, fn *lua.LFunction) *lua.LState {
	if fn.IsG {
		f := L.NewFunctionFromProto(body)
		f.Env = L.G.Global
		f.Upvalues[0] = &lua.Upvalue{}
		f.Upvalues[0].Close()
		f.Upvalues[0].SetValue(fn)
		fn = f
	}
	thread, _ := L.NewThread()
	s := of(thread).frames()
	s.segments[0].array[0] = Frame{Fn: fn, LocalBase: 1, NRet: lua.MultRet}
	s.segSp = 1
	Guard(thread)
	return thread
}

// Resume runs a coroutine that is suspended until it yields, returns or fails.
// Its arguments are the last nargs values of L's stack. In their place come true
// and what it has given, or false and the error: as many values as Resume tells.
func Resume(L, co *lua.LState, nargs int) int {
	c, begins := of(co), of(co).currentFrame == nil
	if begins {
		of(L).checkRoom(c, c.frames().last().Fn, 1+nargs)
	} else if need := c.reg.top + nargs; need > cap(c.reg.array) && need > c.reg.maxSize {
		L.RaiseError("registry overflow")
	}
	c.Parent = of(L)
	L.G.CurrentThread = co
	if begins {
		c.currentFrame = c.frames().last()
		co.SetTop(0)
	}
	L.XMoveTo(co, nargs)
	if begins {
		c.currentFrame.NArgs = nargs
		initFrame(c, c.currentFrame)
	}
	if want := c.wanted(); !begins && want >= 0 { // gopher-lua would leave there what is no value, or too many
		setTop(c.reg, c.reg.top-nargs+want)
	}
	top := L.GetTop()
	runThread(c)
	return L.GetTop() - top
}

// wanted reports how many results the yield of a coroutine has to give, -1 for
// as many as there are.
func (L *state) wanted() int {
	f := L.currentFrame
	if f == nil || f.Fn.IsG || f.Pc == 0 {
		return -1
	}
	if code := f.Fn.Proto.Code[f.Pc-1]; int(code>>26) == lua.OP_CALL {
		return argC(code) - 1
	}
	return -1
}

//go:linkname initFrame github.com/yuin/gopher-lua.(*LState).initCallFrame
func initFrame(L *state, f *Frame)

//go:linkname runThread github.com/yuin/gopher-lua.threadRun
func runThread(L *state)

package vm

import (
	"unsafe"

	lua "github.com/yuin/gopher-lua"
)

// Innermost returns the frame of the function that a thread runs, nil if it runs
// none. It is good while that function runs.
func Innermost(L *lua.LState) *Frame { return of(L).currentFrame }

// FrameOf returns the frame that a level of the stack stands for (from
// lua.LState.GetStack).
func FrameOf(dbg *lua.Debug) *Frame { return (*debug)(unsafe.Pointer(dbg)).frame }

// Depth reports how many calls are nested in a thread.
func Depth(L *lua.LState) int {
	if f := of(L).currentFrame; f != nil {
		return f.Idx + 1
	}
	return 0
}

// Registers are those of a thread: they move when a call needs more.
func Registers(L *lua.LState) []lua.LValue { return of(L).reg.array }

// Takes reports whether the caller of the Go function that L runs takes result
// n of it, counted from 1, so that one that nobody looks at need not be made:
// a statement f() takes none, local a = f() the first.
func Takes(L *lua.LState, n int) bool {
	f := of(L).currentFrame
	for f != nil && f.NRet == lua.MultRet && f.Parent != nil && !f.Parent.Fn.IsG && f.Parent.Pc > 0 &&
		int(f.Parent.Fn.Proto.Code[f.Parent.Pc-1]>>26) == lua.OP_TAILCALL {
		f = f.Parent
	}
	return f == nil || f.NRet == lua.MultRet || f.NRet >= n
}

// Args returns the arguments of the Go function that L runs, from the one with
// number first, in their place: until L pushes a value or calls.
func Args(L *lua.LState, first int) []lua.LValue {
	l := of(L)
	return l.reg.array[min(l.currentFrame.LocalBase+first-1, l.reg.top):l.reg.top]
}

// unwind makes the frame with an index the innermost one, nil for -1.
func (L *state) unwind(index int) {
	s := L.frames()
	last := max(index, 0) / lua.FramesPerSegment
	for i := int(s.segIdx); i > last; i-- {
		s.segments[i] = nil
	}
	s.segIdx = uint16(min(int(s.segIdx), last))
	s.segSp = uint8(index - int(s.segIdx)*lua.FramesPerSegment + 1)
	clear(s.segments[s.segIdx].array[s.segSp:]) // or they hold what was called last
	L.currentFrame = nil
	if index >= 0 {
		L.currentFrame = &s.segments[s.segIdx].array[s.segSp-1]
	}
}

// closeFrom gives the captured variables that live in registers from index on
// places of their own. They stand in the list by falling age and rising index.
func (L *state) closeFrom(index int) {
	place := &L.uvcache
	for *place != nil && (*place).index < index {
		place = &(*place).next
	}
	open := *place
	*place = nil
	for open != nil {
		next := open.next
		open.value, open.closed, open.next = open.reg.array[open.index], true, nil
		open = next
	}
}

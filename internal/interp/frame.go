package interp

import (
	"reflect"
	"unsafe"

	lua "github.com/yuin/gopher-lua"
)

// gopher-lua tells nobody which function a thread runs, how deep it is in
// calls, or how many results of a Go function its caller takes. All that stands
// in the frame of the function that runs, and values in the thread's registers.
// These are the shapes of both; in a gopher-lua that has others they are not
// looked at.
type (
	callFrame struct {
		Idx        int
		Fn         *lua.LFunction
		Parent     *callFrame
		Pc         int
		Base       int
		LocalBase  int
		ReturnBase int
		NArgs      int
		NRet       int
	}
	registry struct {
		array []lua.LValue
		top   int
	}
)

// Where a thread keeps its innermost frame and its registers, and whether that
// is known.
var frameAt, registersAt, framesKnown = func() (frame, registers uintptr, known bool) {
	thread := reflect.TypeFor[lua.LState]()
	f, hasFrame := thread.FieldByName("currentFrame")
	r, hasRegisters := thread.FieldByName("reg")
	known = hasFrame && beginsLike(f.Type, reflect.TypeFor[callFrame]()) &&
		hasRegisters && beginsLike(r.Type, reflect.TypeFor[registry]())
	return f.Offset, r.Offset, known
}()

// beginsLike tells whether a type points to a struct that begins like another
// one: the same names, types and places.
func beginsLike(pointer, want reflect.Type) bool {
	if pointer.Kind() != reflect.Pointer || pointer.Elem().Kind() != reflect.Struct || pointer.Elem().NumField() < want.NumField() {
		return false
	}
	for i := range want.NumField() {
		is, w := pointer.Elem().Field(i), want.Field(i)
		if is.Name != w.Name || is.Offset != w.Offset || is.Type != w.Type && (is.Type.Kind() != reflect.Pointer || is.Type.Elem() != pointer.Elem()) {
			return false
		}
	}
	return true
}

// frameOf gives the innermost frame of a thread, nil if it runs nothing or
// frames are not known.
func frameOf(L *lua.LState) *callFrame {
	if !framesKnown {
		return nil
	}
	return *(**callFrame)(unsafe.Add(unsafe.Pointer(L), frameAt))
}

// depthOf gives how many calls are nested in a thread, 0 if that cannot be
// told.
func depthOf(L *lua.LState) int {
	f := frameOf(L)
	if f == nil {
		return 0
	}
	return f.Idx + 1
}

// runsLua tells whether the innermost function of a thread is one of Lua.
func runsLua(L *lua.LState) bool {
	f := frameOf(L)
	return f != nil && f.Fn != nil && !f.Fn.IsG
}

// Takes tells whether the caller of the Go function that L runs takes result
// n of it, counted from 1, so that one that nobody looks at need not be made:
// a statement f() takes none, local a = f() the first. It is true where that
// cannot be told.
func Takes(L *lua.LState, n int) bool {
	f := frameOf(L)
	return f == nil || f.NRet == lua.MultRet || f.NRet >= n
}

// registers gives the registers of a thread. Frames must be known.
func registers(L *lua.LState) *registry {
	return *(**registry)(unsafe.Add(unsafe.Pointer(L), registersAt))
}

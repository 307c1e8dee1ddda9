package interp

import (
	"reflect"
	"unsafe"

	lua "github.com/yuin/gopher-lua"
)

// gopher-lua tells nobody which function a thread runs, how deep it is in
// calls, or how many results of a Go function its caller takes. All that stands
// in the frame of the function that runs: these are the places, not known in a
// gopher-lua that keeps its frames differently.
var frameAt, functionAt, numberAt, resultsAt, framesKnown = func() (frame, function, number, results uintptr, known bool) {
	f, ok := reflect.TypeFor[lua.LState]().FieldByName("currentFrame")
	if !ok || f.Type.Kind() != reflect.Pointer || f.Type.Elem().Kind() != reflect.Struct {
		return 0, 0, 0, 0, false
	}
	fn, hasFunction := f.Type.Elem().FieldByName("Fn")
	n, hasNumber := f.Type.Elem().FieldByName("Idx")
	r, hasResults := f.Type.Elem().FieldByName("NRet")
	known = hasFunction && hasNumber && hasResults &&
		fn.Type == reflect.TypeFor[*lua.LFunction]() && n.Type.Kind() == reflect.Int && r.Type.Kind() == reflect.Int
	return f.Offset, fn.Offset, n.Offset, r.Offset, known
}()

func frameOf(L *lua.LState) unsafe.Pointer {
	if !framesKnown {
		return nil
	}
	return *(*unsafe.Pointer)(unsafe.Add(unsafe.Pointer(L), frameAt))
}

// depthOf gives how many calls are nested in a thread, 0 if that cannot be
// told.
func depthOf(L *lua.LState) int {
	frame := frameOf(L)
	if frame == nil {
		return 0
	}
	return *(*int)(unsafe.Add(frame, numberAt)) + 1
}

// runsLua tells whether the innermost function of a thread is one of Lua.
func runsLua(L *lua.LState) bool {
	frame := frameOf(L)
	if frame == nil {
		return false
	}
	fn := *(**lua.LFunction)(unsafe.Add(frame, functionAt))
	return fn != nil && !fn.IsG
}

// Takes tells whether the caller of the Go function that L runs takes result
// n of it, counted from 1, so that one that nobody looks at need not be made:
// a statement f() takes none, local a = f() the first. It is true where that
// cannot be told.
func Takes(L *lua.LState, n int) bool {
	frame := frameOf(L)
	if frame == nil {
		return true
	}
	taken := *(*int)(unsafe.Add(frame, resultsAt))
	return taken == lua.MultRet || taken >= n
}

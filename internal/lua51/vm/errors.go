package vm

import (
	"fmt"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/lua51/number"
)

// Error is what the function error does with its arguments (Lua 5.1 manual,
// section 5.1).
func Error(L *lua.LState, v lua.LValue, level int) {
	if level > 0 {
		switch text := v.(type) {
		case lua.LString:
			v = lua.LString(Where(L, level)) + text
		case lua.LNumber:
			v = lua.LString(Where(L, level) + number.Format(float64(text)))
		}
	}
	panic(&lua.ApiError{Type: lua.ApiErrorRun, Object: v})
}

// Where returns the place "job.lua:14: " of a level of the stack: 0 is the
// function that runs, 1 the one that has called it. It is "" for a function of
// Go, for one that is gone because it ended in a tail call, and where there is
// none.
func Where(L *lua.LState, level int) string {
	f := of(L).currentFrame
	for ; level > 0 && f != nil; f = f.Parent {
		level--
		if !f.Fn.IsG {
			level -= f.TailCall
		}
	}
	if level != 0 || f == nil || IsNative(f.Fn) || f.Pc == 0 {
		return ""
	}
	return fmt.Sprintf("%s:%d: ", f.Fn.Proto.SourceName, f.Fn.Proto.DbgSourcePositions[f.Pc-1])
}

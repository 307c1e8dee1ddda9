package luaerr

import (
	"testing"
	"time"

	lua "github.com/yuin/gopher-lua"
)

// errorTable makes the table of an error with errors in it.
func errorTable(L *lua.LState, errors map[int]lua.LValue) *lua.LTable {
	t := L.NewTable()
	t.RawSetString("kind", lua.LString("script"))
	t.RawSetString("message", lua.LString("boom"))
	each := L.NewTable()
	for i, e := range errors {
		each.RawSetInt(i, e)
	}
	t.RawSetString("errors", each)
	return t
}

// TestSharedErrors: errors that hold one and the same error again and again,
// level upon level, are read and made once each, and stay one.
func TestSharedErrors(t *testing.T) {
	L := lua.NewState()
	defer L.Close()
	v := errorTable(L, nil)
	for range 40 {
		v = errorTable(L, map[int]lua.LValue{1: v, 2: v, 3: v, 4: v})
	}
	begin := time.Now()
	e := FromValue(v)
	if e.Errors[1] == nil || e.Errors[1] != e.Errors[4] {
		t.Errorf("errors %p and %p, want the same", e.Errors[1], e.Errors[4])
	}
	back := e.ToLua(L).RawGetString("errors").(*lua.LTable)
	if back.RawGetInt(1) != back.RawGetInt(4) {
		t.Error("in Lua they are not the same any more")
	}
	if took := time.Since(begin); took > 10*time.Second {
		t.Errorf("it took %v", took)
	}
}

// TestDeepErrors: a long chain is cut, and a cycle ends.
func TestDeepErrors(t *testing.T) {
	L := lua.NewState()
	defer L.Close()
	v := errorTable(L, nil)
	inner := v
	for range 20_000 {
		v = errorTable(L, map[int]lua.LValue{1: v})
	}
	depth := 0
	for e := FromValue(v); e.Errors[1] != nil; e = e.Errors[1] {
		depth++
	}
	if depth != maxInside {
		t.Errorf("%d levels are left, want %d", depth, maxInside)
	}
	inner.RawGetString("errors").(*lua.LTable).RawSetInt(1, inner)
	if e := FromValue(inner); len(e.Errors) != 0 {
		t.Errorf("an error that holds itself: %v", e.Errors)
	}
}

package luaerr

import (
	"testing"

	lua "github.com/yuin/gopher-lua"
)

// TestFromValueOfItself reads an error that a script has put into itself.
func TestFromValueOfItself(t *testing.T) {
	L := lua.NewState()
	defer L.Close()
	if err := L.DoString(`
		e = { kind = "script", message = "outer", errors = { { kind = "script", message = "inner" } } }
		e.errors[2] = e
		e.errors[1].errors = { e, "a" }
	`); err != nil {
		t.Fatal(err)
	}
	e := FromValue(L.GetGlobal("e"))
	if e.Message != "outer" || len(e.Errors) != 1 || e.Errors[1].Message != "inner" || len(e.Errors[1].Errors) != 1 {
		t.Errorf("got %v with errors %v", e, e.Errors)
	}
}

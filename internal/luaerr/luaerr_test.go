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

func TestWithin(t *testing.T) {
	for message, want := range map[string]string{
		"job.lua:14: boom":         "job.lua:14: item 2: boom",
		"boom":                     "item 2: boom",
		"job.lua:14: item 1: boom": "job.lua:14: item 2: item 1: boom",
		"rank 1: job.lua:14: boom": "item 2: rank 1: job.lua:14: boom",
	} {
		e := New(Script, "%s", message)
		if got := e.Within("item 2: "); got.Message != want || e.Message != message {
			t.Errorf("%q: got %q, want %q", message, got.Message, want)
		}
	}
}

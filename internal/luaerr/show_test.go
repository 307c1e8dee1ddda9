package luaerr

import (
	"strings"
	"testing"

	lua "github.com/yuin/gopher-lua"
)

// TestShowTable: what a report says of a table that was raised.
func TestShowTable(t *testing.T) {
	L := lua.NewState()
	defer L.Close()
	for source, want := range map[string]string{
		`{}`:                        `(error object is a table value)`,
		`{code = 5}`:                `{code = 5}`,
		`{"a", 2, true}`:            `{"a", 2, true}`,
		`{1, nil, 3}`:               `{1, [3] = 3}`,
		`{["a b"] = 1}`:             `{["a b"] = 1}`,
		`{[2.5] = print}`:           `{[2.5] = (function)}`,
		`{a = {b = {c = {d = 1}}}}`: `{a = {b = {c = {…}}}}`,
		`{text = "two\nlines"}`:     `{text = "two\nlines"}`,
		`{s = ("x"):rep(100)}`:      `{s = "` + strings.Repeat("x", shownText) + `"…}`,
		`(function() local t = {} t.self = t return t end)()`: `{self = {…}}`,
	} {
		if err := L.DoString("return " + source); err != nil {
			t.Fatal(err)
		}
		e := FromValue(L.Get(-1))
		L.Pop(1)
		if e.Message != want {
			t.Errorf("%s: got %s, want %s", source, e.Message, want)
		}
	}
}

// TestShowLargeTable: a report is as short for a table of many fields.
func TestShowLargeTable(t *testing.T) {
	L := lua.NewState()
	defer L.Close()
	if err := L.DoString(`local t = {} for i = 1, 100000 do t[i] = {("y"):rep(50)} end return t`); err != nil {
		t.Fatal(err)
	}
	if got := FromValue(L.Get(-1)).Message; len(got) > 2*shownBytes || !strings.HasSuffix(got, ", …}") {
		t.Errorf("%d bytes: %.2000s", len(got), got)
	}
}

package args

import (
	"testing"

	lua "github.com/yuin/gopher-lua"
)

type vessel struct{}

func (vessel) Kind() string { return "vessel of 3" }

func TestExpected(t *testing.T) {
	L := lua.NewState()
	defer L.Close()
	ud := L.NewUserData()
	plain := Kind(ud)
	named := L.NewUserData()
	named.Metatable = L.NewTable()
	named.Metatable.(*lua.LTable).RawSetString("__name", lua.LString("engine"))
	ud.Value = vessel{}
	for got, want := range map[string]string{
		plain:                                "userdata",
		Expected("number", lua.LString("1")): "number expected, got string",
		Expected("number", lua.LNil):         "number expected, got nil",
		Expected("array", ud):                "array expected, got vessel of 3",
		Expected("array", named):             "array expected, got engine",
		Show(named):                          "an engine",
		Show(ud):                             "a vessel of 3",
		Show(L.NewTable()):                   "a table",
	} {
		if got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestRaiseExpected(t *testing.T) {
	L := lua.NewState()
	defer L.Close()
	L.SetGlobal("f", L.NewFunction(func(L *lua.LState) int {
		RaiseExpected(L, "Bcast", 2, "root", "number", L.Get(2))
		return 0
	}))
	const source = `local ok, e = pcall(f, 1, "x") e = tostring(e)
assert(not ok and e:find("bad argument #2 'root' to 'Bcast' (number expected, got string)", 1, true), e)`
	if err := L.DoString(source); err != nil {
		t.Fatal(err)
	}
}

// TestList: all keys are counted, in whatever order they came, and one that no
// list has is named.
func TestList(t *testing.T) {
	L := lua.NewState()
	defer L.Close()
	for _, c := range []struct {
		source string
		n      int
		key    string // that is no place
	}{
		{"return {}", 0, ""},
		{"return {1, 2, 3}", 3, ""},
		{"local t = {} for i = 100, 1, -1 do t[i] = i end return t", 100, ""},
		{"local t = {} for i = 2, 100, 2 do t[i] = i end for i = 1, 100, 2 do t[i] = i end return t", 100, ""},
		{"return {1, 2, nil, 4}", 4, ""},
		{"local t = {1, 2, 3} t[3] = nil return t", 2, ""},
		{"return {1, 2, [9] = 9}", 9, ""},
		{"return {1, 2, n = 2}", 2, ""},
		{"local t = {1, x = 1} t.x = nil return t", 1, ""},
		{"return {1, 2, x = 3}", 2, `"x"`},
		{"return {x = 3}", 0, `"x"`},
		{"return {[0] = 1, 2}", 1, "0"},
		{"return {[-1] = 1, 2}", 1, "-1"},
		{"return {1, [1.5] = 2}", 1, "1.5"},
		{"return {1, [true] = 2}", 1, "true"},
		{"return {1, [1e9] = 2}", 2, "1000000000"},
		{"return {1, [{}] = 2}", 1, "a table"},
	} {
		if err := L.DoString(c.source); err != nil {
			t.Fatal(err)
		}
		n, wrong := List(L.Get(-1).(*lua.LTable))
		L.Pop(1)
		want := ""
		if c.key != "" {
			want = "list expected, with keys from 1: this table has the key " + c.key + ", whose value would be left out"
		}
		if n != c.n || wrong != want {
			t.Errorf("%s: got %d, %q, want %d, %q", c.source, n, wrong, c.n, want)
		}
	}
}

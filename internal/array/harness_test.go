package array

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	lua "github.com/yuin/gopher-lua"

	luanumber "github.com/mpiclus/mpiclus-lua/internal/lua51/number"
	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
)

// newState returns an interpreter with the module as the global "array".
func newState(t testing.TB) *lua.LState {
	L := lua.NewState()
	t.Cleanup(L.Close)
	L.PreloadModule("array", Open)
	if err := L.DoString(`array = require "array"`); err != nil {
		t.Fatal(err)
	}
	return L
}

var (
	failing  = regexp.MustCompile(`^(.*?)\s*--! (.*)$`)
	printing = regexp.MustCompile(`^(.*?)\s*--> (.*)$`)
)

// checked turns the marks in a script into calls: a line that ends in
// "--! regexp" must raise an error that matches, and the last line printed
// by one that ends in "--> text" must be text.
func checked(script string) string {
	lines := strings.Split(script, "\n")
	for i, line := range lines {
		if m := failing.FindStringSubmatch(line); m != nil {
			lines[i] = fmt.Sprintf("__fails(%d, function() %s end, [==[%s]==])", i+1, m[1], m[2])
		} else if m := printing.FindStringSubmatch(line); m != nil {
			lines[i] = fmt.Sprintf("%s __printed(%d, [==[%s]==])", m[1], i+1, m[2])
		}
	}
	return strings.Join(lines, "\n")
}

// runScript runs a script with marks.
func runScript(t *testing.T, name, script string) {
	t.Helper()
	L := newState(t)
	var last string
	register := func(name string, f lua.LGFunction) { L.SetGlobal(name, L.NewFunction(f)) }
	register("print", func(L *lua.LState) int {
		var parts []string
		for i := 1; i <= L.GetTop(); i++ {
			parts = append(parts, luanumber.ToString(L, L.Get(i)))
		}
		last = strings.Join(parts, "\t")
		return 0
	})
	register("__printed", func(L *lua.LState) int {
		if want := L.CheckString(2); last != want {
			t.Errorf("%s:%d: printed\n%s\nwant\n%s", name, L.CheckInt(1), last, want)
		}
		last = ""
		return 0
	})
	register("__fails", func(L *lua.LState) int {
		line, want := L.CheckInt(1), regexp.MustCompile(L.CheckString(3))
		err := L.CallByParam(lua.P{Fn: L.CheckFunction(2), Protect: true})
		if api, ok := err.(*lua.ApiError); !ok {
			t.Errorf("%s:%d: no error, want %s", name, line, want)
		} else if got := L.ToStringMeta(api.Object).String(); !want.MatchString(got) {
			t.Errorf("%s:%d: error\n%s\nwant\n%s", name, line, got, want)
		} else if !strings.HasPrefix(got, fmt.Sprintf("%s:%d: ", name, line)) {
			t.Errorf("%s:%d: the error names another place: %s", name, line, got)
		}
		return 0
	})
	f, err := L.Load(strings.NewReader(checked(script)), name)
	if err != nil {
		t.Fatal(err)
	}
	if err := L.CallByParam(lua.P{Fn: f, Protect: true}); err != nil {
		t.Fatal(luaerr.From(err))
	}
}

// TestScripts runs testdata/*.lua.
func TestScripts(t *testing.T) {
	files, err := filepath.Glob("testdata/*.lua")
	if err != nil || len(files) == 0 {
		t.Fatal("no scripts in testdata", err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			script, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			runScript(t, filepath.Base(file), string(script))
		})
	}
}

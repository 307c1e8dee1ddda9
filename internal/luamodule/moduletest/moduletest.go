// Package moduletest runs Lua scripts that say what they print and which errors
// they raise: those of testdata, and the examples of the documentation.
//
//	print(1 + 1)       --> 2
//	error "no"         --! a regular expression that the error matches
package moduletest

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/interp"
	luanumber "github.com/mpiclus/mpiclus-lua/internal/lua51/number"
)

var (
	failing  = regexp.MustCompile(`^(.*?)\s*--! (.*)$`)
	printing = regexp.MustCompile(`^(.*?)\s*--> (.*)$`)
)

// checked turns the marks of a script into calls.
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

// Run runs a script with marks in an interpreter with the modules that add gives it.
func Run(t *testing.T, add func(in *interp.Interp), name, script string) {
	t.Helper()
	in := interp.New(interp.Config{})
	defer in.Close()
	add(in)
	In(t, in, name, script)
}

// In runs a script with marks in an interpreter.
func In(t *testing.T, in *interp.Interp, name, script string) {
	t.Helper()
	in.Run(t.Context(), name, func(task *interp.Task) {
		setMarks(t, task.L(), name)
		f, err := in.Codec().Chunks.Load(task.L(), name, checked(script))
		if err == nil {
			_, err = task.Call(f)
		}
		if err != nil {
			t.Error(err)
		}
	})
}

// setMarks defines what the marks have become, and a print for them.
func setMarks(t *testing.T, L *lua.LState, name string) {
	var last string
	register := func(name string, f lua.LGFunction) { L.G.Global.RawSetString(name, L.NewFunction(f)) }
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
		} else if got := luanumber.ToString(L, api.Object); !want.MatchString(got) {
			t.Errorf("%s:%d: error\n%s\nwant\n%s", name, line, got, want)
		} else if !strings.HasPrefix(got, fmt.Sprintf("%s:%d: ", name, line)) {
			t.Errorf("%s:%d: the error names another place: %s", name, line, got)
		}
		return 0
	})
}

// Scripts runs the scripts testdata/*.lua, each in a folder of its own.
func Scripts(t *testing.T, add func(in *interp.Interp)) {
	files, err := filepath.Glob("testdata/*.lua")
	if err != nil || len(files) == 0 {
		t.Fatal("no scripts in testdata", err)
	}
	for _, file := range files {
		script, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		t.Run(filepath.Base(file), func(t *testing.T) {
			t.Chdir(t.TempDir())
			Run(t, add, filepath.Base(file), string(script))
		})
	}
}

// Page runs each example of a page of the documentation, in one folder that is
// empty at first.
func Page(t *testing.T, add func(in *interp.Interp), file string) {
	Examples(t, file, func(name, script string) { Run(t, add, name, script) })
}

// Examples calls run for each example of a page, with the marks of scripts. The texts
// of errors there are parts of them, as readers see them.
func Examples(t *testing.T, file string, run func(name, script string)) {
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(t.TempDir())
	plain := regexp.MustCompile(`(?m)--! (.*)$`)
	parts := strings.Split(string(raw), "```")
	ran := 0
	for i := 1; i < len(parts); i += 2 {
		script, isLua := strings.CutPrefix(parts[i], "lua\n")
		if !isLua {
			continue
		}
		script = plain.ReplaceAllStringFunc(script, func(mark string) string {
			return "--! " + regexp.QuoteMeta(strings.TrimPrefix(mark, "--! "))
		})
		// Empty lines in front make the lines those of the file.
		line := strings.Count(strings.Join(parts[:i], ""), "\n") + 1
		run(filepath.Base(file), strings.Repeat("\n", line)+script)
		ran++
	}
	if ran == 0 {
		t.Errorf("%s has no examples", file)
	}
}

package modules

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/interp"
	luanumber "github.com/mpiclus/mpiclus-lua/internal/lua51/number"
	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
	"github.com/mpiclus/mpiclus-lua/internal/philox"
)

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

// newInterp returns an interpreter with all modules, as a rank of a job with a seed.
func newInterp(t testing.TB, o philox.Origin) *interp.Interp {
	in := interp.New(interp.Config{Random: &o})
	t.Cleanup(in.Close)
	Common(in)
	return in
}

// run runs a script in a task.
func run(ctx context.Context, in *interp.Interp, name, script string, prepare func(L *lua.LState)) (results []lua.LValue, err error) {
	in.Run(ctx, name, func(task *interp.Task) {
		if prepare != nil {
			prepare(task.L())
		}
		fn, e := in.Codec().Chunks.Load(task.L(), name, script)
		if err = e; err == nil {
			results, err = task.Call(fn)
		}
	})
	return results, err
}

// marks gives scripts what the marks call.
func marks(t *testing.T, name string) func(L *lua.LState) {
	return func(L *lua.LState) {
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
	}
}

// runScript runs a script with marks.
func runScript(t *testing.T, name, script string) {
	t.Helper()
	in := newInterp(t, philox.Origin{Seed: 1, Given: true, Rank: 2})
	if _, err := run(t.Context(), in, name, checked(script), marks(t, name)); err != nil {
		t.Fatal(err, "\n", luaerr.From(err).Traceback)
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

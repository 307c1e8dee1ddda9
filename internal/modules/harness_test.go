package modules

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/interp"
	"github.com/mpiclus/mpiclus-lua/internal/luamodule/moduletest"
	"github.com/mpiclus/mpiclus-lua/internal/philox"
)

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

// runScript runs a script with marks.
func runScript(t *testing.T, name, script string) {
	t.Helper()
	moduletest.In(t, newInterp(t, philox.Origin{Seed: 1, Given: true, Rank: 2}), name, script)
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

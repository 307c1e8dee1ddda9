package native_test

import (
	"bytes"
	"context"
	"strings"
	"testing"

	"github.com/mpiclus/mpiclus-lua/internal/interp"
	"github.com/mpiclus/mpiclus-lua/internal/modules"
	"github.com/mpiclus/mpiclus-lua/internal/native"
)

// run runs a script, with native code or without, and returns what it printed
// with its error.
func run(t testing.TB, on bool, source string) string {
	t.Helper()
	was := native.Enabled()
	native.Enable(on)
	defer native.Enable(was)
	var out bytes.Buffer
	in := interp.New(interp.Config{Stdout: &out})
	defer in.Close()
	modules.Common(in)
	var err error
	in.Run(context.Background(), "main", func(task *interp.Task) {
		fn, e := in.Codec().Chunks.Load(task.L(), "job.lua", source)
		if e != nil {
			err = e
			return
		}
		_, err = task.Call(fn)
	})
	if err != nil {
		out.WriteString("\nerror: " + err.Error())
	}
	return out.String()
}

// same runs a script with native code and without: both must print the same.
func same(t testing.TB, source string) {
	t.Helper()
	want := run(t, false, source)
	got := run(t, true, source)
	if got == want {
		return
	}
	g, w := strings.Split(got, "\n"), strings.Split(want, "\n")
	for i := range max(len(g), len(w)) {
		a, b := "", ""
		if i < len(g) {
			a = g[i]
		}
		if i < len(w) {
			b = w[i]
		}
		if a != b {
			t.Errorf("line %d:\n got %s\nwant %s", i+1, a, b)
			return
		}
	}
}

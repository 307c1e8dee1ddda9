package interp

import (
	"os"
	"os/exec"
	"strings"
	"testing"
)

// TestDialect: where gopher-lua was put right it gives what Lua 5.1 gives.
func TestDialect(t *testing.T) {
	const script = "testdata/dialect.lua"
	lua51, err := exec.LookPath("lua5.1")
	if err != nil {
		t.Skip("needs lua5.1, which 'make test' installs")
	}
	want, err := exec.Command(lua51, script).CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, want)
	}
	source, err := os.ReadFile(script)
	if err != nil {
		t.Fatal(err)
	}
	in, out := newTest(t)
	if err := run(t, in, t.Context(), string(source)); err != nil {
		t.Fatal(err)
	}
	got := strings.Split(out.String(), "\n")
	for i, line := range strings.Split(string(want), "\n") {
		if i >= len(got) || got[i] != line {
			t.Errorf("line %d: want %s\n%s", i+1, line, out)
			break
		}
	}
}

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
	if err != nil && os.Getenv("MPICLUS_NO_MPI") != "" {
		t.Skip("no lua5.1 here, and nothing was to be set up")
	}
	if err != nil {
		t.Fatal(err)
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
	got, lines := strings.Split(out.String(), "\n"), strings.Split(string(want), "\n")
	for i, line := range lines {
		if i >= len(got) || got[i] != line {
			t.Fatalf("line %d: want %s\n%s", i+1, line, out)
		}
	}
	if len(got) > len(lines) {
		t.Errorf("more lines than the %d of Lua 5.1:\n%s", len(lines), out)
	}
}

package interp

import (
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"
)

// TestDialect: each script of testdata/dialect prints what it prints with Lua
// 5.1, or with the oracle that its first line names: "-- oracle: luajit" for
// what Lua 5.1 has not.
func TestDialect(t *testing.T) {
	scripts, err := filepath.Glob("testdata/dialect/*.lua")
	if err != nil || len(scripts) == 0 {
		t.Fatalf("no scripts: %v", err)
	}
	for _, script := range scripts {
		name := filepath.Base(script)
		t.Run(strings.TrimSuffix(name, ".lua"), func(t *testing.T) {
			source, err := os.ReadFile(script)
			if err != nil {
				t.Fatal(err)
			}
			want := oracle(t, filepath.Dir(script), name, string(source))
			in, out := newTest(t)
			if err := runNamed(t, in, t.Context(), name, string(source)); err != nil {
				t.Errorf("%v", err)
			}
			sameLines(t, out.String(), want)
		})
	}
}

var namesOracle = regexp.MustCompile(`\A-- oracle: (\S+)\n`)

// oracle returns what a script prints where gopher-lua is not.
func oracle(t *testing.T, folder, name, source string) string {
	t.Helper()
	command := "lua5.1"
	if m := namesOracle.FindStringSubmatch(source); m != nil {
		command = m[1]
	}
	path, err := exec.LookPath(command)
	if err != nil && os.Getenv("MPICLUS_NO_MPI") != "" {
		t.Skipf("no %s here, and nothing was to be set up", command)
	}
	if err != nil {
		t.Fatal(err)
	}
	run := exec.CommandContext(t.Context(), path, name)
	run.Dir = folder
	out, err := run.CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v\n%s", command, err, out)
	}
	return string(out)
}

// sameLines fails at the first line that is another one.
func sameLines(t *testing.T, out, want string) {
	t.Helper()
	got, lines := strings.Split(out, "\n"), strings.Split(want, "\n")
	for i, line := range lines {
		switch {
		case i >= len(got):
			t.Fatalf("line %d is missing: %s", i+1, line)
		case got[i] != line:
			before := ""
			if i > 0 {
				before = lines[i-1]
			}
			t.Fatalf("line %d, after %q:\ngot  %s\nwant %s", i+1, before, got[i], line)
		}
	}
	if len(got) > len(lines) {
		t.Errorf("line %d is one too many: %s", len(lines)+1, got[len(lines)])
	}
}

// randomRun returns the end and the first seed of a comparison at random. The
// environment variables MPICLUS_DIALECT_SECONDS and MPICLUS_DIALECT_SEED choose
// others.
func randomRun(t *testing.T, usual time.Duration) (end time.Time, seed uint64) {
	t.Helper()
	seed = rand.Uint64()
	if s := os.Getenv("MPICLUS_DIALECT_SECONDS"); s != "" {
		seconds, err := strconv.ParseFloat(s, 64)
		if err != nil {
			t.Fatalf("MPICLUS_DIALECT_SECONDS: %v", err)
		}
		usual = time.Duration(seconds * float64(time.Second))
	}
	if s := os.Getenv("MPICLUS_DIALECT_SEED"); s != "" {
		given, err := strconv.ParseUint(s, 10, 64)
		if err != nil {
			t.Fatalf("MPICLUS_DIALECT_SEED: %v", err)
		}
		seed = given
	}
	return time.Now().Add(usual), seed
}

// Package tests runs the built command under the real mpirun: as users do,
// and as things go wrong for them.
package tests

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/mpiclus/mpiclus-lua/tests/mpitest"
)

// version is that of the executables that the tests build.
const version = "v9.8.7-tests"

// folder holds the executables; command is the one that users start.
var folder, command string

// sanitizer is the environment variable that has the executable which is linked
// with MPI built with a sanitizer of its own: "race" or "asan". One that finds
// something ends the process or writes of it, and the test fails.
const sanitizer = "MPICLUS_TEST_SANITIZER"

func TestMain(m *testing.M) {
	status, err := run(m)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		status = 1
	}
	os.Exit(status)
}

func run(m *testing.M) (status int, err error) {
	folder, err = os.MkdirTemp("", "mpiclus-tests-")
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	command = filepath.Join(folder, "mpiclus-lua")
	if err := build(command, "mpiclus-lua", raceEnabled); err != nil {
		return 0, err
	}
	if os.Getenv(mpitest.NoMPI) == "" {
		if err := buildPlugins(); err != nil {
			return 0, err
		}
		if err := build(command+mpitest.On().Linked(), "mpiclus-lua-mpi", true); err != nil {
			return 0, err
		}
	}
	return m.Run(), nil
}

// inputs looks at all sources of the executables: go test then knows that the
// results of the tests depend on them, and does not give old ones. It notes
// only what is looked at while tests run.
var inputs = sync.OnceValue(func() error {
	return filepath.WalkDir("..", func(path string, entry os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() && strings.HasPrefix(entry.Name(), ".") && path != ".." {
			return filepath.SkipDir
		}
		switch filepath.Ext(path) {
		case ".go", ".c", ".h", ".lua", ".mod":
			_, err = os.Stat(path)
		}
		return err
	})
})

// build makes one of the executables as the Makefile does, but for the tag
// that adds the module of faults, and for the race detector in the master and
// the supervisors when the tests themselves have it.
func build(to, name string, cgo bool) error {
	cmd := exec.Command("go", "build", "-trimpath", "-tags", "faults,netgo,osusergo", "-ldflags", "-s -w -X main.version="+version, "-o", to)
	if raceEnabled && name == "mpiclus-lua" {
		cmd.Args = append(cmd.Args, "-race")
	}
	if with := os.Getenv(sanitizer); with != "" && cgo && name == "mpiclus-lua-mpi" {
		cmd.Args = append(cmd.Args, "-"+with)
	}
	cmd.Args = append(cmd.Args, "github.com/mpiclus/mpiclus-lua/cmd/"+name)
	cmd.Env = append(os.Environ(), fmt.Sprintf("CGO_ENABLED=%d", map[bool]int{true: 1}[cgo]))
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w\n%s", strings.Join(cmd.Args, " "), err, out)
	}
	return nil
}

// master is the command that runs a script of testdata/scripts with n
// workers.
func master(t *testing.T, n int, script string, args ...string) mpitest.Command {
	t.Helper()
	if err := inputs(); err != nil {
		t.Fatal(err)
	}
	words := []string{command, "run", "-n", fmt.Sprint(n), filepath.Join("testdata", "scripts", script)}
	return mpitest.Command{Args: append(words, args...), Bare: true}
}

// soon fails a test whose job took longer than users may be kept waiting. The
// race detector makes everything slower.
func soon(t *testing.T, took, limit time.Duration, r *mpitest.Result) {
	t.Helper()
	if took > limit && !raceEnabled {
		t.Errorf("took %v, the limit is %v\n%s", took.Round(time.Millisecond), limit, r)
	}
}

// holds fails a test when one of the texts is not there.
func holds(t *testing.T, r *mpitest.Result, where string, texts ...string) {
	t.Helper()
	for _, text := range texts {
		if !strings.Contains(where, text) {
			t.Errorf("%q is missing in\n%s", text, r)
		}
	}
}

// silent fails a test whose report shows the inside of this software.
func silent(t *testing.T, r *mpitest.Result) {
	t.Helper()
	for _, text := range []string{"goroutine ", ".go:", "runtime.", "0x"} {
		if strings.Contains(r.Stderr, text) {
			t.Errorf("the report shows Go's inside (%q)\n%s", text, r)
		}
	}
}

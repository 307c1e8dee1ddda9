package luampi

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/mpiclus/mpiclus-lua/internal/mpi/table"
	"github.com/mpiclus/mpiclus-lua/tests/mpitest"
)

// ranksVariable lists the numbers of ranks that TestScripts runs on, separated
// by commas: fewer where a build is slow.
const ranksVariable = "MPICLUS_TEST_RANKS"

// TestScripts runs every script of testdata on 1 and 3 ranks, or on 1 to 4. The scripts
// compare what MPI gives with plain Lua. After all of them every function of
// the table must have been called.
func TestScripts(t *testing.T) {
	mpitest.Need(t)
	files, err := filepath.Glob("testdata/scripts/*.lua")
	if err != nil || len(files) < 10 {
		t.Fatal(files, err)
	}
	var scripts []string
	for _, f := range files {
		if filepath.Base(f) != "check.lua" {
			full, _ := filepath.Abs(f)
			scripts = append(scripts, full)
		}
	}
	called := map[string]bool{}
	numbers := os.Getenv(ranksVariable)
	if numbers == "" {
		numbers = "1,3"
		if mpitest.Everything() {
			numbers = "1,2,3,4"
		}
	}
	for _, number := range strings.Split(numbers, ",") {
		t.Run(number, func(t *testing.T) {
			n, err := strconv.Atoi(number)
			if err != nil {
				t.Fatalf("%s: %v", ranksVariable, err)
			}
			calls := filepath.Join(t.TempDir(), "calls")
			c := rankCommand("scripts", n)
			c.Env = append(c.Env, scriptsVariable+"="+strings.Join(scripts, ":"), callsVariable+"="+calls)
			if r := mpitest.Run(t, c); r.Status != 0 {
				t.Fatal(r)
			}
			names, err := os.ReadFile(calls)
			if err != nil {
				t.Fatal(err)
			}
			for _, name := range strings.Split(string(names), "\n") {
				called[name] = true
			}
		})
	}
	if t.Failed() {
		return // what was called is not known
	}
	notExercised := map[string]string{"Abort": "TestAbort"}
	for _, row := range table.All {
		if !called[row.Name] && notExercised[row.Name] == "" && row.Since <= "3.1" {
			t.Errorf("no script calls mpi.%s", row.Name)
		}
	}
}

// rankCommand starts this test binary as n ranks that play a role.
func rankCommand(role string, n int) mpitest.Command {
	self, err := os.Executable()
	if err != nil {
		panic(err)
	}
	c := mpitest.Mpirun(n, self)
	c.Env = append(c.Env, roleVariable+"="+role, "MPICLUS_OVERSUBSCRIBED=1")
	c.Untidy = true
	c.Limit = 3 * time.Minute // for what hangs; ranks that outnumber the processors of a busy machine take their time
	return c
}

package luampi

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/mpiclus/mpiclus-lua/tests/mpitest"
)

// TestAgainstC compares reductions with those of a C program that makes the
// same calls: the bits must be the same.
func TestAgainstC(t *testing.T) {
	mpitest.Need(t)
	inC := filepath.Join(t.TempDir(), "reduce")
	if out, err := exec.Command("mpicc", "-O1", "-o", inC, "testdata/oracle/reduce.c").CombinedOutput(); err != nil {
		t.Fatalf("mpicc: %v\n%s", err, out)
	}
	script, _ := filepath.Abs("testdata/oracle/reduce.lua")
	for n := 1; n <= 4; n++ {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			c := rankCommand("scripts", n)
			c.Env = append(c.Env, scriptsVariable+"="+script)
			ours, theirs := runOracle(t, c, n), runOracle(t, mpitest.Mpirun(n, inC), n)
			for r := range n {
				compare(t, ours[r], theirs[r])
			}
		})
	}
}

// runOracle runs a command on n ranks and returns the lines that each wrote.
func runOracle(t *testing.T, c mpitest.Command, n int) (lines [][]string) {
	out := filepath.Join(t.TempDir(), "out")
	c.Env = append(c.Env, "ORACLE_OUT="+out)
	if r := mpitest.Run(t, c); r.Status != 0 {
		t.Fatal(r)
	}
	for rank := range n {
		text, err := os.ReadFile(fmt.Sprintf("%s.%d", out, rank))
		if err != nil {
			t.Fatal(err)
		}
		lines = append(lines, strings.Split(strings.TrimSpace(string(text)), "\n"))
	}
	return lines
}

func compare(t *testing.T, ours, theirs []string) {
	if len(ours) != 4*2+10*8 || len(ours) != len(theirs) {
		t.Fatalf("%d lines, C %d", len(ours), len(theirs))
	}
	for i := range ours {
		if ours[i] != theirs[i] {
			t.Errorf("got  %s\nin C %s", ours[i], theirs[i])
		}
	}
}

// TestAbort ends a job whose other rank waits.
func TestAbort(t *testing.T) {
	mpitest.Need(t)
	script := filepath.Join(t.TempDir(), "abort.lua")
	source := "local mpi = require 'mpi' if mpi.Comm_rank() == 1 then mpi.Abort(7) end mpi.Barrier()"
	if err := os.WriteFile(script, []byte(source), 0o600); err != nil {
		t.Fatal(err)
	}
	c := rankCommand("scripts", 2)
	c.Env = append(c.Env, scriptsVariable+"="+script)
	if r := mpitest.Run(t, c); r.Status != 7 {
		t.Fatal(r)
	}
}

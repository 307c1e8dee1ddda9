// Package mpitest starts commands that use MPI, in tests. MPI's usual failure
// is to wait for ever, and to leave processes behind; so every job has a
// process group of its own and a time limit, is ended by process id, tells its
// stacks when the limit passes, and fails the test when a process, a socket or
// a file of shared memory outlives it.
//
//	r := mpitest.Run(t, mpitest.Mpirun(2, binary, "-test.run", "X"))
//	if r.Status != 0 { t.Fatal(r) }
package mpitest

import (
	"os"
	"testing"
)

// NoMPI is the environment variable that, when set, makes tests that need MPI
// skip.
const NoMPI = "MPICLUS_NO_MPI"

// All is the environment variable that, when set, makes tests run that are much
// like others, in another mode or at another number of ranks, and those that need
// minutes.
const All = "MPICLUS_TEST_ALL"

// Everything reports whether all tests are to run.
func Everything() bool { return os.Getenv(All) != "" }

// Turn skips a test unless it is its turn: of those that differ in the mode
// only, one in every so many runs where not all are asked for.
func Turn(t testing.TB, i, every int) {
	t.Helper()
	if i%every != 0 && !Everything() {
		t.Skipf("one in %d of these runs here; %s=1 (make test ALL=1) runs all", every, All)
	}
}

// Long skips a test that takes minutes, of which the same is to be had at length
// by a target of the Makefile.
func Long(t testing.TB, target string) {
	t.Helper()
	if !Everything() {
		t.Skipf("make %s runs this, and %s=1 (make test ALL=1) a part of it", target, All)
	}
}

// Need skips the test where tests are to do without MPI, and fails it where
// MPI is missing.
func Need(t testing.TB) {
	t.Helper()
	if os.Getenv(NoMPI) != "" {
		t.Skip("needs MPI, and " + NoMPI + " is set")
	}
	if err := On().err; err != nil {
		t.Fatalf("needs MPI: %v. Install it (apt-get install openmpi-bin libopenmpi-dev), or skip such tests with %s=1", err, NoMPI)
	}
}

// Mpirun is the command that runs words as np ranks, also as root and with
// more ranks than processors.
func Mpirun(np int, words ...string) Command {
	before, env := On().mpirun(np)
	return Command{Args: append(before, words...), Env: env}
}

// Run runs a command to its end.
func Run(t testing.TB, c Command) *Result {
	t.Helper()
	return Start(t, c).Wait()
}

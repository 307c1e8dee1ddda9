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

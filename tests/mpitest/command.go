package mpitest

import (
	"fmt"
	"time"
)

// Command says what to start. Everything but Args may be left out.
type Command struct {
	Args  []string // the program, found on the PATH, and its arguments
	Dir   string   // where it starts; default: the test's folder
	Env   []string // "NAME=value", added to the environment of the test
	Stdin string   // what it reads

	// Limit is the time after which the job is killed and the test fails;
	// default 2 min. The job also ends in time for the test's own deadline.
	Limit time.Duration
	// Linger is how long processes of the job may outlive the command; default
	// 10 s.
	Linger time.Duration
	// Alone keeps jobs of other test programs away while this one runs: for
	// tests that bound times, and for large jobs. A test that has a job running
	// must not start one that wants to be alone.
	Alone bool
	// Bare leaves GOTRACEBACK as users have it. Otherwise crashes and time-outs
	// tell the stacks of all goroutines.
	Bare bool
	// Keep bounds what is kept of each of the two streams: so many bytes of its
	// beginning and of its end. Default: all.
	Keep int
	// Untidy accepts files that are left: for ranks that end by MPI_Abort or a
	// signal under a plain mpirun, which does not clean up after them.
	Untidy bool
}

// Result is what became of a job.
type Result struct {
	Stdout, Stderr string
	Status         int           // exit status; 128 and more: the number of the signal that ended it
	Took           time.Duration // until the last process of the job was gone
	args           []string
}

// String gives all that is known, for messages of tests.
func (r *Result) String() string {
	return fmt.Sprintf("%q: status %d after %v\nstdout:\n%s\nstderr:\n%s", r.args, r.Status, r.Took.Round(time.Millisecond), r.Stdout, r.Stderr)
}

package tests

import (
	"regexp"
	"testing"
	"time"

	"github.com/mpiclus/mpiclus-lua/tests/mpitest"
)

// waits are what ranks 0 and 1 may be at while rank 2 fails. The job survives
// where they can be made to leave; what the report says of them differs.
var waits = []struct {
	name, stuck string
	survives    bool
}{
	{"Recv", `Recv .*rank 2.* at \S+others_wait\.lua:15`, true},
	{"recv", `(?i)recv .*others_wait\.lua:16`, true},
	{"Wait", `Wait.* at \S+others_wait\.lua:17`, true},
	{"Probe", `Probe.* at \S+others_wait\.lua:18`, true},
	{"Send", `Send.* at \S+others_wait\.lua:19`, true},
	{"loop", `others_wait\.lua:20`, true},
	{"execute", `others_wait\.lua:21`, true},
	{"block", `code outside of MPI`, false},
	{"Barrier", `Barrier at \S+others_wait\.lua:22`, false},
	{"Allreduce", `Allreduce \(\d+ bytes\) at \S+others_wait\.lua:23`, false},
	{"cancellable", `Barrier at \S+others_wait\.lua:24`, true},
}

// reportLimit is how long a user may wait for the report of an error while
// other ranks wait for the one that failed.
const reportLimit = 4 * time.Second

// TestErrorWhileOthersWait: the error ends the script with a report in time,
// whatever the others are at.
func TestErrorWhileOthersWait(t *testing.T) {
	mpitest.Need(t)
	for _, wait := range waits {
		t.Run(wait.name, func(t *testing.T) {
			t.Parallel()
			j := mpitest.Start(t, master(t, 3, "others_wait.lua", wait.name))
			j.Await("begin")
			begin := time.Now()
			j.Await("boom on purpose")
			took := time.Since(begin)
			r := j.Wait()
			soon(t, took, reportLimit, r)
			if r.Status != 1 {
				t.Errorf("status %d, want 1\n%s", r.Status, r)
			}
			holds(t, r, r.Stderr, "rank 2: testdata/scripts/others_wait.lua:29: boom on purpose")
			if !regexp.MustCompile(wait.stuck).MatchString(r.Stderr) {
				t.Errorf("the report does not match %q\n%s", wait.stuck, r)
			}
			silent(t, r)
		})
	}
}

// TestNextChunkIsRight: after a caught error the job goes on with right
// answers where the ranks could leave their waits.
func TestNextChunkIsRight(t *testing.T) {
	mpitest.Need(t)
	for _, wait := range waits {
		t.Run(wait.name, func(t *testing.T) {
			t.Parallel()
			r := mpitest.Run(t, master(t, 3, "others_wait.lua", wait.name, "catch"))
			if wait.survives {
				if r.Status != 0 {
					t.Fatal(r)
				}
				holds(t, r, r.Stdout, "raised\nright\n")
				return
			}
			if r.Status == 0 {
				t.Fatalf("the job went on after a native collective was left\n%s", r)
			}
			holds(t, r, r.Stdout, "raised\n")
			holds(t, r, r.Stderr, "the MPI job of this manager has ended", "manager:restart() starts a fresh one")
		})
	}
}

// TestEndInCollective: a script's end does not wait for a rank that sits in a
// collective for ever, and says where it sits.
func TestEndInCollective(t *testing.T) {
	mpitest.Need(t)
	r := mpitest.Run(t, master(t, 2, "end_in_barrier.lua"))
	if r.Status != 0 {
		t.Error(r)
	}
	holds(t, r, r.Stderr, "MPI_Finalize: rank 0 is still in Barrier at testdata/scripts/end_in_barrier.lua:6", "a call on pid 2 was still running")
	soon(t, r.Took, 8*time.Second, r)
}

package tests

import (
	"testing"
	"time"

	"github.com/mpiclus/mpiclus-lua/tests/mpitest"
)

// TestLimits: what the system does not allow is named at once, with the cure,
// by the start and by doctor; nothing hangs and nothing is left.
func TestLimits(t *testing.T) {
	mpitest.Need(t)
	if mpitest.On().MPICH() {
		t.Log("on MPICH shared memory is not in the job's folder: the limit of the disk is that of Open MPI")
	}
	for name, c := range map[string]struct {
		around func(*testing.T, []string) []string
		want   []string
	}{
		"files":     {shell("ulimit -n 30"), []string{"a process may open 30 files here, too few to start 3 workers", "ulimit -n 1024"}},
		"addresses": {shell("ulimit -v 1000000"), []string{"a process may have 976 MiB of addresses", "ulimit -v unlimited"}},
		"disk":      {diskOf("8m"), []string{"has 8 MiB free, too few for the shared memory of 3 workers", "MPICLUS_TMPDIR"}},
		"no disk":   {diskOf("4k"), []string{"has 0 MiB free", "MPICLUS_TMPDIR"}},
	} {
		t.Run(name, func(t *testing.T) {
			start := master(t, 3, "killed.lua", "idle")
			doctor := mpitest.Command{Args: []string{command, "doctor", "-n", "3"}, Bare: true}
			for _, job := range []mpitest.Command{start, doctor} {
				job.Args = c.around(t, job.Args)
				r := mpitest.Run(t, job)
				if r.Status != 3 {
					t.Errorf("status %d, want 3\n%s", r.Status, r)
				}
				soon(t, r.Took, 5*time.Second, r)
				holds(t, r, r.Stdout+r.Stderr, c.want...)
				silent(t, r)
			}
		})
	}
	t.Run("doctor", func(t *testing.T) {
		r := mpitest.Run(t, mpitest.Command{Args: []string{command, "doctor", "-n", "100000"}, Bare: true})
		holds(t, r, r.Stdout, "too few for 100000 workers")
		if r.Status != 3 {
			t.Error(r)
		}
	})
}

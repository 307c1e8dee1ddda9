package tests

import (
	"fmt"
	"syscall"
	"testing"
	"time"

	"github.com/mpiclus/mpiclus-lua/tests/mpitest"
)

// signalled starts a script whose ranks wait for each other, in a mode of the
// matrix of faults, and returns when they do.
func signalled(t *testing.T, mode byte, before []string, what ...string) *mpitest.Job {
	t.Helper()
	c := master(t, 2, "signalled.lua", append([]string{string(mode)}, what...)...)
	if mode != 'L' {
		c = mpitest.Mpirun(2, c.Args...)
	}
	c.Args, c.Alone, c.Bare = append(before, c.Args...), true, true
	j := mpitest.Start(t, c)
	for rank := range 2 {
		j.Await(fmt.Sprintf("rank %d is there", rank))
	}
	time.Sleep(100 * time.Millisecond)
	return j
}

// TestQuit: SIGQUIT on the master tells where each rank is, and ends nothing,
// in each mode.
func TestQuit(t *testing.T) {
	mpitest.Need(t)
	for _, mode := range []byte("LTM") {
		t.Run(string(mode), func(t *testing.T) {
			j := signalled(t, mode, nil)
			pid := cell{mode: mode, fault: fault{victim: "master"}}.victim(j)
			if pid == 0 {
				t.Fatal("there is no master")
			}
			j.Kill(pid, syscall.SIGQUIT)
			r := j.Wait()
			if r.Status != 0 {
				t.Errorf("status %d, want 0\n%s", r.Status, r)
			}
			holds(t, r, r.Stdout, "finished")
			holds(t, r, r.Stderr, "  rank  state    since  queue  memory  task     at\n", " mpido 1  execute at testdata/scripts/signalled.lua:28\n", " mpido 1  Recv with rank 0, tag 9 (8 bytes) at testdata/scripts/signalled.lua:24\n")
			silent(t, r)
		})
	}
}

// TestOnExitAtInterrupt: what a script has asked for at its end is done after
// Ctrl-C too, and cannot keep the end up.
func TestOnExitAtInterrupt(t *testing.T) {
	mpitest.Need(t)
	for what, words := range map[string]string{"saves": "saved\tinterrupted", "hangs": "saving", "calls": "saving"} {
		t.Run(what, func(t *testing.T) {
			j := signalled(t, 'L', nil, what)
			begin := time.Now()
			j.Kill(j.Pid(), syscall.SIGINT)
			r := j.Wait()
			soon(t, time.Since(begin), 2*reportLimit, r)
			if r.Status != 130 {
				t.Errorf("status %d, want 130\n%s", r.Status, r)
			}
			holds(t, r, r.Stdout, words)
			holds(t, r, r.Stderr, "interrupted")
			silent(t, r)
		})
	}
}

// TestNohup: what was ignored when the command was started stays ignored, also
// by the launcher, which would take a hang-up of the terminal for its end.
func TestNohup(t *testing.T) {
	mpitest.Need(t)
	j := signalled(t, 'L', []string{"sh", "-c", `trap "" HUP; exec "$@"`, "sh"})
	_ = syscall.Kill(-j.Pid(), syscall.SIGHUP) // as a terminal sends it, to the group
	r := j.Wait()
	if r.Status != 0 {
		t.Errorf("status %d, want 0\n%s", r.Status, r)
	}
	holds(t, r, r.Stdout, "finished")
	silent(t, r)
}

// TestSupervisorKilledWhileStarting: the start fails at once, with words and
// status 3, or, when all were there by then, as the loss of a worker.
func TestSupervisorKilledWhileStarting(t *testing.T) {
	mpitest.Need(t)
	for _, delay := range []time.Duration{0, 50 * time.Millisecond, 150 * time.Millisecond} {
		t.Run(fmt.Sprint(delay), func(t *testing.T) {
			c := master(t, 3, "killed.lua", "loop")
			c.Alone = true
			j := mpitest.Start(t, c)
			pid := 0
			for end := time.Now().Add(10 * time.Second); pid == 0 && time.Now().Before(end); time.Sleep(time.Millisecond) {
				pid = cell{mode: 'L', fault: fault{victim: "supervisor"}}.victim(j)
			}
			if pid == 0 {
				t.Fatal("there is no supervisor")
			}
			time.Sleep(delay)
			begin := time.Now()
			_ = syscall.Kill(pid, syscall.SIGKILL)
			r := j.Wait()
			soon(t, time.Since(begin), 2*reportLimit, r)
			if r.Status != 3 && r.Status != 4 {
				t.Errorf("status %d, want 3 or 4\n%s", r.Status, r)
			}
			holds(t, r, r.Stderr, "mpiclus-lua: ")
			silent(t, r)
		})
	}
}

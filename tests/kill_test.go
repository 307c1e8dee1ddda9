package tests

import (
	"fmt"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/mpiclus/mpiclus-lua/tests/mpitest"
)

// Kinds of processes of a job, by their command line.
var kinds = map[string]func(mpitest.Process) bool{
	"worker":     func(p mpitest.Process) bool { return p.Name() == "mpiclus-lua"+mpitest.On().Linked() },
	"supervisor": func(p mpitest.Process) bool { return p.Name() == "mpiclus-lua" && p.Args[1] == "worker" },
	"launcher":   func(p mpitest.Process) bool { return mpitest.On().Launches(p) },
	"master":     func(p mpitest.Process) bool { return p.Name() == "mpiclus-lua" && p.Args[1] == "run" },
}

// pidOf returns the process of a kind; of workers and supervisors that of rank 1.
func pidOf(t *testing.T, j *mpitest.Job, kind string) int {
	t.Helper()
	for _, p := range j.Processes() {
		if rank := p.Env(mpitest.On().RankVariable()); kinds[kind](p) && (rank == "" || rank == "1") {
			return p.Pid
		}
	}
	t.Fatalf("there is no %s", kind)
	return 0
}

const ranks = 3

// busy starts a job whose ranks are at something, and returns when all are.
func busy(t *testing.T, state string, args ...string) *mpitest.Job {
	t.Helper()
	c := master(t, ranks, "killed.lua", append([]string{state}, args...)...)
	c.Alone = true
	j := mpitest.Start(t, c)
	for rank := range ranks {
		j.Await(fmt.Sprintf("rank %d is there", rank))
	}
	time.Sleep(50 * time.Millisecond) // now they are in their waits
	return j
}

// endLimit is how long an error, or the end of all processes, may take after
// a process of a job was killed.
const endLimit = 2 * time.Second

// TestKill: whichever process is killed, whatever the ranks are at, the error
// comes in time and nothing is left.
func TestKill(t *testing.T) {
	mpitest.Need(t)
	wants := map[string][]string{
		"worker":     {"worker lost on host", "signal: killed", "rank 1 is there"},
		"supervisor": {"worker lost on host", "rank 1"},
		"launcher":   {"worker lost on host", ": the launcher (mpirun, pid ", ") ended first (signal: killed)"},
		"master":     nil,
	}
	if mpitest.On().MPICH() { // Hydra ends all that is left, and itself, before anybody can tell what was first
		wants["supervisor"] = []string{"worker lost on host"}
		wants["launcher"] = []string{"worker lost on host", "the launcher (mpirun, pid ", " (signal: killed)"}
	}
	for kind, want := range wants {
		for _, state := range []string{"Recv", "Barrier", "loop", "idle"} {
			t.Run(kind+"/"+state, func(t *testing.T) {
				j := busy(t, state)
				begin := time.Now()
				j.Kill(pidOf(t, j, kind), syscall.SIGKILL)
				if kind == "master" {
					r := j.Wait()
					soon(t, time.Since(begin), endLimit, r)
					return
				}
				if state == "idle" { // the master hears of it when it comes back
					begin = begin.Add(3 * time.Second)
				}
				j.Await("worker lost")
				took := time.Since(begin)
				r := j.Wait()
				soon(t, took, endLimit, r)
				if r.Status != 4 {
					t.Errorf("status %d, want 4\n%s", r.Status, r)
				}
				holds(t, r, r.Stderr, want...)
				silent(t, r)
			})
		}
	}
}

// TestEndWhileStarting: no process is left of a job that is ended at any moment
// of its start, by kill -9 or by Ctrl-C. After kill -9, before there is any
// supervisor, nobody can remove the job's folder; the next start does.
func TestEndWhileStarting(t *testing.T) {
	mpitest.Need(t)
	for _, sig := range []syscall.Signal{syscall.SIGKILL, syscall.SIGINT} {
		for delay := 10 * time.Millisecond; delay < 300*time.Millisecond; delay += 70 * time.Millisecond {
			t.Run(fmt.Sprint(sig, " after ", delay), func(t *testing.T) {
				c := master(t, 4, "killed.lua", "loop")
				c.Alone, c.Untidy = true, sig == syscall.SIGKILL
				j := mpitest.Start(t, c)
				time.Sleep(delay)
				begin := time.Now()
				j.Kill(j.Pid(), sig)
				r := j.Wait()
				soon(t, time.Since(begin), reportLimit, r)
				if want := map[syscall.Signal]int{syscall.SIGKILL: 128 + 9, syscall.SIGINT: 130}[sig]; r.Status != want {
					t.Errorf("status %d, want %d\n%s", r.Status, want, r)
				}
			})
		}
	}
}

// TestLostWorkerIsAnError: the loss of a worker is an error that a script can
// catch; the job is over, and says so; a restart begins another one, in which
// what everywhere defined is there.
func TestLostWorkerIsAnError(t *testing.T) {
	mpitest.Need(t)
	j := busy(t, "Recv", "catch")
	j.Kill(pidOf(t, j, "worker"), syscall.SIGKILL)
	r := j.Wait()
	if r.Status != 0 {
		t.Fatal(r)
	}
	holds(t, r, r.Stdout, "false\tlost\tlost", "the MPI job of this manager has ended", "manager:restart()", "after the restart: 42 42 42")
}

// interrupted sends Ctrl-C to a job, which is to end by it within a limit.
func interrupted(t *testing.T, j *mpitest.Job, limit time.Duration) *mpitest.Result {
	t.Helper()
	begin := time.Now()
	j.Kill(j.Pid(), syscall.SIGINT)
	r := j.Wait()
	soon(t, time.Since(begin), limit, r)
	if r.Status != 130 {
		t.Errorf("status %d, want 130\n%s", r.Status, r)
	}
	return r
}

// TestInterrupt: Ctrl-C ends the script with status 130, in time and cleanly;
// a second one at once.
func TestInterrupt(t *testing.T) {
	mpitest.Need(t)
	for _, state := range []string{"Recv", "Barrier", "loop"} {
		t.Run(state, func(t *testing.T) {
			j := busy(t, state)
			r := interrupted(t, j, reportLimit)
			holds(t, r, r.Stderr, "mpiclus-lua: ", "interrupt")
			silent(t, r)
		})
	}
	for state, where := range map[string]string{
		"Recv":    "  ranks 0-2 (3 of 3) were stopped in Recv with rank 1, tag 7 (8 bytes) at ",
		"Barrier": "could not be interrupted:\n  rank 0: Barrier at ",
	} {
		// A script that catches the error does not come to tell it.
		t.Run("caught/"+state, func(t *testing.T) {
			j := busy(t, state, "catch")
			r := interrupted(t, j, reportLimit)
			if strings.Count(r.Stderr, where) != 1 {
				t.Errorf("want once %q\n%s", where, r)
			}
			silent(t, r)
		})
	}
	t.Run("twice", func(t *testing.T) {
		j := busy(t, "Barrier")
		begin := time.Now()
		j.Kill(j.Pid(), syscall.SIGINT)
		for range 2 { // of two that come late together, on a busy machine, the master knows one
			time.Sleep(300 * time.Millisecond) // what comes within 200 ms is taken for the same signal
			if syscall.Kill(j.Pid(), 0) == nil {
				j.Kill(j.Pid(), syscall.SIGINT)
			}
		}
		r := j.Wait()
		soon(t, time.Since(begin), endLimit, r)
		if r.Status != 130 {
			t.Errorf("status %d, want 130\n%s", r.Status, r)
		}
		holds(t, r, r.Stderr, "interrupted again: the workers are killed")
	})
	t.Run("in the master", func(t *testing.T) {
		c := master(t, 0, "master_loop.lua")
		j := mpitest.Start(t, c)
		j.Await("begin")
		r := interrupted(t, j, time.Second)
		holds(t, r, r.Stderr, "master_loop.lua:3")
	})
	for what, words := range map[string]string{
		"on_lost": ": interrupted (interrupt)",
		"call":    ": interrupted (interrupt)",
		"on_exit": "interrupted (interrupt) while the script was ending",
	} {
		t.Run("beside the script/"+what, func(t *testing.T) {
			j := mpitest.Start(t, master(t, 0, "loops_beside.lua", what))
			j.Await("begin")
			r := interrupted(t, j, reportLimit)
			holds(t, r, r.Stderr, words)
		})
	}
}

package tests

import (
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/mpiclus/mpiclus-lua/tests/mpitest"
)

// wrongUses are the ways of wrong.lua, what the report says, and the status.
var wrongUses = []struct {
	way, want string
	status    int
}{
	{"disagree", "the ranks disagree: ranks 0,2 (2 of 3) called start_main_loop(TCP_TRANSPORT_ALL); rank 1 called start_main_loop(MPI_TRANSPORT_ALL)", 1},
	{"unknown", "mpiclus-lua: testdata/modes/wrong.lua:8: ranks 0-2 (3 of 3): bad argument #1 'mode' to 'start_main_loop' (cluster.TCP_TRANSPORT_ALL or cluster.MPI_TRANSPORT_ALL expected, got \"CARRIER_PIGEONS\")", 1},
	{"unknown_on_one", "mpiclus-lua: testdata/modes/wrong.lua:9: rank 1: bad argument #1 'mode' to 'start_main_loop'", 1},
	{"nothing", "expected, got nil)", 1},
	{"option", "start_main_loop has no option 'speed'; it knows comm, threadlevel", 1},
	{"comm", "start_main_loop: option 'comm': it must hold all ranks of the job, in their order", 1},
	{"level", "MPI provides thread level serialized, less than the wanted multiple", 1},
	{"not_all", "the ranks disagree: ranks 0,2 (2 of 3) called start_main_loop(MPI_TRANSPORT_ALL); rank 1 ended the script without start_main_loop", 1},
	{"absent", "start_main_loop: rank 1 did not call it within 500ms: all ranks must (option launch_timeout for more time)", 3},
	{"twice", "start_main_loop was called before: it can be called once in a job", 1},
	{"again", "start_main_loop was called before: it can be called once in a job", 1},
	{"addprocs", "addprocs cannot start workers from inside an MPI job: start the script without mpirun (mpiclus-lua run SCRIPT), or make the ranks of this job the workers with cluster.start_main_loop(cluster.TCP_TRANSPORT_ALL)", 1},
	{"stop_other", "a manager that start_main_loop gave expected", 1},
}

// TestWrongUse: each ends with a clear error that is the same on all ranks,
// and nothing hangs.
func TestWrongUse(t *testing.T) {
	for _, use := range wrongUses {
		t.Run(use.way, func(t *testing.T) {
			t.Parallel()
			c := ranked(t, 3, "wrong.lua", use.way)
			c.Untidy = true
			r := mpitest.Run(t, c)
			if r.Status != use.status {
				t.Errorf("status %d, want %d\n%s", r.Status, use.status, r)
			}
			holds(t, r, r.Stderr, use.want)
			silent(t, r)
			soon(t, r.Took, 5*time.Second, r)
		})
	}
}

// TestWrongPlace: without mpirun there is nothing to make a main loop of.
func TestWrongPlace(t *testing.T) {
	r := mpitest.Run(t, mpitest.Command{Args: []string{command, "run", "testdata/modes/cycle.lua", overMPI}})
	if r.Status != 1 {
		t.Errorf("status %d, want 1\n%s", r.Status, r)
	}
	holds(t, r, r.Stderr, "start this one with mpirun -n N mpiclus-lua run")
}

// failures are the ways of fails.lua: the status, and what is reported. What
// mpirun itself makes of a rank that was killed is its status.
var failures = []struct {
	way, want string
	status    int
	mode      string // "" for both
	clean     bool   // the script went on to its end
}{
	{"before", "rank 1: testdata/modes/fails.lua:7: boom on purpose", 1, "", false},
	{"after", "fails.lua:15: boom on purpose", 1, "", false},
	{"chunk", "rank 1: testdata/modes/fails.lua:16: boom on purpose", 1, "", false},
	{"all", "mpiclus-lua: ranks 0-2 (3 of 3): testdata/modes/fails.lua:49: boom on purpose", 1, "", false},
	{"everywhere", "mpiclus-lua: testdata/modes/fails.lua:50: pids 2-3 (2 of 3): testdata/modes/fails.lua:50: boom on purpose", 1, "", false},
	{"caught", "", 0, "", true},
	{"recv", "ranks 0,2 (2 of 3) were stopped in Recv", 1, "", false},
	{"barrier", "rank 0: Barrier", 1, overTCP, false}, // native: it cannot be left
	{"barrier", "ranks 0,2 (2 of 3) were stopped in Barrier", 1, overMPI, false},
	{"Win_create", "ranks 0,2 (2 of 3) were stopped in Win_create", 1, overMPI, false},
	{"Win_allocate", "ranks 0,2 (2 of 3) were stopped in Win_allocate", 1, overMPI, false},
	{"Win_allocate_shared", "ranks 0,2 (2 of 3) were stopped in Win_allocate_shared", 1, overMPI, false},
	{"Win_create_dynamic", "ranks 0,2 (2 of 3) were stopped in Win_create_dynamic", 1, overMPI, false},
	{"Win_free", "ranks 0,2 (2 of 3) were stopped in Win_free", 1, overMPI, false},
	{"killed", "rank 1: worker lost", 137, overTCP, false},
	{"killed", "signal 9 (Killed)", 137, overMPI, false},
	{"killed_idle", "signal 9 (Killed)", 137, "", false},
	{"master_killed", "signal 9 (Killed)", 137, "", false},
	{"exit", "", 7, "", false},
	{"exit_0", "", 0, "", false},
	{"exit_worker", ") called os.exit(0) at testdata/modes/fails.lua:38, while it served as a worker: the job ends", 1, "", false},
	{"running", "", 0, "", true},
}

// TestFailures: an error on any rank, before or after start_main_loop, or the
// loss of a rank, ends the whole job with a report and a status; what a
// script ends in order does.
func TestFailures(t *testing.T) {
	for i, f := range failures {
		for j, mode := range allInMPI {
			if f.mode != "" && f.mode != mode {
				continue
			}
			t.Run(f.way+"/"+mode, func(t *testing.T) {
				if f.mode == "" {
					mpitest.Turn(t, i+j, 2)
				}
				t.Parallel()
				c := ranked(t, 3, "fails.lua", mode, f.way)
				c.Untidy = f.status != 0
				r := mpitest.Run(t, c)
				f := f
				if mpitest.On().MPICH() {
					f.status, f.want = onMPICH(r, f.status, f.want)
				}
				if r.Status != f.status {
					t.Errorf("status %d, want %d\n%s", r.Status, f.status, r)
				}
				holds(t, r, r.Stderr, f.want)
				silent(t, r)
				soon(t, r.Took, 8*time.Second, r)
				if f.clean != strings.Contains(r.Stdout, "end of script") {
					t.Errorf("whether the script went on is wrong\n%s", r)
				}
			})
		}
	}
}

// onMPICH returns what failures come to there: Hydra's status of a job whose rank
// was killed is the number of the signal, which it tells on standard output, and
// the other ranks have no time for words. Hydra 4.2 loses the status, and tells
// nothing, of a C program whose rank 1 kills itself 4 times in 30.
func onMPICH(r *mpitest.Result, status int, want string) (int, string) {
	if status == 137 && r.Status == 0 && strings.HasPrefix(mpitest.On().Version, "4.2") {
		status, want = 0, ""
	}
	if status == 137 {
		status, want, r.Stderr = 9, "Killed (signal 9)", r.Stderr+r.Stdout
	}
	return status, want
}

// TestLostRank: where the launcher lets the ranks go on that are left when one
// dies, they end the job by themselves, and say why. The status is mpirun's: 0,
// as it says of jobs that are to recover.
func TestLostRank(t *testing.T) {
	mpitest.Need(t)
	if mpitest.On().MPICH() {
		t.Skip("MPICH ends all ranks of a plain job that lost one, whatever its launcher was told")
	}
	for _, script := range [][]string{
		{"fails.lua", overMPI, "killed_before"}, {"fails.lua", overMPI, "killed"}, {"fails.lua", overMPI, "killed_idle"}, {"lost_exit.lua"},
	} {
		t.Run(strings.Join(script, "/"), func(t *testing.T) {
			t.Parallel()
			c := ranked(t, 3, script[0], script[1:]...)
			c.Args = slices.Insert(c.Args, 1, "--enable-recovery")
			c.Untidy = true
			r := mpitest.Run(t, c)
			holds(t, r, r.Stderr, "rank 0: rank 1 (host ", ") has ended, and the launcher lets the other ranks go on: the job ends")
			soon(t, r.Took, 15*time.Second, r)
		})
	}
}

// TestLauncherStopped: Ctrl-C at mpirun, or its death, ends all ranks soon, with
// a report where there is time for one.
func TestLauncherStopped(t *testing.T) {
	for _, mode := range allInMPI {
		for name, signal := range map[string]syscall.Signal{"interrupted": syscall.SIGINT, "terminated": syscall.SIGTERM, "killed": syscall.SIGKILL} {
			t.Run(name+"/"+mode, func(t *testing.T) {
				t.Parallel()
				c := ranked(t, 3, "fails.lua", mode, "waiting")
				c.Untidy, c.Linger = true, 8*time.Second
				j := mpitest.Start(t, c)
				j.Await("begin")
				if err := syscall.Kill(j.Pid(), signal); err != nil {
					t.Fatal(err)
				}
				r := j.Wait()
				// Hydra loses the status of the ranks that end after its own Ctrl-C: a C
				// program whose rank 0 returns 130 leaves it with 0 every second time.
				hydras := mpitest.On().MPICH() && signal != syscall.SIGKILL
				if r.Status == 0 && !hydras {
					t.Error(r)
				}
				switch {
				case signal == syscall.SIGKILL:
				case hydras: // each rank is told at once, and the first that has ended ends the others
					if r.Status != 130 && r.Status != 0 || !strings.Contains(r.Stderr, "interrupted (") && !strings.Contains(r.Stderr, "MPI_Abort(MPI_COMM_WORLD, 130)") {
						t.Error(r)
					}
				case mpitest.On().Major >= 5: // its launcher may pass on nothing that ranks write once it was told to end
					if r.Stderr != "" {
						holds(t, r, r.Stderr, "rank 0: ", "interrupted (terminated)")
					}
				default:
					holds(t, r, r.Stderr, "rank 0: ", "interrupted (terminated)")
				}
				silent(t, r)
			})
		}
	}
}

// TestLeftWaitsMPI: over MPI all waits can be left, collectives and rank 0
// included, and the next chunk gets right answers.
func TestLeftWaitsMPI(t *testing.T) {
	right(t, mpitest.Run(t, ranked(t, 3, "renew.lua", overMPI)), "renewed")
}

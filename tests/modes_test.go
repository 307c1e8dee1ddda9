package tests

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/mpiclus/mpiclus-lua/tests/mpitest"
)

// The modes in which all processes are in MPI, and the one in which workers
// alone are.
const (
	workersOnly = "MPI_ON_WORKERS"
	overTCP     = "TCP_TRANSPORT_ALL"
	overMPI     = "MPI_TRANSPORT_ALL"
)

var allInMPI = []string{overTCP, overMPI}

// ranked is the command that runs a script of testdata/modes on n ranks.
func ranked(t *testing.T, n int, script string, args ...string) mpitest.Command {
	t.Helper()
	mpitest.Need(t)
	if err := inputs(); err != nil {
		t.Fatal(err)
	}
	c := mpitest.Mpirun(n, append([]string{command, "run", filepath.Join("testdata", "modes", script)}, args...)...)
	c.Bare = true
	return c
}

// right fails a test whose job did not end well, or did not print a text.
func right(t *testing.T, r *mpitest.Result, text string) {
	t.Helper()
	if r.Status != 0 || !strings.Contains(r.Stdout, text) || r.Stderr != "" {
		t.Errorf("want status 0 and %q\n%s", text, r)
	}
}

// TestClusterScripts runs the scripts on remote calls, loops, channels and
// the like in all three modes.
func TestClusterScripts(t *testing.T) {
	mpitest.Need(t)
	files, err := filepath.Glob("cluster/*.lua")
	if err != nil || len(files) < 5 {
		t.Fatalf("scripts: %v (%v)", files, err)
	}
	if err := inputs(); err != nil {
		t.Fatal(err)
	}
	for i, file := range files {
		name := filepath.Base(file)
		if name == "prelude.lua" {
			continue
		}
		for j, mode := range []string{workersOnly, overTCP, overMPI} {
			t.Run(strings.TrimSuffix(name, ".lua")+"/"+mode, func(t *testing.T) {
				mpitest.Turn(t, i+j, 3)
				t.Parallel()
				c := mpitest.Mpirun(4, command, "run", name)
				if mode == workersOnly {
					c = mpitest.Command{Args: []string{command, "run", name}}
				}
				c.Dir, c.Limit = "cluster", 2*time.Minute
				c.Env = append(c.Env, "MPICLUS_TEST_MODE="+mode)
				if r := mpitest.Run(t, c); r.Status != 0 {
					t.Error(r)
				}
			})
		}
	}
}

// TestRanks: pids, ranks, loops and calls between workers, in both modes.
func TestRanks(t *testing.T) {
	for _, mode := range allInMPI {
		for _, np := range []int{2, 3, 4} {
			t.Run(fmt.Sprintf("%s/%d", mode, np), func(t *testing.T) {
				t.Parallel()
				right(t, mpitest.Run(t, ranked(t, np, "ranks.lua", mode)), "all is right")
			})
		}
	}
}

// TestManyThingsAtOnce: 8 MB both ways between all processes, small calls and
// MPI beside them, also where Open MPI has nothing but TCP.
func TestManyThingsAtOnce(t *testing.T) {
	for _, mode := range allInMPI {
		for layer, settings := range mpitest.On().Layers() {
			t.Run(mode+"/"+layer, func(t *testing.T) {
				c := ranked(t, 4, "tasks.lua", mode, "1000000")
				c.Env = append(c.Env, settings...)
				c.Limit = 2 * time.Minute
				right(t, mpitest.Run(t, c), "all is right")
			})
		}
	}
}

// TestTransportExample runs the example with each mode by name.
func TestTransportExample(t *testing.T) {
	for _, name := range []string{"TCP", "MPI"} {
		c := ranked(t, 3, "../../../examples/transport.lua", name)
		r := mpitest.Run(t, c)
		right(t, r, "all is right")
		holds(t, r, r.Stdout, "100 echoes of    1000 float64", "100 echoes of 1000000 float64", "Hello world, I am 2 of 3")
	}
}

// TestNoSocketOfOurOwn compares the ranks of MPI_TRANSPORT_ALL with those of a
// C program that does little more than MPI_Init.
func TestNoSocketOfOurOwn(t *testing.T) {
	mpitest.Need(t)
	program := filepath.Join(t.TempDir(), "sockets")
	if out, err := exec.Command("mpicc", "-o", program, "testdata/modes/sockets.c").CombinedOutput(); err != nil {
		t.Fatalf("mpicc: %v\n%s", err, out)
	}
	count := func(c mpitest.Command) []string {
		r := mpitest.Run(t, c)
		lines := regexp.MustCompile(`sockets \d+`).FindAllString(r.Stdout, -1)
		if r.Status != 0 || len(lines) != 2 {
			t.Fatal(r)
		}
		slices.Sort(lines)
		return lines
	}
	plain := count(mpitest.Mpirun(2, program))
	if ours := count(ranked(t, 2, "sockets.lua", overMPI)); !slices.Equal(ours, plain) {
		t.Errorf("ranks over MPI have %v, those of a C program %v", ours, plain)
	}
	if ours := count(ranked(t, 2, "sockets.lua", overTCP)); slices.Equal(ours, plain) {
		t.Errorf("ranks over TCP have %v, as those of a C program: the test sees nothing", ours)
	}
}

// TestCycles: jobs start and end, again and again, and leave nothing.
func TestCycles(t *testing.T) {
	rounds := 6
	if mpitest.Everything() {
		rounds = 20
	}
	if os.Getenv(soak) != "" {
		rounds = 1000
	}
	for _, mode := range allInMPI {
		t.Run(mode, func(t *testing.T) {
			for i := range rounds {
				c := ranked(t, 2, "cycle.lua", mode, []string{"stop", "end"}[i%2])
				c.Limit = 20 * time.Second
				right(t, mpitest.Run(t, c), "done")
				if t.Failed() {
					t.Fatalf("in round %d", i+1)
				}
			}
		})
	}
}

// TestGivenUpAtTheEnd: messages that nobody receives any more do not keep the job
// from ending well.
func TestGivenUpAtTheEnd(t *testing.T) {
	for _, mode := range allInMPI {
		t.Run(mode, func(t *testing.T) {
			t.Parallel()
			right(t, mpitest.Run(t, ranked(t, 3, "given_up.lua", mode)), "done")
		})
	}
}

// TestRankOutput: output of all ranks goes to the launcher; on request the
// master shows it, all of it before mpido returns.
func TestRankOutput(t *testing.T) {
	for _, mode := range allInMPI {
		t.Run(mode, func(t *testing.T) {
			r := mpitest.Run(t, ranked(t, 3, "output.lua", mode, "launcher"))
			if r.Status != 0 || strings.Count(r.Stdout, "child of rank 2\n") != 5 || strings.Count(r.Stderr, "error line of rank 2\n") != 5 {
				t.Error(r)
			}
			r = mpitest.Run(t, ranked(t, 3, "output.lua", mode, "master"))
			rounds := strings.Split(r.Stdout, " is over\n")
			if r.Status != 0 || len(rounds) != 6 || strings.Count(r.Stderr, "[2] error line of rank 2\n") != 5 {
				t.Fatal(r)
			}
			for i, text := range rounds[:5] {
				for rank := 1; rank < 3; rank++ {
					for _, line := range []string{"line %[2]d of rank %[1]d", "written by rank %[1]d", "child of rank %[1]d"} {
						holds(t, r, text, fmt.Sprintf("[%[1]d] "+line+"\n", rank, i+1))
					}
				}
			}
		})
	}
}

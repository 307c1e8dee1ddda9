package mpilink

import (
	"context"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/mpiclus/mpiclus-lua/internal/mpi"
	"github.com/mpiclus/mpiclus-lua/tests/mpitest"
)

// roleVariable makes this test binary, started by mpirun, one rank of a job
// instead of a program of tests: it names what the rank does.
const roleVariable = "MPILINK_TEST_ROLE"

func TestMain(m *testing.M) {
	if role := os.Getenv(roleVariable); role != "" {
		if err := beRank(role); err != nil {
			fmt.Fprintln(os.Stderr, "mpilink test:", err)
			os.Exit(1)
		}
		mpi.Exit(0)
	}
	os.Exit(m.Run())
}

// ranks is a rank's view of the job: its session and its fabric.
type ranks struct {
	*Fabric
	session *mpi.Session
	size    int
}

// roles are what ranks can do.
var roles = map[string]func(r *ranks) error{
	"frames": exchangeFrames, "both": bothWays, "fair": beFair, "flow": holdBack, "close": closeEarly,
	"barrier": sendInBarrier, "native": sendAfterNative,
}

func beRank(role string) error {
	s, err := mpi.Init(mpi.Config{})
	if err != nil {
		return err
	}
	system, err := s.NewSystem()
	if err != nil {
		return err
	}
	s.SetCancellable(true)
	r := &ranks{Fabric: New(system), session: s, size: system.Size()}
	if err := roles[role](r); err != nil {
		fmt.Fprintf(os.Stderr, "rank %d: %v\n", r.rank, err)
		s.Abort(1)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	if err := r.Close(ctx); err != nil {
		fmt.Fprintf(os.Stderr, "rank %d: %v\n", r.rank, err)
		s.Abort(1)
	}
	return s.Finalize()
}

// run runs a role at a number of ranks, over shared memory and over
// TCP.
func run(t *testing.T, role string, np int, want string) {
	t.Helper()
	mpitest.Need(t)
	for layer, settings := range mpitest.On().Layers() {
		t.Run(fmt.Sprintf("%s/%d/%s", role, np, layer), func(t *testing.T) {
			c := mpitest.Mpirun(np, os.Args[0])
			c.Env = append(append(c.Env, roleVariable+"="+role), settings...)
			c.Untidy = true
			r := mpitest.Run(t, c)
			if r.Status != 0 || !strings.Contains(r.Stdout, want) {
				t.Fatalf("want %q\n%s", want, r)
			}
			t.Log(r.Stdout)
		})
	}
}

func TestFrames(t *testing.T) {
	for _, np := range []int{2, 3, 4} {
		run(t, "frames", np, "all frames are right")
	}
}
func TestBothWays(t *testing.T) { run(t, "both", 2, "both ways") }
func TestFair(t *testing.T)     { run(t, "fair", 3, "fair") }
func TestFlow(t *testing.T)     { run(t, "flow", 2, "held back") }
func TestClose(t *testing.T)    { run(t, "close", 3, "closed") }
func TestBarrier(t *testing.T)  { run(t, "barrier", 3, "through barriers") }
func TestNative(t *testing.T)   { run(t, "native", 2, "after native") }

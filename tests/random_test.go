package tests

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/mpiclus/mpiclus-lua/tests/mpitest"
)

// What TestRandom reads: how long each mode is tried, and the first seed. The
// output of a run tells the seed of a sequence that failed; the script says how
// to run that alone.
const (
	randomSeconds = "MPICLUS_RANDOM_SECONDS"
	randomSeed    = "MPICLUS_RANDOM_SEED"
)

// TestRandom runs random sequences of right and wrong MPI calls in all modes at 2
// and 3 ranks: by a model that knows what each must give, and on requests, whose
// results are left to chance.
func TestRandom(t *testing.T) {
	mpitest.Need(t)
	if err := inputs(); err != nil {
		t.Fatal(err)
	}
	if os.Getenv(randomSeconds) == "" {
		mpitest.Long(t, "random")
	}
	seconds, seed := setting(t, randomSeconds, 4), setting(t, randomSeed, int(time.Now().UnixNano()%1e6)+1)
	for _, name := range []string{"random", "requests"} {
		for _, mode := range []string{workersOnly, overTCP, overMPI} {
			for _, n := range []int{2, 3} {
				t.Run(fmt.Sprintf("%s/%s/%d", name, mode, n), func(t *testing.T) { randomRun(t, name, mode, n, seconds, seed) })
			}
		}
	}
}

func randomRun(t *testing.T, name, mode string, n, seconds, seed int) {
	script := filepath.Join("testdata", "random", name+".lua")
	last := []string{strconv.Itoa(seed), strconv.Itoa(max(seconds/2, 1))}
	c := mpitest.Command{Args: append([]string{command, "run", script, mode + strconv.Itoa(n)}, last...)}
	if mode != workersOnly {
		c = mpitest.Mpirun(n, append([]string{command, "run", script, mode}, last...)...)
	}
	c.Limit = time.Duration(seconds)*time.Second + time.Minute
	r := mpitest.Run(t, c)
	found := strings.Contains(r.Stdout+r.Stderr, "DATA RACE") || strings.Contains(r.Stdout+r.Stderr, "AddressSanitizer")
	if r.Status != 0 || found || !strings.Contains(r.Stdout, " sequences, ") {
		t.Fatalf("seed %d\n%s", seed, r)
	}
	t.Log(strings.TrimSpace(r.Stdout))
}

// setting reads a number from the environment.
func setting(t *testing.T, name string, otherwise int) int {
	t.Helper()
	text := os.Getenv(name)
	if text == "" {
		return otherwise
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 {
		t.Fatalf("%s=%q: a number from 1 on expected", name, text)
	}
	return n
}

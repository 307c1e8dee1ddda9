package tests

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/mpiclus/mpiclus-lua/tests/mpitest"
)

var waiting = regexp.MustCompile(`(?m)^mpiclus-lua: \d+ of \d+ workers joined; .*\n`)

// complaints returns what a command said on its standard error, without what it
// waited for where a busy machine made its start take long.
func complaints(r *mpitest.Result) string { return waiting.ReplaceAllString(r.Stderr, "") }

// manyVariable is a number of workers that TestHello runs on besides its own.
const manyVariable = "MPICLUS_TEST_MANY"

// TestHello: from 1 worker to many more than there are cores.
func TestHello(t *testing.T) {
	mpitest.Need(t)
	if err := inputs(); err != nil {
		t.Fatal(err)
	}
	sizes := []int{1, 2, 4, 16, 64}
	if many, err := strconv.Atoi(os.Getenv(manyVariable)); err == nil {
		sizes = append(sizes, many)
	}
	for _, n := range sizes {
		t.Run(strconv.Itoa(n), func(t *testing.T) {
			words := []string{command, "run", "../examples/hello.lua", strconv.Itoa(n)}
			switch n {
			case 2: // as make run says it
				words = []string{command, "run", "-n", "2", "../examples/hello.lua"}
			case 4: // what it does by itself
				words = words[:3]
			}
			r := mpitest.Run(t, mpitest.Command{Args: words, Alone: n > 4, Limit: max(2*time.Minute, time.Duration(n)*time.Second)})
			if r.Status != 0 || complaints(r) != "" {
				t.Fatal(r)
			}
			var want []string
			for rank := range n {
				want = append(want, fmt.Sprintf("[%d] Hello world, I am %d of %d", rank, rank, n))
			}
			got := strings.Split(strings.TrimSuffix(r.Stdout, "\n"), "\n")
			slices.Sort(want)
			slices.Sort(got)
			if !slices.Equal(got, want) {
				t.Error(r)
			}
		})
	}
}

// TestExamples runs all examples, which check their own results, on 2, 3 and
// 4 ranks. Those that say so in their first lines are run by mpirun.
func TestExamples(t *testing.T) {
	mpitest.Need(t)
	if err := inputs(); err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob("../examples/*.lua")
	if err != nil || len(files) < 6 {
		t.Fatalf("examples: %v (%v)", files, err)
	}
	numbers := []int{3}
	if mpitest.Everything() {
		numbers = []int{2, 3, 4}
	}
	for _, file := range files {
		head, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		t.Run(strings.TrimSuffix(filepath.Base(file), ".lua"), func(t *testing.T) {
			t.Parallel()
			for _, n := range numbers {
				c := mpitest.Command{Args: []string{command, "run", file, strconv.Itoa(n)}, Limit: 2 * time.Minute}
				if strings.Contains(string(head), "mpirun -n") {
					c = mpitest.Mpirun(n, command, "run", file)
				}
				r := mpitest.Run(t, c)
				if r.Status != 0 || complaints(r) != "" || r.Stdout == "" {
					t.Errorf("%d ranks: %s", n, r)
				}
			}
		})
	}
}

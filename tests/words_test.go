package tests

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/mpiclus/mpiclus-lua/tests/mpitest"
)

// soak is the environment variable that makes tests of rare failures run as
// often as it takes to see them: make soak sets it.
const soak = "MPICLUS_SOAK"

func times() int {
	if os.Getenv(soak) != "" {
		return 50
	}
	if mpitest.Everything() {
		return 8
	}
	return 3
}

// TestLastWords: what a worker wrote before it died arrives, each time.
func TestLastWords(t *testing.T) {
	mpitest.Need(t)
	for _, way := range []string{"exit", "printf", "panic", "segv", "abort"} {
		t.Run(way, func(t *testing.T) {
			t.Parallel()
			c := master(t, 2, "last_words.lua", way, strconv.Itoa(times()))
			c.Limit = 5 * time.Minute
			r := mpitest.Run(t, c)
			if r.Status != 0 {
				t.Fatal(r)
			}
			for i := range times() {
				// A panic, and what C reports of itself, stand amid other text.
				if text := fmt.Sprintf("last words %d\n", i+1); strings.Count(r.Stdout+r.Stderr, text) < 1 {
					t.Errorf("%q was not shown\n%s", text, r)
				}
			}
			silent(t, r)
		})
	}
}

// TestPrintf: output of C is complete before mpido returns.
func TestPrintf(t *testing.T) {
	mpitest.Need(t)
	r := mpitest.Run(t, master(t, 2, "printf.lua", "50"))
	if r.Status != 0 {
		t.Fatal(r)
	}
	rest := r.Stdout
	for i := range 50 {
		piece, after, ok := strings.Cut(rest, fmt.Sprintf("after %d\n", i+1))
		if !ok {
			t.Fatal(r)
		}
		for rank := range 2 {
			for _, text := range []string{"C", "Lua", "unfinished"} {
				holds(t, r, piece, fmt.Sprintf("[%d] %s %d of %d\n", rank, text, i+1, rank))
			}
		}
		rest = after
	}
	if rest != "" {
		t.Errorf("left over: %q", rest)
	}
}

package tests

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/mpiclus/mpiclus-lua/tests/mpitest"
)

// TestFlood: all of much output arrives, each line whole and in order, before
// mpido returns.
func TestFlood(t *testing.T) {
	mpitest.Need(t)
	r := mpitest.Run(t, master(t, 3, "flood.lua"))
	if r.Status != 0 {
		t.Fatal(r.Status, r.Stderr)
	}
	next := [3]int{1, 1, 1}
	long, done := 0, false
	pad := strings.Repeat("x", 100)
	for line := range strings.Lines(r.Stdout) {
		if done {
			t.Fatalf("after the end: %.80q", line)
		}
		var rank, tag, i int
		switch n, _ := fmt.Sscanf(line, "[%d] %d %d", &tag, &rank, &i); {
		case n == 3 && rank == tag && i == next[rank] && strings.HasSuffix(line, "\t"+pad+"\n"):
			next[rank]++
		case strings.HasSuffix(line, "] "+strings.Repeat("y", 1<<21)+"\n"):
			long++
		case line == "done\n":
			done = true
		default:
			t.Fatalf("got %.80q (%d bytes) after %v lines", line, len(line), next)
		}
	}
	if next != [3]int{20001, 20001, 20001} || long != 3 || !done {
		t.Errorf("lines up to %v, %d long ones, done: %v", next, long, done)
	}
	if n := strings.Count(r.Stderr, "\n"); n != 600 {
		t.Errorf("%d lines on standard error, want 600", n)
	}
}

// TestReaderGone: a reader of the output that goes away ends the command and
// all of its job, as it ends any command of a pipeline.
func TestReaderGone(t *testing.T) {
	mpitest.Need(t)
	c := master(t, 2, "flood.lua")
	c.Args = []string{"sh", "-c", `"$@" 2>/dev/null | head -n 3`, "sh", c.Args[0], c.Args[1], c.Args[2], c.Args[3], c.Args[4]}
	begin := time.Now()
	r := mpitest.Run(t, c)
	if n := strings.Count(r.Stdout, "\n"); n != 3 {
		t.Errorf("%d lines, want 3\n%s", n, r)
	}
	soon(t, time.Since(begin), 5*time.Second, r)
}

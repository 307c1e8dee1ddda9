package launch

import (
	"context"
	"errors"
	"os/exec"
	"testing"
	"time"
)

// TestNextHere: on each machine the ranks are a ring.
func TestNextHere(t *testing.T) {
	at := func(names ...string) (places []Place) {
		for rank, name := range names {
			places = append(places, Place{"host of " + name, name, 100 + rank})
		}
		return places
	}
	for _, c := range []struct {
		machines []string
		next     []int // of each rank; -1: none
	}{
		{[]string{"a"}, []int{-1}},
		{[]string{"a", "b"}, []int{-1, -1}},
		{[]string{"a", "a"}, []int{1, 0}},
		{[]string{"a", "a", "b", "b", "a"}, []int{1, 4, 3, 2, 0}},
		{[]string{"a", "b", "c", "b"}, []int{-1, 3, -1, 1}},
		{[]string{"", ""}, []int{-1, -1}}, // they do not know
	} {
		for rank, want := range c.next {
			n, ok := NextHere(rank, at(c.machines...))
			if ok != (want >= 0) || ok && n != (Neighbour{want, "host of " + c.machines[want], 100 + want}) {
				t.Errorf("%v: after rank %d comes %+v, %v, want rank %d", c.machines, rank, n, ok, want)
			}
		}
	}
}

// TestAwaitEnd: the end of a process is seen at once, also when it ended
// before, and the wait can be left.
func TestAwaitEnd(t *testing.T) {
	begin := func() *exec.Cmd {
		c := exec.Command("sleep", "60")
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = c.Process.Kill() })
		return c
	}
	c := begin()
	n := Neighbour{Rank: 1, Pid: c.Process.Pid}

	soon, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if err := n.AwaitEnd(soon); !errors.Is(err, context.DeadlineExceeded) {
		t.Fatalf("of a process that runs: %v", err)
	}
	ended := make(chan error, 2)
	go func() { ended <- n.AwaitEnd(t.Context()) }()
	go func() { ended <- lookForEnd(t.Context(), n.Pid) }()
	_ = c.Process.Kill()
	_ = c.Wait()
	for range 2 {
		select {
		case err := <-ended:
			if err != nil {
				t.Error(err)
			}
		case <-time.After(10 * time.Second):
			t.Fatal("the end was not seen")
		}
	}
	if err := n.AwaitEnd(t.Context()); err != nil {
		t.Errorf("of a process that is gone: %v", err)
	}
}

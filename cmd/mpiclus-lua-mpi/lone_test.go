package main

import (
	"context"
	"errors"
	"log/slog"
	"testing"
	"time"

	"github.com/mpiclus/mpiclus-lua/internal/launch"
	"github.com/mpiclus/mpiclus-lua/internal/link"
)

// TestLookAfter: the rank after a lone one learns that the connection was closed,
// and does not take its own end, or a rank that cannot be called, for that.
func TestLookAfter(t *testing.T) {
	log := slog.New(slog.DiscardHandler)
	l, err := link.Listen(link.ListenConfig{Version: version, Job: "watch", NoUnix: true, TCP: true, InvitedOnly: true, Log: log})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	w := &watch{rank: 0, log: log}
	ended := make(chan error, 1)
	go func() { ended <- w.lookAfter(t.Context(), l.Invite(1, time.Minute)) }()
	visitor, _, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	select {
	case err := <-ended:
		t.Fatalf("the rank lives, and lookAfter returned %v", err)
	case <-time.After(100 * time.Millisecond):
	}
	visitor.Close()
	if err := <-ended; err != nil {
		t.Errorf("the rank has ended: error %v", err)
	}

	// The whole way, to rank 2 of 3, which is seen by rank 0; and the own end.
	ctx, cancel := context.WithCancel(t.Context())
	join, err := link.ParseJoin((&watch{rank: 2}).beSeen(3, log))
	if err != nil {
		t.Fatal(err)
	}
	go func() { ended <- w.lookAfter(ctx, join) }()
	select {
	case err := <-ended:
		t.Fatalf("the rank lives, and lookAfter returned %v", err)
	case <-time.After(500 * time.Millisecond):
	}
	cancel()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Errorf("at the own end: error %v", err)
	}

	if err := w.lookAfter(t.Context(), join); err == nil { // nobody listens any more
		t.Error("a rank that cannot be called was taken for one that has ended")
	}
}

func TestLoneBefore(t *testing.T) {
	places := func(machines ...string) (list []launch.Place) {
		for i, m := range machines {
			list = append(list, launch.Place{Machine: m, Host: "h" + m, Pid: 10 + i})
		}
		return list
	}
	for _, c := range []struct {
		rank   int
		places []launch.Place
		want   int // -1 for none
	}{
		{0, places("a"), -1}, {0, places("a", "b"), 1}, {1, places("a", "b"), 0}, {1, places("a", "a", "b"), -1},
		{0, places("a", "a", "b"), 2}, {2, places("a", "b", "a"), 1}, {0, places("a", "b", "a"), -1},
	} {
		n, ok := loneBefore(c.rank, c.places)
		if got := n.Rank; ok != (c.want >= 0) || ok && got != c.want {
			t.Errorf("rank %d of %v: %v, %v", c.rank, c.places, n, ok)
		}
	}
}

package host

import (
	"log/slog"
	"slices"
	"testing"

	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
)

// TestLife walks the table of stages: what may follow does, with its reason, and
// nothing else changes a job.
func TestLife(t *testing.T) {
	first, second := luaerr.New(luaerr.Lost, "first"), luaerr.New(luaerr.Lost, "second")
	reached := map[stage]bool{}
	var walk func(l life, depth int)
	walk = func(l life, depth int) {
		reached[l.stage] = true
		for next := stageMade; next <= stageClosed && depth > 0; next++ {
			after, why := l, first
			if l.broken != nil {
				why = second
			}
			entered := after.enter(next, why)
			if entered != slices.Contains(follows[l.stage], next) {
				t.Errorf("%v to %v: entered %v", l.stage, next, entered)
			}
			if !entered && after != l {
				t.Errorf("%v to %v: refused, and %+v became %+v", l.stage, next, l, after)
			}
			if !entered {
				continue
			}
			if after.broken != nil && after.broken != first {
				t.Errorf("%v to %v: broken by %v", l.stage, next, after.broken)
			}
			if next == stageKilled && after.killed != why {
				t.Errorf("%v to %v: killed by %v", l.stage, next, after.killed)
			}
			if wasClosed := l.isClosed(); wasClosed && !after.isClosed() {
				t.Errorf("%v to %v: closed no more", l.stage, next)
			}
			if after.runs() && after.broken != nil {
				t.Errorf("%v to %v: runs, though broken", l.stage, next)
			}
			walk(after, depth-1)
		}
	}
	walk(life{}, 6)
	for s := stageMade; s <= stageClosed; s++ {
		if !reached[s] {
			t.Errorf("no way leads to %v", s)
		}
	}
	if len(follows[stageClosed]) > 0 {
		t.Error("something follows the end")
	}
}

// TestStartOfTheEnded: a manager that was closed or given up before its start does
// not start, and says why.
func TestStartOfTheEnded(t *testing.T) {
	h, err := New(Config{Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = h.Close() })
	m := h.NewManager(MPIOnWorkers, Options{NP: 1})
	if err := m.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := m.Start(t.Context()); err == nil || luaerr.From(err).Message != "this manager is closed" {
		t.Errorf("closed: %v", err)
	}
	m = h.NewManager(MPIOnWorkers, Options{NP: 1})
	m.kill(luaerr.New(luaerr.Interrupted, "given up"))
	if _, err := m.Start(t.Context()); err == nil || luaerr.From(err).Message != "given up" {
		t.Errorf("given up: %v", err)
	}
}

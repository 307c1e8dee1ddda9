package node_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/mpiclus/mpiclus-lua/internal/interp"
	"github.com/mpiclus/mpiclus-lua/internal/link"
	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
	"github.com/mpiclus/mpiclus-lua/internal/node"
	"github.com/mpiclus/mpiclus-lua/internal/value"
)

// mesh is a master and workers in this process, joined by pipes.
type mesh struct {
	t     *testing.T
	nodes []*node.Node // by pid; nodes[0] is nil
	log   logged

	mu      sync.Mutex
	dials   int
	connect func(from, to node.Pid) error // nil error: the dial works
}

type logged struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *logged) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *logged) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// newMesh makes a master and workers 2 to n+1, each linked with the master.
func newMesh(t *testing.T, n int, connect func(from, to node.Pid) error) *mesh {
	m := &mesh{t: t, nodes: make([]*node.Node, n+2), connect: connect}
	log := slog.New(slog.NewTextHandler(&m.log, nil))
	for pid := node.Pid(1); int(pid) < len(m.nodes); pid++ {
		codec := &value.Codec{Self: pid, Chunks: value.NewChunks(), Names: value.NewNames()}
		n := node.New(node.Config{
			Self: pid, Interp: interp.New(interp.Config{Codec: codec}), Log: log,
			Connect: func(_ context.Context, to node.Pid) (link.Link, error) { return m.dial(pid, to) },
		})
		m.nodes[pid] = n
		n.Offer(node.Service{Name: "who", Inline: true, Start: func(r *node.Request) {
			r.Post(node.Reply{Meta: []byte{byte(n.Self())}})
		}})
	}
	for pid := node.Pid(2); int(pid) < len(m.nodes); pid++ {
		a, b := link.Pipe()
		m.attach(1, pid, a)
		m.attach(pid, 1, b)
	}
	t.Cleanup(func() {
		for _, n := range m.nodes[1:] {
			n.Close()
			n.Interp().Close()
		}
	})
	m.nodes[1].Join(pidsFrom(2, n)...)
	return m
}

func pidsFrom(first node.Pid, n int) (pids []node.Pid) {
	for i := range n {
		pids = append(pids, first+node.Pid(i))
	}
	return pids
}

func (m *mesh) attach(at, to node.Pid, l link.Link) {
	if err := m.nodes[at].Attach(to, l); err != nil {
		m.t.Error(err)
	}
}

func (m *mesh) dial(from, to node.Pid) (link.Link, error) {
	m.mu.Lock()
	m.dials++
	m.mu.Unlock()
	if err := m.connect(from, to); err != nil {
		return nil, err
	}
	a, b := link.Pipe()
	if err := m.nodes[to].Attach(from, b); err != nil {
		return nil, err // it is closed
	}
	return a, nil
}

func (m *mesh) ask(from, to node.Pid) (byte, error) {
	ctx, cancel := context.WithTimeout(m.t.Context(), time.Minute)
	defer cancel()
	reply, err := m.nodes[from].Call(ctx, to, node.Ask{Service: "who"})
	if err != nil {
		return 0, err
	}
	return reply.Meta[0], nil
}

// TestThroughMaster: where two workers cannot connect their messages go
// through the master, with one warning.
func TestThroughMaster(t *testing.T) {
	m := newMesh(t, 3, func(from, to node.Pid) error { return errors.New("no route to host") })
	for range 3 {
		for _, pair := range [][2]node.Pid{{2, 3}, {3, 2}} {
			if who, err := m.ask(pair[0], pair[1]); err != nil || who != byte(pair[1]) {
				t.Fatalf("pid %d asks %d: %d, %v", pair[0], pair[1], who, err)
			}
		}
	}
	if n := strings.Count(m.log.String(), "messages go through the master"); n != 1 {
		t.Errorf("%d warnings, want 1:\n%s", n, &m.log)
	}
	if m.dials != 1 {
		t.Errorf("%d dials, want 1", m.dials)
	}
	// A process that is lost is known to all, however they are linked with it.
	waits := make(chan error, 1)
	m.nodes[3].Offer(node.Service{Name: "never", Inline: true, Start: func(*node.Request) {}})
	go func() {
		_, err := m.nodes[2].Call(t.Context(), 3, node.Ask{Service: "never"})
		waits <- err
	}()
	time.Sleep(20 * time.Millisecond)
	m.nodes[1].Forget(3, luaerr.New(luaerr.Lost, "worker lost on host x: signal: killed"))
	if err := <-waits; err == nil || !strings.Contains(err.Error(), "signal: killed") {
		t.Fatalf("got error %v", err)
	}
}

// TestRefused: a link that is forbidden is an error, and may be tried again.
func TestRefused(t *testing.T) {
	m := newMesh(t, 2, func(from, to node.Pid) error {
		return luaerr.New(luaerr.Argument, "topology forbids it")
	})
	for range 2 {
		if _, err := m.ask(2, 3); err == nil || !strings.Contains(err.Error(), "topology forbids it") {
			t.Fatalf("got error %v", err)
		}
	}
	if m.dials != 2 {
		t.Errorf("%d dials, want 2", m.dials)
	}
	if who, err := m.ask(2, 1); err != nil || who != 1 {
		t.Errorf("the master answers %d, %v", who, err)
	}
	if _, err := m.ask(1, 9); err == nil || !strings.Contains(err.Error(), "there is no process with pid 9") {
		t.Errorf("got error %v", err)
	}
}

// TestBothDial: when both ends connect at the same time the requests of each
// keep their order.
func TestBothDial(t *testing.T) {
	for range 20 {
		var start sync.WaitGroup
		start.Add(2)
		m := newMesh(t, 2, func(from, to node.Pid) error {
			start.Done()
			start.Wait() // both dial
			return nil
		})
		var seen [4][]byte
		var mu sync.Mutex
		for _, pid := range []node.Pid{2, 3} {
			m.nodes[pid].Offer(node.Service{Name: "number", Start: func(r *node.Request) {
				mu.Lock()
				defer mu.Unlock()
				seen[r.From] = append(seen[r.From], r.Meta...)
				r.Post(node.Reply{})
			}})
		}
		var done sync.WaitGroup
		for _, pid := range []node.Pid{2, 3} {
			done.Go(func() {
				var begun []*node.Begun
				for i := range 50 {
					b := m.nodes[pid].Prepare(5-pid, node.Ask{Service: "number", Meta: []byte{byte(i)}})
					go func() { _ = b.Go(t.Context()) }()
					begun = append(begun, b)
				}
				for _, b := range begun {
					if _, err := b.Await(t.Context()); err != nil {
						t.Error(err)
					}
				}
			})
		}
		done.Wait()
		for _, pid := range []node.Pid{2, 3} {
			for i, v := range seen[pid] {
				if i != int(v) {
					t.Fatalf("requests of pid %d started in the order %v", pid, seen[pid])
				}
			}
		}
	}
}

// TestMembers: all processes know who is here.
func TestMembers(t *testing.T) {
	m := newMesh(t, 3, func(from, to node.Pid) error { return nil })
	if _, err := m.ask(1, 3); err != nil { // what was said before has arrived
		t.Fatal(err)
	}
	if got := m.nodes[3].Members(); len(got) != 4 || !m.nodes[3].IsMember(4) || m.nodes[3].IsMember(5) {
		t.Fatalf("members %v", got)
	}
	m.nodes[1].Part(2)
	if _, err := m.ask(1, 4); err != nil {
		t.Fatal(err)
	}
	if m.nodes[4].IsMember(2) {
		t.Error("pid 2 is still there")
	}
	m.nodes[2].Retire()
	if _, err := m.ask(4, 2); err == nil || !strings.Contains(err.Error(), "removed with cluster.rmprocs") {
		t.Errorf("got error %v", err)
	}
}

package rpc_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/mpiclus/mpiclus-lua/internal/link"
	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
	"github.com/mpiclus/mpiclus-lua/internal/rpc"
)

// mesh is a master and workers in this process, joined by pipes.
type mesh struct {
	t     *testing.T
	nodes []*rpc.Node // by pid; nodes[0] is nil
	log   logged

	mu      sync.Mutex
	dials   int
	seen    map[rpc.Pid][]byte           // by caller: what it called the service "number" with
	connect func(from, to rpc.Pid) error // nil error: the dial works
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
func newMesh(t *testing.T, n int, connect func(from, to rpc.Pid) error) *mesh {
	m := &mesh{t: t, nodes: make([]*rpc.Node, n+2), connect: connect, seen: map[rpc.Pid][]byte{}}
	log := slog.New(slog.NewTextHandler(&m.log, nil))
	for pid := rpc.Pid(1); int(pid) < len(m.nodes); pid++ {
		m.nodes[pid] = rpc.New(rpc.Config{
			Self: pid, Log: log,
			Connect: func(_ context.Context, to rpc.Pid) (link.Link, error) { return m.dial(pid, to) },
			Layers: func(*rpc.Node) []rpc.Layer {
				return []rpc.Layer{{Services: []rpc.Service{
					{Name: "who", Inline: true, Serve: func(r *rpc.Incoming) { r.Post(rpc.Reply{Data: []byte{byte(pid)}}) }},
					{Name: "never", Inline: true, Serve: func(*rpc.Incoming) {}},
					{Name: "number", Serve: func(r *rpc.Incoming) {
						m.mu.Lock()
						defer m.mu.Unlock()
						m.seen[r.From] = append(m.seen[r.From], r.Data...)
						r.Post(rpc.Reply{})
					}},
				}}}
			},
		})
	}
	for pid := rpc.Pid(2); int(pid) < len(m.nodes); pid++ {
		a, b := link.Pipe()
		m.attach(1, pid, a)
		m.attach(pid, 1, b)
	}
	t.Cleanup(func() {
		for _, n := range m.nodes[1:] {
			n.Close()
		}
	})
	m.nodes[1].Join(pidsFrom(2, n)...)
	return m
}

func pidsFrom(first rpc.Pid, n int) (pids []rpc.Pid) {
	for i := range n {
		pids = append(pids, first+rpc.Pid(i))
	}
	return pids
}

func (m *mesh) attach(at, to rpc.Pid, l link.Link) {
	if err := m.nodes[at].Attach(to, l); err != nil {
		m.t.Error(err)
	}
}

func (m *mesh) dial(from, to rpc.Pid) (link.Link, error) {
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

func (m *mesh) ask(from, to rpc.Pid) (byte, error) {
	ctx, cancel := context.WithTimeout(m.t.Context(), time.Minute)
	defer cancel()
	reply, err := m.nodes[from].Call(ctx, to, rpc.Request{Service: "who"})
	if err != nil {
		return 0, err
	}
	return reply.Data[0], nil
}

// TestThroughMaster: where two workers cannot connect their messages go
// through the master, with one warning.
func TestThroughMaster(t *testing.T) {
	m := newMesh(t, 3, func(from, to rpc.Pid) error { return errors.New("no route to host") })
	for range 3 {
		for _, pair := range [][2]rpc.Pid{{2, 3}, {3, 2}} {
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
	go func() {
		_, err := m.nodes[2].Call(t.Context(), 3, rpc.Request{Service: "never"})
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
	m := newMesh(t, 2, func(from, to rpc.Pid) error {
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
		m := newMesh(t, 2, func(from, to rpc.Pid) error {
			start.Done()
			start.Wait() // both dial
			return nil
		})
		var done sync.WaitGroup
		for _, pid := range []rpc.Pid{2, 3} {
			done.Go(func() {
				var calls []*rpc.Call
				var sent sync.WaitGroup
				for i := range 50 {
					c := m.nodes[pid].Start(t.Context(), 5-pid, rpc.Request{Service: "number", Data: []byte{byte(i)}})
					sent.Go(func() { _ = c.Sent(t.Context()) })
					calls = append(calls, c)
				}
				sent.Wait()
				for _, c := range calls {
					if _, err := c.Await(t.Context()); err != nil {
						t.Error(err)
					}
				}
			})
		}
		done.Wait()
		for _, pid := range []rpc.Pid{2, 3} {
			for i, v := range m.seen[pid] {
				if i != int(v) {
					t.Fatalf("requests of pid %d started in the order %v", pid, m.seen[pid])
				}
			}
		}
	}
}

// TestMembers: all processes know who is here.
func TestMembers(t *testing.T) {
	m := newMesh(t, 3, func(from, to rpc.Pid) error { return nil })
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

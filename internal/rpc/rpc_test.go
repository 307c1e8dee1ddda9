package rpc

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/mpiclus/mpiclus-lua/internal/link"
	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// limit is how long a step may take that should take no time, however busy the
// machine is.
const limit = time.Minute

// open makes a node with services that is closed with the test.
func open(t testing.TB, self Pid, services ...Service) *Node {
	t.Helper()
	n := New(Config{Self: self, Layers: func(*Node) []Layer { return []Layer{{Services: services}} }})
	t.Cleanup(n.Close)
	return n
}

// connect links two nodes.
func connect(t *testing.T, a, b *Node) {
	t.Helper()
	toB, toA := link.Pipe()
	if err := errors.Join(a.Attach(b.Self(), toB), b.Attach(a.Self(), toA)); err != nil {
		t.Fatal(err)
	}
}

// within fails the test when f takes too long.
func within(t *testing.T, what string, f func()) {
	t.Helper()
	done := make(chan struct{})
	go func() {
		defer close(done)
		f()
	}()
	select {
	case <-done:
	case <-time.After(limit):
		t.Fatalf("%s: not done after %v", what, limit)
	}
}

// TestCloseAfterAttach closes nodes, and forgets processes, whose link was
// attached a moment ago.
func TestCloseAfterAttach(t *testing.T) {
	for range 500 {
		n := open(t, Master)
		mine, theirs := link.Pipe()
		if err := n.Attach(2, mine); err != nil {
			t.Fatal(err)
		}
		within(t, "Close", n.Close)
		theirs.Close()
	}
	for range 500 {
		n := open(t, Master)
		mine, theirs := link.Pipe()
		if err := n.Attach(2, mine); err != nil {
			t.Fatal(err)
		}
		n.Forget(2, luaerr.New(luaerr.Lost, "gone"))
		within(t, "the other end", func() {
			if _, err := theirs.Receive(); err == nil {
				t.Error("the link of a process that was forgotten still works")
			}
		})
		theirs.Close()
		n.Close()
	}
}

// TestCloseFailsWaits closes a node that waits for an answer.
func TestCloseFailsWaits(t *testing.T) {
	begun := make(chan *Incoming, 1)
	a, b := open(t, Master), open(t, 2, Service{Name: "silence", Inline: true, Serve: func(r *Incoming) { begun <- r }})
	connect(t, a, b)
	failed := make(chan error, 1)
	go func() {
		_, err := a.Call(context.Background(), 2, Request{Service: "silence"})
		failed <- err
	}()
	<-begun
	within(t, "Close", a.Close)
	select {
	case err := <-failed:
		if err == nil || luaerr.From(err).Kind != luaerr.Interrupted {
			t.Errorf("got error %v, want one of kind interrupted", err)
		}
	case <-time.After(limit):
		t.Error("a call still waits for its answer after Close")
	}
}

// TestMembersOfLost joins a process that is gone already.
func TestMembersOfLost(t *testing.T) {
	n := open(t, Master)
	n.Forget(3, luaerr.New(luaerr.Lost, "gone"))
	n.Join(2, 3, 4)
	if got, want := n.Members(), []Pid{1, 2, 4}; !slices.Equal(got, want) {
		t.Errorf("got members %v, want %v", got, want)
	}
}

// TestMembersInOrder changes the members in many goroutines at once: what the
// others hear last is how it is.
func TestMembersInOrder(t *testing.T) {
	for range 200 {
		master, worker := open(t, Master), open(t, 2)
		connect(t, master, worker)
		master.Join(2, 3, 4, 5, 6, 7, 8, 9)
		left := make(chan struct{})
		for pid := Pid(3); pid <= 9; pid++ {
			go func() {
				master.Part(pid)
				left <- struct{}{}
			}()
		}
		for range 7 {
			<-left
		}
		within(t, "the worker's list", func() {
			ctx, cancel := context.WithTimeout(context.Background(), limit)
			defer cancel()
			for {
				change := worker.MembersChange()
				if slices.Equal(worker.Members(), []Pid{1, 2}) {
					return
				}
				select {
				case <-change:
				case <-ctx.Done():
					t.Errorf("the worker knows members %v, want [1 2]", worker.Members())
					return
				}
			}
		})
		worker.Close()
		master.Close()
	}
}

// TestStartedIsSent: a request whose place is taken goes out in its turn, and
// one that is given up does not hold up the others.
func TestStartedIsSent(t *testing.T) {
	a, b := open(t, Master), open(t, 2, Service{Name: "who", Inline: true, Serve: func(r *Incoming) { r.Post(Reply{}) }})
	connect(t, a, b)
	first := a.Start(t.Context(), 2, Request{Service: "who"})
	second := a.Start(t.Context(), 2, Request{Service: "who"})
	third := a.Start(t.Context(), 2, Request{Service: "who"})
	ended, cancel := context.WithCancelCause(t.Context())
	cancel(luaerr.New(luaerr.Interrupted, "given up"))
	if err := second.Sent(ended); err == nil || !strings.Contains(err.Error(), "given up") {
		t.Fatalf("got error %v", err)
	}
	sent := make(chan error, 1)
	go func() { sent <- first.Sent(t.Context()) }()
	if _, err := third.Await(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := <-sent; err != nil {
		t.Fatal(err)
	}
	if _, err := first.Await(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// TestOneReply: of several replies the first is sent, also when it waits for
// calls and the others do not.
func TestOneReply(t *testing.T) {
	a := open(t, Master)
	var b *Node
	b = open(t, 2, Service{Name: "two", Serve: func(r *Incoming) {
		r.After(b.Start(t.Context(), 3, Request{Service: "hold", Background: true}))
		r.Post(Reply{Data: []byte("first")})
		r.Post(Reply{Data: []byte("second")})
		r.Fail(errStop)
	}})
	third := make(chan *Incoming, 1)
	c := open(t, 3, Service{Name: "hold", Inline: true, Serve: func(r *Incoming) { third <- r }})
	connect(t, a, b)
	connect(t, b, c)
	call := a.Start(t.Context(), 2, Request{Service: "two"})
	if err := call.Sent(t.Context()); err != nil {
		t.Fatal(err)
	}
	r := <-third
	if len(call.reply) > 0 {
		t.Error("the reply did not wait for the call")
	}
	r.Post(Reply{})
	reply, err := call.Await(t.Context())
	if err != nil || string(reply.Data) != "first" {
		t.Fatalf("%+v, %v", reply, err)
	}
}

// TestBecome: a node learns its pid before it has links, and not later.
func TestBecome(t *testing.T) {
	a, b := open(t, Master), open(t, Master)
	if err := b.Become(2); err != nil || b.Self() != 2 || b.cfg.Codec.Self != 2 || !b.IsMember(2) || b.IsMember(Master) {
		t.Fatalf("pid %d, members %v, %v", b.Self(), b.Members(), err)
	}
	connect(t, a, b)
	if err := b.Become(3); err == nil || b.Self() != 2 {
		t.Errorf("with a link it became pid %d", b.Self())
	}
}

// TestServicesOnce: two services of a name are a mistake of the program.
func TestServicesOnce(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("New took two services of a name")
		}
	}()
	open(t, Master, Service{Name: "x"}, Service{Name: "x"})
}

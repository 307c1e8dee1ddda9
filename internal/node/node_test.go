package node

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	lua "github.com/yuin/gopher-lua"
	"go.uber.org/goleak"

	"github.com/mpiclus/mpiclus-lua/internal/interp"
	"github.com/mpiclus/mpiclus-lua/internal/link"
	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// limit is how long a step may take that should take no time, however busy the
// machine is.
const limit = time.Minute

// open makes a node that is closed with the test.
func open(t *testing.T, self Pid) *Node {
	t.Helper()
	n := New(Config{Self: self, Interp: interp.New(interp.Config{}), Report: func(text string) { t.Log(text) }})
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
	a, b := open(t, Master), open(t, 2)
	begun := make(chan *Request, 1)
	b.Offer(Service{Name: "silence", Inline: true, Start: func(r *Request) { begun <- r }})
	connect(t, a, b)
	failed := make(chan error, 1)
	go func() {
		_, err := a.Call(context.Background(), 2, Ask{Service: "silence"})
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

// TestPreparedIsSent: a request whose place is taken goes out in its turn,
// and one that is given up does not hold up the others.
func TestPreparedIsSent(t *testing.T) {
	a, b := open(t, Master), open(t, 2)
	b.Offer(Service{Name: "who", Inline: true, Start: func(r *Request) { r.Post(Reply{}) }})
	connect(t, a, b)
	first := a.Prepare(2, Ask{Service: "who"})
	second := a.Prepare(2, Ask{Service: "who"})
	third := a.Prepare(2, Ask{Service: "who"})
	ended, cancel := context.WithCancelCause(t.Context())
	cancel(luaerr.New(luaerr.Interrupted, "given up"))
	if err := second.Go(ended); err == nil || !strings.Contains(err.Error(), "given up") {
		t.Fatalf("got error %v", err)
	}
	go func() { _ = first.Go(t.Context()) }()
	if err := third.Go(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, begun := range []*Begun{first, third} {
		if _, err := begun.Await(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
}

// TestRaiseWhatCannotTravel raises errors that hold coroutines: the rest
// arrives, and the message says what does not.
func TestRaiseWhatCannotTravel(t *testing.T) {
	n := open(t, Master)
	n.Interp().Run(context.Background(), "test", func(task *interp.Task) {
		L := task.L()
		thread, _ := L.NewThread()
		bad := &luaerr.Error{Kind: luaerr.Script, Message: "bad", Rank: luaerr.NoRank, Value: thread}
		mixed := L.NewTable()
		mixed.RawSetString("code", lua.LNumber(5))
		mixed.RawSetString("co", thread)
		inner := L.NewTable() // met after what was left out, and twice
		mixed.RawSetString("a", inner)
		mixed.RawSetString("go", L.NewFunction(func(*lua.LState) int { return 0 }))
		mixed.RawSetString("b", inner)
		mixed.RawSet(thread, lua.LTrue)
		for want, e := range map[string]*luaerr.Error{
			"bad\n  not sent: field value is a coroutine": bad,
			"mixed\n  not sent: a key of field value is a coroutine\n  not sent: field value.co is a coroutine\n  not sent: field value.go is a Go function that no module holds": {
				Kind: luaerr.Script, Message: "mixed", Rank: luaerr.NoRank, Value: mixed},
			"several\n  not sent: field errors[0].value is a coroutine": {Kind: luaerr.Script, Message: "several", Rank: luaerr.NoRank,
				Errors: map[int]*luaerr.Error{0: bad, 1: {Kind: luaerr.Script, Message: "fine", Rank: luaerr.NoRank, Value: lua.LNumber(1)}}},
		} {
			_, err := n.Values(L, ptr(n.Raise(L, e)))
			if got := luaerr.From(err); got == nil || got.Message != want || len(got.Errors) != len(e.Errors) {
				t.Errorf("got error %v, want %s", err, want)
			} else if e.Value == mixed {
				v, _ := got.Value.(*lua.LTable)
				if v == nil || v.RawGetString("code") != lua.LNumber(5) || v.RawGetString("a") != v.RawGetString("b") || v.RawGetString("a").Type() != lua.LTTable {
					t.Errorf("the rest has not arrived: %v", got.Value)
				}
			}
		}
	})
}

func ptr[T any](v T) *T { return &v }

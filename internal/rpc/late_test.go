package rpc

import (
	"testing"
	"time"

	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
	"github.com/mpiclus/mpiclus-lua/internal/value"
)

var errStop = luaerr.New(luaerr.Interrupted, "stopped by the test")

// until waits for what happens in other goroutines.
func until(t *testing.T, what string, ok func() bool) {
	t.Helper()
	within(t, what, func() {
		for !ok() && !t.Failed() {
			time.Sleep(time.Millisecond)
		}
	})
}

// keeps is the number of replies whose travellers a node still keeps.
func (n *Node) keeps() int {
	n.mu.Lock()
	defer n.mu.Unlock()
	return len(n.kept.All)
}

// traveller is a value that must not die on its way.
type traveller struct{}

func (traveller) Travel() (kind string, data []byte, err error) { return "test", nil, nil }

// TestLateReplies cancels calls whose reply holds a traveller, when it has come,
// and before: it is not kept.
func TestLateReplies(t *testing.T) {
	asked := make(chan *Incoming, 1)
	a, b := open(t, Master), open(t, 2, Service{Name: "give", Inline: true, Serve: func(r *Incoming) { asked <- r }})
	connect(t, a, b)
	answer := func(r *Incoming) {
		r.Post(Reply{Message: &value.Message{Body: []byte{1}, Travellers: []value.Traveller{traveller{}}}})
	}
	for _, early := range []bool{true, false} {
		call := a.Start(t.Context(), 2, Request{Service: "give"})
		if err := call.Sent(t.Context()); err != nil {
			t.Fatal(err)
		}
		r := <-asked
		if early {
			call.Cancel(errStop)
			<-r.Context.Done()
			answer(r)
		} else {
			answer(r)
			until(t, "the answer", func() bool { return len(call.reply) == 1 })
			if b.keeps() != 1 {
				t.Fatal("what travels in a reply is not kept until it is read")
			}
			call.Cancel(errStop)
		}
		until(t, "what nobody reads", func() bool { return b.keeps() == 0 })
	}
}

// TestNestedRequests asks this process for something from inside the answer
// to another such request.
func TestNestedRequests(t *testing.T) {
	n := open(t, Master, Service{Name: "nest", Serve: func(r *Incoming) { r.Post(Reply{}) }})
	within(t, "a request inside another one", func() {
		done := make(chan struct{})
		n.Start(t.Context(), Master, Request{Service: "nest", OnReply: func(*Reply, error) {
			n.Start(t.Context(), Master, Request{Service: "nest", OnReply: func(*Reply, error) { close(done) }})
		}})
		<-done
	})
}

// TestReclaim: what travelled in a reply is kept until the same caller brings
// it back.
func TestReclaim(t *testing.T) {
	reclaimed := make(chan int, 2)
	a, b := open(t, Master), open(t, 2,
		Service{Name: "give", Inline: true, Serve: func(r *Incoming) {
			r.Post(Reply{Message: &value.Message{Body: []byte{1}, Travellers: []value.Traveller{traveller{}}}})
		}},
		Service{Name: "return", Inline: true, Serve: func(r *Incoming) { reclaimed <- len(r.Reclaim(uint64(r.Data[0]))) }})
	connect(t, a, b)
	reply, err := a.Call(t.Context(), 2, Request{Service: "give"})
	if err != nil || b.keeps() != 1 {
		t.Fatalf("%v; %d replies are kept", err, b.keeps())
	}
	for want := 1; want >= 0; want-- {
		if err := a.Tell(t.Context(), 2, Request{Service: "return", Data: []byte{byte(reply.CallID())}}); err != nil {
			t.Fatal(err)
		}
		if got := <-reclaimed; got != want {
			t.Errorf("%d travellers came back, want %d", got, want)
		}
	}
	if b.keeps() != 0 {
		t.Error("what came back is kept twice")
	}
}

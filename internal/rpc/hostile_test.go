package rpc

import (
	"bytes"
	"strings"
	"testing"

	"github.com/mpiclus/mpiclus-lua/internal/link"
	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
)

// stranger makes a node (pid 1, or a worker when self is 2) and a link to it
// whose other end the test holds, as pid 2, or as the master.
func stranger(t testing.TB, self Pid) (*Node, link.Link) {
	t.Helper()
	n := open(t, self)
	theirs, mine := link.Pipe()
	if err := n.Attach(3-self, mine); err != nil {
		t.Fatal(err)
	}
	return n, theirs
}

// ask sends a request as a process might that does not keep to our ways, and
// gives the error of the answer, "" for another answer.
func ask(t *testing.T, l link.Link, to, from Pid, service string) string {
	t.Helper()
	head := encodeRequest(from, to, &Request{Service: service}, nil)
	if err := l.Send(&link.Frame{Kind: kindCall, ID: 7, Head: head}); err != nil {
		t.Fatal(err)
	}
	text := ""
	within(t, "the answer of "+service, func() {
		f, err := l.Receive()
		if err != nil {
			t.Error(err)
			return
		}
		if f.Kind == kindFailed {
			e, err := decodeFailure(f.Head[addressBytes:])
			if err != nil {
				t.Error(err)
				return
			}
			text = e.Message
		}
	})
	return text
}

// TestFailureNestedDeeply: an error in plain form whose MessagePack is nested
// 16 MB deep closes the link of who sent it; before, it ended the process.
func TestFailureNestedDeeply(t *testing.T) {
	n, l := stranger(t, Master)
	head := append(address(1, 2, 0), append([]byte{0x81, 0xa1, 'x'}, bytes.Repeat([]byte{0x91}, 16<<20)...)...)
	if err := l.Send(&link.Frame{Kind: kindFailed, ID: 1, Head: head}); err != nil {
		t.Fatal(err)
	}
	within(t, "the end of the link", func() {
		if _, err := l.Receive(); err == nil {
			t.Error("the link is still open")
		}
	})
	if _, err := n.Call(t.Context(), 2, Request{Service: "x"}); luaerr.From(err).Kind != luaerr.Lost {
		t.Errorf("got error %v", err)
	}
}

// TestRelayedNonsense: what another worker sends through the master is not the
// master's fault: the link to it stays.
func TestRelayedNonsense(t *testing.T) {
	_, l := stranger(t, 2)
	for _, kind := range []byte{kindCall, kindTell, kindReply, kindRaised, kindFailed, kindMembers, kindGone, 99} {
		if err := l.Send(&link.Frame{Kind: kind, ID: 9, Head: address(2, 3, 0)}); err != nil {
			t.Fatal(err)
		}
	}
	f, err := l.Receive() // the answer to the call
	if err != nil || f.Kind != kindFailed || f.ID != 9 {
		t.Fatalf("%+v, %v", f, err)
	}
	if text := ask(t, l, 2, Master, "sesame"); !strings.Contains(text, "offers no service") {
		t.Errorf("the answer to the master is %q", text)
	}
}

// TestAnswerOfAnother: a process cannot answer what another one was asked.
func TestAnswerOfAnother(t *testing.T) {
	n, l := stranger(t, Master)
	mine, theirs := link.Pipe()
	if err := n.Attach(3, mine); err != nil {
		t.Fatal(err)
	}
	call := n.Start(t.Context(), 3, Request{Service: "secret"})
	if err := call.Sent(t.Context()); err != nil {
		t.Fatal(err)
	}
	reply := func(from Pid, to link.Link, text string) {
		if err := to.Send(&link.Frame{Kind: kindReply, ID: call.id, Head: encodeReply(from, 1, &Reply{Data: []byte(text)})}); err != nil {
			t.Fatal(err)
		}
	}
	reply(2, l, "forged")
	if text := ask(t, l, 1, 2, "sesame"); text == "" { // the forged answer was looked at
		t.Error("no answer")
	}
	reply(3, theirs, "true")
	got, err := call.Await(t.Context())
	if err != nil || string(got.Data) != "true" {
		t.Errorf("the answer is %+v, %v", got, err)
	}
}

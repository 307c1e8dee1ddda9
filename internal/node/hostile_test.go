package node

import (
	"bytes"
	"context"
	"encoding/binary"
	"log/slog"
	"strings"
	"testing"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/interp"
	"github.com/mpiclus/mpiclus-lua/internal/link"
	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
	"github.com/mpiclus/mpiclus-lua/internal/value"
)

// stranger makes a node (pid 1, or a worker when self is 2) and a link to it
// whose other end the test holds, as pid 2, or as the master.
func stranger(t testing.TB, self Pid) (*Node, link.Link) {
	t.Helper()
	n := New(Config{Self: self, Interp: interp.New(interp.Config{}), Report: func(string) {}, Log: slog.New(slog.DiscardHandler)})
	t.Cleanup(n.Close)
	theirs, mine := link.Pipe()
	if err := n.Attach(3-self, mine); err != nil {
		t.Fatal(err)
	}
	return n, theirs
}

// ask sends a request as a process might that does not keep to our ways, and
// gives the error of the answer, "" for another answer.
func ask(t *testing.T, l link.Link, to, from Pid, service string, meta []byte, m *value.Message) string {
	t.Helper()
	head := encodeAsk(from, to, &Ask{Service: service, Meta: meta, Message: m})
	if err := l.Send(&link.Frame{Kind: kindCall, ID: 7, Head: head, Blobs: blobs(m)}); err != nil {
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

// TestRequestsThatMakeNoSense: each is answered with an error, and the
// process lives on.
func TestRequestsThatMakeNoSense(t *testing.T) {
	n, l := stranger(t, Master)
	id := func(owner, maker Pid, seq uint64) []byte { return ValueID{owner, maker, seq}.append(nil) }
	capacity := func(meta []byte, n int64) []byte { return binary.LittleEndian.AppendUint64(meta, uint64(n)) }
	if text := ask(t, l, 1, 2, serviceChannel, capacity(id(1, 2, 1), 3), nil); text != "" {
		t.Fatal(text)
	}
	for name, c := range map[string]struct {
		service string
		meta    []byte
		want    string
	}{
		"put of nothing":       {servicePut, id(1, 2, 1), "nothing was given"},
		"put elsewhere":        {servicePut, id(1, 2, 99), "nothing was given"},
		"fetch of another's":   {serviceFetch, id(5, 2, 1), "does not own"},
		"await of another's":   {serviceAwait, id(5, 2, 1), "does not own"},
		"isready of another's": {serviceIsReady, id(5, 2, 1), "does not own"},
		"hold of another's":    {serviceHold, id(5, 2, 1), "does not own"},
		"half an id":           {serviceFetch, id(1, 2, 1)[:15], "cut short"},
		"a channel again":      {serviceChannel, capacity(id(1, 2, 1), 3), "cannot be made"},
		"a negative capacity":  {serviceChannel, capacity(id(1, 2, 2), -1), "cannot be made"},
		"a call that is there": {serviceSpawn, id(1, 2, 1), "there is already"},
		"another's call":       {serviceSpawn, id(1, 3, 1), "did not make"},
		"no service":           {"sesame", nil, "offers no service"},
	} {
		if text := ask(t, l, 1, 2, c.service, c.meta, nil); !strings.Contains(text, c.want) {
			t.Errorf("%s: the answer is %q, want %q in it", name, text, c.want)
		}
	}
	if text := ask(t, l, 1, 2, serviceIsOpen, id(1, 2, 1), nil); text != "" {
		t.Errorf("after all that: %s", text)
	}
	if futures, channels, _ := n.Count(); futures != 0 || channels != 1 {
		t.Errorf("there are %d futures and %d channels", futures, channels)
	}
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
	if _, err := n.Call(t.Context(), 2, Ask{Service: "x"}); luaerr.From(err).Kind != luaerr.Lost {
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
	if text := ask(t, l, 2, Master, "sesame", nil, nil); !strings.Contains(text, "offers no service") {
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
	begun, err := n.Begin(t.Context(), 3, Ask{Service: "secret"})
	if err != nil {
		t.Fatal(err)
	}
	reply := func(from Pid, to link.Link, text string) {
		if err := to.Send(&link.Frame{Kind: kindReply, ID: begun.id, Head: encodeReply(from, 1, &Reply{Meta: []byte(text)})}); err != nil {
			t.Fatal(err)
		}
	}
	reply(2, l, "forged")
	if text := ask(t, l, 1, 2, "sesame", nil, nil); text == "" { // the forged answer was looked at
		t.Error("no answer")
	}
	reply(3, theirs, "true")
	got, err := begun.Await(t.Context())
	if err != nil || string(got.Meta) != "true" {
		t.Errorf("the answer is %+v, %v", got, err)
	}
}

// TestRaisedWithoutValue: an answer that raises, and holds no error, or several
// values, is an error all the same.
func TestRaisedWithoutValue(t *testing.T) {
	n := open(t, Master)
	n.Interp().Run(context.Background(), "test", func(task *interp.Task) {
		for _, vs := range [][]lua.LValue{nil, {lua.LNumber(1), lua.LNumber(2)}} {
			m, err := n.Codec().Encode(task.L(), "x", vs...)
			if err != nil {
				t.Error(err)
				return
			}
			if got, err := n.Values(task.L(), &Reply{Message: m, Raised: true}); err == nil {
				t.Errorf("%d values gave %v", len(vs), got)
			}
		}
	})
}

package objects

import (
	"encoding/binary"
	"errors"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/mpiclus/mpiclus-lua/internal/eval"
	"github.com/mpiclus/mpiclus-lua/internal/interp"
	"github.com/mpiclus/mpiclus-lua/internal/link"
	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
	"github.com/mpiclus/mpiclus-lua/internal/rpc"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// limit is how long a step may take that should take no time, however busy the
// machine is.
const limit = time.Minute

// newStore makes the store of a process that reports nothing.
func newStore(self rpc.Pid) (s *Store) {
	in := interp.New(interp.Config{})
	rpc.New(rpc.Config{Self: self, Codec: in.Codec(), Layers: func(n *rpc.Node) []rpc.Layer {
		e := eval.New(n, in, func(string) {})
		s = New(e)
		return []rpc.Layer{e.Layer(), s.Layer()}
	}})
	return s
}

// close ends the process of a store.
func (s *Store) close() {
	s.node.Close()
	s.eval.Interp.Close()
}

// open makes the store of a process that ends with the test.
func open(t testing.TB, self rpc.Pid) *Store {
	t.Helper()
	s := newStore(self)
	t.Cleanup(s.close)
	return s
}

// connect links the nodes of two stores.
func connect(t *testing.T, a, b *Store) {
	t.Helper()
	connectNodes(t, a.node, b.node)
}

func connectNodes(t testing.TB, a, b *rpc.Node) {
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

// TestRequestsThatMakeNoSense: each is answered with an error, and the
// process lives on.
func TestRequestsThatMakeNoSense(t *testing.T) {
	s, client := open(t, rpc.Master), rpc.New(rpc.Config{Self: 2})
	t.Cleanup(client.Close)
	connectNodes(t, s.node, client)
	ask := func(service string, data []byte) (text string) {
		within(t, "the reply of "+service, func() {
			if _, err := client.Call(t.Context(), rpc.Master, rpc.Request{Service: service, Data: data}); err != nil {
				text = luaerr.From(err).Message
			}
		})
		return text
	}
	id := func(owner, maker rpc.Pid, seq uint64) []byte { return ID{owner, maker, seq}.append(nil) }
	capacity := func(data []byte, n int64) []byte { return binary.LittleEndian.AppendUint64(data, uint64(n)) }
	if text := ask(serviceChannel, capacity(id(1, 2, 1), 3)); text != "" {
		t.Fatal(text)
	}
	for name, c := range map[string]struct {
		service string
		data    []byte
		want    string
	}{
		"put of nothing":       {servicePut, id(1, 2, 1), "nothing was given"},
		"put elsewhere":        {servicePut, id(1, 2, 99), "nothing was given"},
		"fetch of another's":   {serviceFetch, id(5, 2, 1), "does not own"},
		"await of another's":   {serviceAwait, id(5, 2, 1), "does not own"},
		"isready of another's": {serviceIsReady, id(5, 2, 1), "does not own"},
		"hold of another's":    {serviceHold, id(5, 2, 1), "does not own"},
		"release of another's": {serviceRelease, id(5, 2, 1), "cannot be read"},
		"half an id":           {serviceFetch, id(1, 2, 1)[:15], "cut short"},
		"a channel again":      {serviceChannel, capacity(id(1, 2, 1), 3), "cannot be made"},
		"a negative capacity":  {serviceChannel, capacity(id(1, 2, 2), -1), "cannot be made"},
		"a call that is there": {serviceSpawn, id(1, 2, 1), "there is already"},
		"another's call":       {serviceSpawn, id(1, 3, 1), "did not make"},
		"no service":           {"sesame", nil, "offers no service"},
	} {
		if text := ask(c.service, c.data); !strings.Contains(text, c.want) {
			t.Errorf("%s: the answer is %q, want %q in it", name, text, c.want)
		}
	}
	if text := ask(serviceIsOpen, id(1, 2, 1)); text != "" {
		t.Errorf("after all that: %s", text)
	}
	if futures, channels, _ := s.Count(); futures != 0 || channels != 1 {
		t.Errorf("there are %d futures and %d channels", futures, channels)
	}
}

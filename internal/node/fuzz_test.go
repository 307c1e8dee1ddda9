package node

import (
	"context"
	"slices"
	"testing"

	"github.com/mpiclus/mpiclus-lua/internal/interp"
	"github.com/mpiclus/mpiclus-lua/internal/link"
	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
	"github.com/mpiclus/mpiclus-lua/internal/value"
)

// victim is a node that is sent what no node of ours sends. It is made anew
// now and then, since what is sent to it stays.
type victim struct {
	t    testing.TB
	n    *Node
	l    link.Link
	used int
}

const victimLife = 500 // inputs

// close ends the node; all that waits in it must end with it.
func (v *victim) close() {
	if v.n != nil {
		v.n.Close()
		v.n.Interp().Close()
		v.l.Close()
		v.n = nil
	}
}

func (v *victim) node() *Node {
	if v.used++; v.n != nil && v.used < victimLife {
		return v.n
	}
	v.close()
	v.used = 0
	v.n = New(Config{Self: Master, Interp: interp.New(interp.Config{}), Report: func(string) {}})
	theirs, mine := link.Pipe()
	if err := v.n.Attach(2, mine); err != nil {
		v.t.Fatal(err)
	}
	v.l = theirs
	go func() {
		for {
			f, err := theirs.Receive()
			if err != nil {
				return
			}
			if f.Kind == kindCall { // a process that answers nothing but errors
				back := encodeFailure(2, 1, luaerr.New(luaerr.Lost, "no"))
				if theirs.Send(&link.Frame{Kind: kindFailed, ID: f.ID, Head: back}) != nil {
					return
				}
			}
		}
	}()
	return v.n
}

// frameSeeds are frames of every kind and request, as a process of ours sends
// them.
func frameSeeds(t testing.TB) (seeds []*link.Frame) {
	n := New(Config{Self: 2, Interp: interp.New(interp.Config{})})
	defer n.Close()
	defer n.Interp().Close()
	id := ValueID{Owner: 1, Maker: 2, Seq: 1}.append(nil)
	var m *value.Message
	n.Interp().Run(context.Background(), "seed", func(task *interp.Task) {
		L := task.L()
		fn, err := n.Codec().Chunks.Load(L, "=seed", "local x = 1 return function(a) return a or x end, {1, 2, 3, y = {}}")
		if err != nil {
			t.Error(err)
			return
		}
		vs, err := task.Call(fn)
		if err == nil {
			m, err = n.Codec().Encode(L, "seed", vs...)
		}
		if err != nil {
			t.Error(err)
		}
	})
	for name := range n.services {
		for _, meta := range [][]byte{nil, id, append(slices.Clone(id), id...), append(slices.Clone(id), make([]byte, 16)...)} {
			for _, message := range []*value.Message{nil, m} {
				seeds = append(seeds, &link.Frame{Kind: kindCall, ID: 1, Head: encodeAsk(2, 1, &Ask{Service: name, Meta: meta, Message: message})})
			}
		}
	}
	failure := encodeFailure(2, 1, luaerr.New(luaerr.Lost, "gone"))
	return append(seeds,
		&link.Frame{Kind: kindTell, Head: encodeAsk(2, 1, &Ask{Service: serviceDo, Message: m})},
		&link.Frame{Kind: kindReply, ID: 1, Head: encodeReply(2, 1, &Reply{Meta: []byte{noteDone}, Message: m})},
		&link.Frame{Kind: kindRaised, ID: 1, Head: encodeReply(2, 1, &Reply{Message: m})},
		&link.Frame{Kind: kindFailed, ID: 1, Head: failure},
		&link.Frame{Kind: kindCancel, ID: 1, Head: encodeCancel(2, 1, "stop")},
		&link.Frame{Kind: kindAck, ID: 1, Head: address(1, 2, 0)},
		&link.Frame{Kind: kindMembers, Head: append(address(1, 2, 0), 1, 0, 0, 0, 2, 0, 0, 0)},
		&link.Frame{Kind: kindGone, Head: append(append(address(1, 2, 0), 3, 0, 0, 0), failure[addressBytes:]...)},
	)
}

// FuzzFrames sends any frame to a node: it may close the link, answer or do
// nothing, but it lives on, and ends when it is told to.
func FuzzFrames(f *testing.F) {
	for _, s := range frameSeeds(f) {
		f.Add(s.Kind, s.ID, s.Head, []byte(nil))
	}
	v := &victim{t: f}
	f.Cleanup(v.close)
	f.Fuzz(func(t *testing.T, kind byte, id uint64, head, blob []byte) {
		n := v.node()
		// Requests of ours, for answers to be about.
		n.Post(2, Ask{Service: "silence", Answer: func(reply *Reply, _ error) {
			if reply != nil {
				n.Interp().Start(context.Background(), "answer", func(task *interp.Task) { _, _ = n.Values(task.L(), reply) })
				unpack(reply.Message)
			}
		}})
		frame := &link.Frame{Kind: kind, ID: id, Head: slices.Clone(head)}
		if len(blob) > 0 {
			frame.Blobs = [][]byte{slices.Clone(blob)}
		}
		_ = n.dispatch(2, frame)
	})
}

// FuzzUnpackParts cuts any bytes into parts of a pack.
func FuzzUnpackParts(f *testing.F) {
	f.Add(Pack([]Part{{Message: &value.Message{Body: []byte{1, 2}}}, {Message: &value.Message{Body: []byte{3}, Blobs: [][]byte{{1}}}, Raised: true}}).Body)
	f.Fuzz(func(t *testing.T, body []byte) {
		parts := unpack(&value.Message{Body: body, Blobs: [][]byte{{1}, {2}}})
		size := 0
		for _, p := range parts {
			size += len(p.Message.Body)
		}
		if size > len(body) {
			t.Errorf("%d bytes of parts in %d", size, len(body))
		}
	})
}

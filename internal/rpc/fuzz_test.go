package rpc

import (
	"slices"
	"testing"

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
		v.l.Close()
		v.n = nil
	}
}

// echo are services that send back what they get.
var echo = []Service{
	{Name: "echo", Serve: func(r *Incoming) { r.Post(Reply{Data: r.Data, Message: r.Message}) }},
	{Name: "inline", Inline: true, Serve: func(r *Incoming) { r.Post(Reply{Data: r.Data, Message: r.Message}) }},
}

func (v *victim) node() *Node {
	if v.used++; v.n != nil && v.used < victimLife {
		return v.n
	}
	v.close()
	v.used = 0
	v.n = New(Config{Self: Master, Layers: func(*Node) []Layer { return []Layer{{Services: echo}} }})
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

// frameSeeds are frames of every kind, as a process of ours sends them.
func frameSeeds() (seeds []*link.Frame) {
	m := &value.Message{Body: []byte{1, 2, 3}}
	for _, name := range []string{"echo", "inline", serviceSource, "sesame"} {
		for _, data := range [][]byte{nil, make([]byte, 16)} {
			for _, message := range []*value.Message{nil, m} {
				req := &Request{Service: name, Data: data, Message: message}
				seeds = append(seeds,
					&link.Frame{Kind: kindCall, ID: 1, Head: encodeRequest(2, 1, req, nil)},
					&link.Frame{Kind: kindTell, Head: encodeRequest(2, 1, req, []byte{1, 0, 0, 0})})
			}
		}
	}
	failure := encodeFailure(2, 1, luaerr.New(luaerr.Lost, "gone"))
	return append(seeds,
		&link.Frame{Kind: kindReply, ID: 1, Head: encodeReply(2, 1, &Reply{Data: []byte{1}, Message: m})},
		&link.Frame{Kind: kindReply, ID: 1, Head: encodeReply(2, 1, &Reply{Message: m, ack: true})},
		&link.Frame{Kind: kindRaised, ID: 1, Head: encodeReply(2, 1, &Reply{Message: m})},
		&link.Frame{Kind: kindFailed, ID: 1, Head: failure},
		&link.Frame{Kind: kindCancel, ID: 1, Head: encodeCancel(2, 1, "stop")},
		&link.Frame{Kind: kindAck, ID: 1, Head: address(1, 2, 0)},
		&link.Frame{Kind: kindMembers, Head: append(address(1, 2, 0), 1, 0, 0, 0, 2, 0, 0, 0)},
		&link.Frame{Kind: kindGone, Head: append(append(address(1, 2, 0), 3, 0, 0, 0), failure[addressBytes:]...)},
	)
}

// FuzzFrames sends any frame to a node: it may close the link, answer or do
// nothing, but it lives on, and ends when it is told to. What services make of
// their parameters is FuzzServices of internal/objects.
func FuzzFrames(f *testing.F) {
	for _, s := range frameSeeds() {
		f.Add(s.Kind, s.ID, s.Head, []byte(nil))
	}
	v := &victim{t: f}
	f.Cleanup(v.close)
	f.Fuzz(func(t *testing.T, kind byte, id uint64, head, blob []byte) {
		n := v.node()
		// Calls of ours, for replies to be about.
		n.Start(t.Context(), 2, Request{Service: "silence", Background: true, OnReply: func(reply *Reply, _ error) {
			if reply != nil {
				n.Acknowledge(reply)
			}
		}})
		frame := &link.Frame{Kind: kind, ID: id, Head: slices.Clone(head)}
		if len(blob) > 0 {
			frame.Blobs = [][]byte{slices.Clone(blob)}
		}
		_ = n.dispatch(2, frame)
	})
}

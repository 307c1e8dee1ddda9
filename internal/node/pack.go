package node

import (
	"context"
	"encoding/binary"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/value"
)

// Part is one of several messages that travel as one.
type Part struct {
	Message *value.Message
	Raised  bool // it holds an error
}

// Pack makes one message of several, each of which is decoded by itself:
// nothing in one is shared with another.
func Pack(parts []Part) *value.Message {
	whole := &value.Message{}
	size := 0
	for _, p := range parts {
		size += len(p.Message.Body) + 2*binary.MaxVarintLen32 + 1
	}
	whole.Body = make([]byte, 0, size)
	for _, p := range parts {
		m := p.Message
		whole.Body = append(whole.Body, flag(p.Raised))
		whole.Body = binary.AppendUvarint(whole.Body, uint64(len(m.Blobs)))
		whole.Body = appendPart(whole.Body, m.Body)
		whole.Blobs = append(whole.Blobs, m.Blobs...)
		whole.Travellers = append(whole.Travellers, m.Travellers...)
	}
	return whole
}

// unpack cuts a pack; what is damaged gives fewer parts.
func unpack(whole *value.Message) (parts []Part) {
	if whole == nil {
		return nil
	}
	blobs := whole.Blobs
	for b := whole.Body; len(b) > 1; {
		raised := b[0] == 1
		count, size := binary.Uvarint(b[1:])
		if size <= 0 || count > uint64(len(blobs)) {
			return parts
		}
		body, rest, err := cutPart(b[1+size:])
		if err != nil {
			return parts
		}
		parts = append(parts, Part{&value.Message{Body: body, Blobs: blobs[:count:count], Foreign: whole.Foreign}, raised})
		b, blobs = rest, blobs[count:]
	}
	return parts
}

// Unpack cuts an answer that holds a pack into answers of its own, each to be
// read with Values after FetchSources. The sender of references in it hears
// that they are ours when all of them were read.
func (n *Node) Unpack(reply *Reply) []*Reply {
	parts := unpack(reply.Message)
	replies := make([]*Reply, len(parts))
	left := &wholeReply{reply: reply, left: len(parts)}
	for i, p := range parts {
		replies[i] = &Reply{Message: p.Message, Raised: p.Raised, from: reply.from, whole: left}
	}
	return replies
}

// wholeReply is an answer that is read in parts.
type wholeReply struct {
	reply *Reply
	left  int
	holds []*Begun
}

// read notes that a part was decoded, and gives what is to be confirmed and
// acknowledged when it was the last.
func (w *wholeReply) read(holds []*Begun) (*Reply, []*Begun) {
	w.holds = append(w.holds, holds...)
	if w.left--; w.left > 0 {
		return nil, nil
	}
	return w.reply, w.holds
}

// From is the pid of the process that gave the answer.
func (r *Reply) From() Pid { return r.from }

// FetchPartSources is FetchSources for an answer.
func (n *Node) FetchPartSources(ctx context.Context, reply *Reply) error {
	return n.FetchSources(ctx, reply.from, reply.Message)
}

// UnpackRequest cuts the message of a request that is a pack.
func (n *Node) UnpackRequest(r *Request) []*value.Message {
	parts := unpack(r.Message)
	list := make([]*value.Message, len(parts))
	for i, p := range parts {
		list[i] = p.Message
	}
	return list
}

// PartArguments is Arguments for a part of a request's pack.
func (n *Node) PartArguments(L *lua.LState, r *Request, m *value.Message) ([]lua.LValue, error) {
	vs, holds, err := n.decode(L, m)
	r.holds = append(r.holds, holds...)
	return vs, err
}

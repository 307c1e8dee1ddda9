package eval

import (
	"encoding/binary"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/rpc"
	"github.com/mpiclus/mpiclus-lua/internal/value"
)

// Part is one of several messages that travel as one, a pack. Each is decoded
// by itself: nothing in one is shared with another.
type Part struct {
	Message *value.Message
	Raised  bool    // it holds an error
	From    rpc.Pid // who sent it, of a reply

	whole *packedReply
}

// packedReply is a reply whose parts are being read.
type packedReply struct {
	reply *rpc.Reply
	left  int // parts that are not
	calls []*rpc.Call
}

// Pack makes one message of several.
func Pack(parts []Part) *value.Message {
	whole := &value.Message{}
	size := 0
	for _, p := range parts {
		size += len(p.Message.Body) + 2*binary.MaxVarintLen32 + 1
	}
	whole.Body = make([]byte, 0, size)
	for _, p := range parts {
		m, raised := p.Message, byte(0)
		if p.Raised {
			raised = 1
		}
		whole.Body = append(whole.Body, raised)
		whole.Body = binary.AppendUvarint(whole.Body, uint64(len(m.Blobs)))
		whole.Body = binary.AppendUvarint(whole.Body, uint64(len(m.Body)))
		whole.Body = append(whole.Body, m.Body...)
		whole.Blobs = append(whole.Blobs, m.Blobs...)
		whole.Travellers = append(whole.Travellers, m.Travellers...)
	}
	return whole
}

// Unpack returns the parts of a pack. What is damaged gives fewer.
func Unpack(whole *value.Message) (parts []*Part) {
	if whole == nil {
		return nil
	}
	blobs := whole.Blobs
	for b := whole.Body; len(b) > 1; {
		raised := b[0] == 1
		count, width := binary.Uvarint(b[1:])
		if width <= 0 || count > uint64(len(blobs)) {
			return parts
		}
		b = b[1+width:]
		size, width := binary.Uvarint(b)
		if width <= 0 || size > uint64(len(b)-width) {
			return parts
		}
		b = b[width:]
		parts = append(parts, &Part{Message: &value.Message{Body: b[:size:size], Blobs: blobs[:count:count], Foreign: whole.Foreign}, Raised: raised})
		b, blobs = b[size:], blobs[count:]
	}
	return parts
}

// UnpackReply returns the parts of a reply that is a pack, to be read with
// PartValues. What travels in the reply is acknowledged when all were read.
func (e *Evaluator) UnpackReply(reply *rpc.Reply) []*Part {
	parts := Unpack(reply.Message)
	whole := &packedReply{reply: reply, left: len(parts)}
	for _, p := range parts {
		p.From, p.whole = reply.From, whole
	}
	return parts
}

// PartValues is Values for a part of a reply.
func (e *Evaluator) PartValues(L *lua.LState, p *Part) ([]lua.LValue, error) {
	vs, calls, err := e.decode(L, p.Message)
	w := p.whole
	w.calls = append(w.calls, calls...)
	if w.left--; w.left == 0 {
		e.Node.Acknowledge(w.reply, w.calls...)
	}
	return raise(vs, err, p.Raised, p.From)
}

package rpc

import (
	"encoding/binary"
	"fmt"

	"github.com/mpiclus/mpiclus-lua/internal/link"
	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
	"github.com/mpiclus/mpiclus-lua/internal/protocol"
	"github.com/mpiclus/mpiclus-lua/internal/value"
)

// Kinds of frames between nodes. The ID is the number of the call. The head
// begins with the pids of receiver and sender, 4 bytes each, little endian; what
// follows stands at each kind.
const (
	kindCall    byte = iota + 1 // service, sections, data, message: a request with a reply
	kindTell                    // the same: a request without a reply
	kindReply                   // 1 where kindAck is to follow, else 0; data, message
	kindRaised                  // the same: the message holds the Lua error that was raised
	kindFailed                  // in place of a reply: an error in plain form
	kindCancel                  // reason: stop serving the request
	kindAck                     // what travelled in the reply need not be kept
	kindMembers                 // master → all: the pids of the cluster, 4 bytes each
	kindGone                    // master → all: a pid, 4 bytes, and why it is gone as in kindFailed
)

const addressBytes = 8

// maxPart bounds each part of a head.
const maxPart = 1 << 30

func address(to, from Pid, room int) []byte {
	b := make([]byte, addressBytes, addressBytes+room)
	binary.LittleEndian.PutUint32(b, uint32(to))
	binary.LittleEndian.PutUint32(b[4:], uint32(from))
	return b
}

func addressOf(head []byte) (to, from Pid, rest []byte, err error) {
	if len(head) < addressBytes {
		return 0, 0, nil, fmt.Errorf("frame head of %d bytes is too short", len(head))
	}
	to, from = Pid(binary.LittleEndian.Uint32(head)), Pid(binary.LittleEndian.Uint32(head[4:]))
	return to, from, head[addressBytes:], nil
}

func appendPart(b, part []byte) []byte {
	return append(binary.AppendUvarint(b, uint64(len(part))), part...)
}

func cutPart(b []byte) (part, rest []byte, err error) {
	n, size := binary.Uvarint(b)
	if size <= 0 || n > maxPart || uint64(len(b)-size) < n {
		return nil, nil, fmt.Errorf("frame head is cut short")
	}
	end := size + int(n)
	return b[size:end:end], b[end:], nil
}

func blobs(m *value.Message) [][]byte {
	if m == nil {
		return nil
	}
	return m.Blobs
}

func encodeRequest(from, to Pid, req *Request, inside []byte) []byte {
	b := address(to, from, len(req.Service)+len(inside)+len(req.Data)+bodyRoom(req.Message))
	b = appendPart(b, []byte(req.Service))
	b = appendPart(b, inside)
	return appendMessage(appendPart(b, req.Data), req.Message)
}

func encodeReply(from, to Pid, r *Reply) []byte {
	b := append(address(to, from, len(r.Data)+bodyRoom(r.Message)), 0)
	if r.ack {
		b[len(b)-1] = 1
	}
	return appendMessage(appendPart(b, r.Data), r.Message)
}

// decodeReply reads what follows the address in the frame of a reply. An error
// is one of the frame.
func (n *Node) decodeReply(from Pid, f *link.Frame, rest []byte) (result, error) {
	if f.Kind == kindFailed {
		e, err := decodeFailure(rest)
		return result{err: e}, err
	}
	if len(rest) == 0 || rest[0] > 1 {
		return result{}, fmt.Errorf("frame head has no flag")
	}
	ack := rest[0] == 1
	data, rest, err := cutPart(rest[1:])
	if err != nil {
		return result{}, err
	}
	m, err := n.cutMessage(from, rest, f.Blobs)
	if err != nil {
		return result{}, err
	}
	if f.Kind == kindRaised && m == nil {
		return result{}, fmt.Errorf("an error without a value")
	}
	return result{reply: &Reply{Data: data, Message: m, Raised: f.Kind == kindRaised, From: from, id: f.ID, ack: ack}}, nil
}

func bodyRoom(m *value.Message) int {
	if m == nil {
		return 16
	}
	return len(m.Body) + 16
}

func appendMessage(b []byte, m *value.Message) []byte {
	if m == nil {
		return append(b, 0)
	}
	kind := messageOwn
	if m.Foreign {
		kind = messageForeign
	}
	return append(append(b, kind), m.Body...)
}

// What stands before a message: it is that of the sender, or of a process that
// the sender trusts with values alone.
const (
	messageOwn byte = iota + 1
	messageForeign
)

func cutMessage(b []byte, blobs [][]byte) (*value.Message, error) {
	switch {
	case len(b) == 1 && b[0] == 0:
		return nil, nil
	case len(b) > 1 && (b[0] == messageOwn || b[0] == messageForeign):
		return &value.Message{Body: b[1:], Blobs: blobs, Foreign: b[0] == messageForeign}, nil
	}
	return nil, fmt.Errorf("frame head has no message part")
}

// cutMessage is the cutMessage of a frame of another process.
func (n *Node) cutMessage(from Pid, b []byte, blobs [][]byte) (*value.Message, error) {
	m, err := cutMessage(b, blobs)
	if m != nil {
		m.Foreign = n.cfg.ValuesOnly && (m.Foreign || n.distrusts(from))
	}
	return m, err
}

// distrusts reports whether a process is trusted with values alone.
func (n *Node) distrusts(pid Pid) bool { return n.cfg.ValuesOnly && pid != n.Self() }

func encodeCancel(from, to Pid, reason string) []byte {
	return append(address(to, from, len(reason)), reason...)
}

// plainError is an error that holds no Lua value on the wire.
type plainError struct {
	Kind, Message, Host, Traceback, Output, Class, Call string
	Rank, Pid, Code                                     int
}

func encodeFailure(from, to Pid, e *luaerr.Error) []byte {
	b := protocol.Encode(plainError{
		Kind: string(e.Kind), Message: e.Message, Host: e.Host, Traceback: e.Traceback, Output: e.Output,
		Class: e.Class, Call: e.Call, Rank: e.Rank, Pid: e.Pid, Code: e.Code,
	})
	return append(address(to, from, len(b)), b...)
}

func decodeFailure(b []byte) (*luaerr.Error, error) {
	var p plainError
	if err := protocol.Decode(b, &p); err != nil {
		return nil, fmt.Errorf("an error that cannot be read: %w", err)
	}
	return &luaerr.Error{
		Kind: luaerr.Kind(p.Kind), Message: p.Message, Host: p.Host, Traceback: p.Traceback, Output: p.Output,
		Class: p.Class, Call: p.Call, Rank: p.Rank, Pid: p.Pid, Code: p.Code,
	}, nil
}

package node

import (
	"context"
	"encoding/binary"
	"fmt"

	"github.com/mpiclus/mpiclus-lua/internal/link"
	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
	"github.com/mpiclus/mpiclus-lua/internal/protocol"
	"github.com/mpiclus/mpiclus-lua/internal/value"
)

// Kinds of frames between nodes. The head begins with the pids of receiver
// and sender, 4 bytes each, little endian; what follows is told at each kind.
const (
	kindCall    byte = iota + 1 // service, origin, meta, message: an answer is wanted
	kindTell                    // the same, one-way
	kindReply                   // 1 where kindAck is to follow, else 0; meta, message
	kindRaised                  // the same: the Lua error that was raised
	kindFailed                  // an error in plain form
	kindCancel                  // reason: stop serving the request of that id
	kindAck                     // the references in the answer to the request of that id are counted
	kindMembers                 // master → all: the pids of the cluster, 4 bytes each
	kindGone                    // master → all: a pid, 4 bytes, and why it is gone as in kindFailed
)

const addressBytes = 8

// maxPart bounds the services' names and parameters on the wire.
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

func encodeAsk(from, to Pid, ask *Ask) []byte {
	b := address(to, from, len(ask.Service)+len(ask.Meta)+bodyRoom(ask.Message))
	b = appendPart(b, []byte(ask.Service))
	b = appendPart(b, ask.origin)
	return appendMessage(appendPart(b, ask.Meta), ask.Message)
}

func encodeReply(from, to Pid, r *Reply) []byte {
	b := append(address(to, from, len(r.Meta)+bodyRoom(r.Message)), flag(r.ack))
	return appendMessage(appendPart(b, r.Meta), r.Message)
}

func flag(yes bool) byte {
	if yes {
		return 1
	}
	return 0
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
	return append(append(b, messageOwn+flag(m.Foreign)), m.Body...)
}

// What stands before a message: it is that of the sender, or of a process that
// the sender trusts with data alone.
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

// distrusts tells whether a process is trusted with data alone.
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

// dispatch handles a frame that came from the process via. An error means
// that the sender does not keep to the protocol: its link is closed.
func (n *Node) dispatch(via Pid, f *link.Frame) error {
	to, from, rest, err := addressOf(f.Head)
	if err != nil {
		return err
	}
	if to != n.Self() {
		return n.relay(via, from, to, f)
	}
	if from != via {
		if via != Master {
			return fmt.Errorf("pid %d sent a frame in the name of pid %d", via, from)
		}
		n.reachedThroughMaster(from)
	}
	err = n.accept(from, f, rest)
	if err != nil && from != via {
		// The master only passed it on: that is no reason to leave it.
		n.cfg.Log.Warn("a frame that came through the master cannot be read", "from", from, "reason", err)
		if f.Kind == kindCall {
			back := encodeFailure(n.Self(), from, n.Blame(luaerr.New(luaerr.Argument, "pid %d cannot read the request: %w", n.Self(), err)))
			n.post(from, &link.Frame{Kind: kindFailed, ID: f.ID, Head: back}, nil)
		}
		return nil
	}
	return err
}

// accept handles a frame of a process for this one. An error says that the
// frame cannot be read.
func (n *Node) accept(from Pid, f *link.Frame, rest []byte) error {
	switch f.Kind {
	case kindCall, kindTell:
		return n.arrive(from, f, rest)
	case kindCancel:
		n.cancelServing(requestKey{from, f.ID}, string(rest))
		return nil
	case kindReply, kindRaised, kindFailed:
		return n.settle(from, f, rest)
	case kindAck:
		n.acknowledged(requestKey{from, f.ID})
		return nil
	case kindMembers, kindGone:
		return n.hearMaster(from, f.Kind, rest)
	}
	return fmt.Errorf("unknown kind of frame %d", f.Kind)
}

// relay passes on a frame between two processes that have no link of their
// own. Only the master does that.
func (n *Node) relay(via, from, to Pid, f *link.Frame) error {
	if n.Self() != Master || from != via {
		return fmt.Errorf("a frame for pid %d came to pid %d", to, n.Self())
	}
	n.mu.Lock()
	p := n.peers[to]
	var l link.Link
	if p != nil && p.lost == nil {
		l = p.link
	}
	n.mu.Unlock()
	var err error
	if l == nil {
		err = unknown(to, nil)
		if p != nil && p.lost != nil {
			err = p.lost
		}
	} else {
		err = l.Send(f)
	}
	if err != nil && f.Kind == kindCall {
		back := encodeFailure(to, from, luaerr.From(err))
		n.post(from, &link.Frame{Kind: kindFailed, ID: f.ID, Head: back}, nil)
	}
	return nil
}

func (n *Node) cancelServing(key requestKey, reason string) {
	n.mu.Lock()
	r := n.serving.all[key]
	n.mu.Unlock()
	if r == nil {
		return
	}
	if reason == "" {
		reason = "interrupted"
	}
	r.cancel(luaerr.New(luaerr.Interrupted, "%s", reason))
}

func (n *Node) settle(from Pid, f *link.Frame, rest []byte) error {
	var res result
	if f.Kind == kindFailed {
		e, err := decodeFailure(rest)
		if err != nil {
			return err
		}
		res.err = e
	} else {
		if len(rest) == 0 || rest[0] > 1 {
			return fmt.Errorf("frame head has no flag")
		}
		ack := rest[0] == 1
		meta, rest, err := cutPart(rest[1:])
		if err != nil {
			return err
		}
		m, err := n.cutMessage(from, rest, f.Blobs)
		if err != nil {
			return err
		}
		if f.Kind == kindRaised && m == nil {
			return fmt.Errorf("an error without a value")
		}
		res.reply = &Reply{Meta: meta, Message: m, Raised: f.Kind == kindRaised, from: from, id: f.ID, ack: ack}
	}
	if !n.answered(from, f.ID, res) {
		n.letGo(res.reply, nil)
	}
	return nil
}

func (n *Node) arrive(from Pid, f *link.Frame, rest []byte) error {
	name, rest, err := cutPart(rest)
	if err != nil {
		return err
	}
	inside, rest, err := cutPart(rest)
	if err != nil {
		return err
	}
	meta, rest, err := cutPart(rest)
	if err != nil {
		return err
	}
	m, err := n.cutMessage(from, rest, f.Blobs)
	if err != nil {
		return err
	}
	if f.Kind == kindCall && f.ID == 0 {
		return fmt.Errorf("a request without a number")
	}
	r := &Request{From: from, Service: string(name), Meta: meta, Message: m, node: n}
	ctx := context.Background()
	if len(inside) > 0 {
		ctx = context.WithValue(ctx, originKey{}, inside)
	}
	r.Context, r.cancel = context.WithCancelCause(ctx)
	n.mu.Lock()
	if f.Kind == kindCall {
		r.id = f.ID
		n.serving.set(requestKey{from, f.ID}, r)
	}
	p := n.peer(from)
	n.mu.Unlock()
	s := n.services[r.Service]
	switch {
	case n.retired.Load() && (s == nil || !s.Always):
		r.Fail(n.errRetired())
	case s == nil:
		r.Fail(luaerr.New(luaerr.Argument, "pid %d offers no service '%s'", n.Self(), r.Service))
	case !s.Data && n.distrusts(from):
		r.Fail(luaerr.New(luaerr.Argument, "pid %d runs nothing for a worker, and takes values only ('%s' was asked for): let the master call the worker, or run without --untrusted-workers", n.Self(), r.Service))
	case s.Inline:
		s.Start(r)
	default:
		p.inbox.add(n, s, r)
	}
	return nil
}

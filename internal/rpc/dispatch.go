package rpc

import (
	"encoding/binary"
	"fmt"
	"slices"

	"github.com/mpiclus/mpiclus-lua/internal/link"
	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
)

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
			n.postFailure(n.Self(), from, f.ID, n.Blame(luaerr.New(luaerr.Argument, "pid %d cannot read the request: %w", n.Self(), err)))
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
		n.cancelServing(callID{from, f.ID}, string(rest))
		return nil
	case kindReply, kindRaised, kindFailed:
		res, err := n.decodeReply(from, f, rest)
		if err == nil && !n.answered(from, f.ID, res) {
			n.discard(res.reply, nil)
		}
		return err
	case kindAck:
		n.acknowledged(callID{from, f.ID})
		return nil
	case kindMembers, kindGone:
		return n.heed(from, f.Kind, rest)
	}
	return fmt.Errorf("unknown kind of frame %d", f.Kind)
}

// heed takes in what the master says about the others.
func (n *Node) heed(from Pid, kind byte, b []byte) error {
	if from != Master || len(b)%4 != 0 && kind == kindMembers || len(b) < 4 {
		return fmt.Errorf("pid %d sent a frame of kind %d that is not for it to send", from, kind)
	}
	if kind == kindGone {
		why, err := decodeFailure(b[4:])
		if err != nil {
			return err
		}
		pid := Pid(binary.LittleEndian.Uint32(b))
		if pid != n.Self() && pid != Master {
			n.Forget(pid, why)
		}
		return nil
	}
	members := make([]Pid, 0, len(b)/4) // as many as there are bytes for
	for ; len(b) > 0; b = b[4:] {
		members = append(members, Pid(binary.LittleEndian.Uint32(b)))
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	slices.Sort(members) // IsMember relies on it
	n.renewMembers(slices.Compact(members))
	return nil
}

// relay passes on a frame between two processes that have no link of their
// own. Only the master does that.
func (n *Node) relay(via, from, to Pid, f *link.Frame) error {
	if n.Self() != Master || from != via {
		return fmt.Errorf("a frame for pid %d came to pid %d", to, n.Self())
	}
	var l link.Link
	err := error(unknown(to, nil))
	n.mu.Lock()
	if p := n.peers[to]; p != nil && p.lost != nil {
		err = p.lost
	} else if p != nil {
		l = p.link
	}
	n.mu.Unlock()
	if l != nil {
		err = l.Send(f)
	}
	if err != nil && f.Kind == kindCall {
		n.postFailure(to, from, f.ID, luaerr.From(err))
	}
	return nil
}

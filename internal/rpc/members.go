package rpc

import (
	"encoding/binary"
	"fmt"
	"slices"
	"time"

	"github.com/mpiclus/mpiclus-lua/internal/link"
	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
)

// Members returns the pids of the cluster, sorted, this process included.
func (n *Node) Members() []Pid {
	n.mu.Lock()
	defer n.mu.Unlock()
	return slices.Clone(n.members)
}

// IsMember reports whether a pid is one of the cluster.
func (n *Node) IsMember(pid Pid) bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	_, found := slices.BinarySearch(n.members, pid)
	return found
}

// MembersChange returns a channel that is closed when the members change.
func (n *Node) MembersChange() <-chan struct{} {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.membersChange
}

// renewMembers sets who is here. n.mu is held.
func (n *Node) renewMembers(members []Pid) {
	n.members = members
	close(n.membersChange)
	n.membersChange = make(chan struct{})
}

// Join makes processes members and tells all that are linked with this one,
// which is the master.
func (n *Node) Join(pids ...Pid) {
	n.setMembers(func(members []Pid) []Pid { return append(members, pids...) })
}

// Part ends the membership of processes. They may live on: retired ones still
// serve what is marked Always.
func (n *Node) Part(pids ...Pid) {
	n.setMembers(func(members []Pid) []Pid {
		return slices.DeleteFunc(members, func(p Pid) bool { return slices.Contains(pids, p) })
	})
}

func (n *Node) setMembers(change func([]Pid) []Pid) {
	n.announcing.Lock() // what the others hear last is how it is
	defer n.announcing.Unlock()
	n.mu.Lock()
	members := slices.DeleteFunc(change(slices.Clone(n.members)), func(pid Pid) bool {
		p := n.peers[pid]
		return p != nil && p.lost != nil
	})
	slices.Sort(members)
	n.renewMembers(slices.Compact(members))
	list := make([]byte, 0, 4*len(n.members))
	for _, p := range n.members {
		list = binary.LittleEndian.AppendUint32(list, uint32(p))
	}
	to := n.linked()
	n.mu.Unlock()
	for _, pid := range to {
		n.post(pid, &link.Frame{Kind: kindMembers, Head: append(address(pid, n.Self(), len(list)), list...)}, nil)
	}
}

// linked lists the processes that are there. n.mu is held.
func (n *Node) linked() []Pid {
	var pids []Pid
	for pid, p := range n.peers {
		if p.link != nil && p.lost == nil && pid != n.Self() {
			pids = append(pids, pid)
		}
	}
	return pids
}

// announceLoss tells all processes that one is lost.
func (n *Node) announceLoss(pid Pid, why *luaerr.Error) {
	n.Part(pid)
	n.mu.Lock()
	to := n.linked()
	n.mu.Unlock()
	for _, other := range to {
		what := binary.LittleEndian.AppendUint32(nil, uint32(pid))
		what = append(what, encodeFailure(0, 0, why)[addressBytes:]...)
		n.post(other, &link.Frame{Kind: kindGone, Head: append(address(other, n.Self(), len(what)), what...)}, nil)
	}
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

// goneWait is how long a process that sees a link break waits for the master to
// say why.
const goneWait = 1500 * time.Millisecond

// awaitGone returns when it is known why a process is lost, or after goneWait.
func (n *Node) awaitGone(pid Pid) {
	n.mu.Lock()
	gone := n.peer(pid).gone
	n.mu.Unlock()
	timer := time.NewTimer(goneWait)
	defer timer.Stop()
	select {
	case <-gone:
	case <-timer.C:
	case <-n.ctx.Done():
	}
}

package rpc

import (
	"encoding/binary"
	"slices"

	"github.com/mpiclus/mpiclus-lua/internal/link"
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

// Leave takes processes out of the cluster that are on their way to their end:
// from now on they hear nothing of who comes and goes, so that the end of many
// does not take the square of their number of frames.
func (n *Node) Leave(pids ...Pid) {
	n.mu.Lock()
	for _, pid := range pids {
		n.peer(pid).leaving = true
	}
	n.mu.Unlock()
	n.Part(pids...)
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
	if members = slices.Compact(members); slices.Equal(members, n.members) {
		n.mu.Unlock()
		return // all know
	}
	n.renewMembers(members)
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

// linked lists the processes that are there, and are to stay. n.mu is held.
func (n *Node) linked() []Pid {
	var pids []Pid
	for pid, p := range n.peers {
		if p.link != nil && p.lost == nil && !p.leaving && pid != n.Self() {
			pids = append(pids, pid)
		}
	}
	return pids
}

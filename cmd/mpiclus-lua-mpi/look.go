package main

import (
	"fmt"
	"strings"

	"github.com/mpiclus/mpiclus-lua/internal/mpi"
	"github.com/mpiclus/mpiclus-lua/internal/protocol"
)

// openMost is how many operations that are not complete a rank tells of.
const openMost = 200

func (w world) Look() protocol.Where {
	var look protocol.Where
	for _, c := range w.s.Pending() {
		look.Calls = append(look.Calls, protocol.Pending{
			Call: c.Call, Detail: detail(c), Where: c.Where, Task: c.Task, Number: c.Number, Native: c.Native, Begun: c.Begun, Since: c.Since,
			Peer: c.Peer, Tag: c.Tag, Root: c.Root, Bytes: c.Bytes, Comm: c.Comm, Waits: operations(c.Waits), Any: c.Any,
		})
	}
	open, cut := w.s.Open(openMost)
	look.Open, look.Cut = operations(open), cut
	return look
}

func operations(list []mpi.Operation) (told []protocol.Operation) {
	for _, o := range list {
		t := protocol.Operation{
			Call: o.Call, Sends: o.Sends, Receives: o.Receives, Peer: o.Peer, Tag: o.Tag, Root: o.Root, Nth: o.Nth, Comm: o.Comm, Name: o.Name,
		}
		if o.Group != nil {
			t.Ranks, t.Size = o.Group.Ranks, o.Group.Size
		}
		told = append(told, t)
	}
	return told
}

func detail(c mpi.CallRecord) string {
	var words []string
	switch {
	case c.Peer >= 0:
		words = append(words, fmt.Sprintf("with rank %d", c.Peer))
		if len(c.Waits) > 0 && c.Waits[0].Peer >= 0 && c.Waits[0].Peer != c.Peer {
			words[0] += fmt.Sprintf(" (rank %d of the job)", c.Waits[0].Peer)
		}
	case c.Peer != mpi.NoRank:
		words = append(words, "with any rank")
	case c.Root != mpi.NoRank:
		words = append(words, fmt.Sprintf("with root %d", c.Root))
	case c.Requests > 0:
		return ofRequests(c)
	}
	switch {
	case len(words) == 0:
	case c.Tag >= 0:
		words[0] += fmt.Sprintf(", tag %d", c.Tag)
	case c.Tag != mpi.NoRank:
		words[0] += ", any tag"
	}
	if c.Bytes > 0 {
		words = append(words, fmt.Sprintf("(%d bytes)", c.Bytes))
	}
	return strings.Join(words, " ")
}

// ofRequests tells of the first request that a call waits for, and how many there are.
func ofRequests(c mpi.CallRecord) string {
	if len(c.Waits) == 0 {
		return ""
	}
	first := c.Waits[0]
	text := "for " + first.Call
	switch {
	case first.Peer >= 0:
		text += fmt.Sprintf(" with rank %d", first.Peer)
	case first.Peer == mpi.AnyRank:
		text += " with any rank"
	}
	if first.Tag >= 0 {
		text += fmt.Sprintf(", tag %d", first.Tag)
	}
	if c.Requests > 1 {
		text += fmt.Sprintf(" and %d more", c.Requests-1)
	}
	return text
}

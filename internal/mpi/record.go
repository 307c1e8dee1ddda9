package mpi

import (
	"runtime"

	"github.com/mpiclus/mpiclus-lua/internal/mpi/table"
)

// CallRecord tells of a call that is running: who is stuck where.
type CallRecord struct {
	Call   string // "Recv"
	Peer   int    // rank of the other side, or NoRank
	Tag    int    // of a message with that peer, or NoRank
	Root   int    // or NoRank
	Bytes  int
	Number uint64 // by which a later look knows that it is the same call
	Native bool   // sits in C and cannot leave
	Where  string // "job.lua:14", "" for calls of the engine's own
	Task   string // "mpido 3", likewise
}

// NoRank stands for a peer, tag or root that a call does not have; a wildcard is
// ANY_SOURCE or ANY_TAG of the library.
const NoRank = -1 << 30

// Pending lists what runs in MPI now, or waits for it, longer than some
// microseconds. It may be called from any goroutine and waits for nothing
// that could be held.
func (s *Session) Pending() []CallRecord {
	var list []CallRecord
	for _, c := range *s.all.Load() {
		for c.state.Load() == beingRead {
			runtime.Gosched()
		}
		if !c.state.CompareAndSwap(running, beingRead) {
			continue
		}
		list = append(list, c.describe())
		c.state.Store(running)
	}
	return list
}

// Made returns how many calls were ever made: they are used again and again, so
// it does not grow with the number of messages.
func (s *Session) Made() int { return len(*s.all.Load()) }

var ownRecv = table.ByName["own_recv"]

func (c *Call) describe() CallRecord {
	r := CallRecord{Call: c.Name(), Peer: NoRank, Tag: NoRank, Root: NoRank, Bytes: c.Bytes, Number: c.number, Native: c.native}
	for _, a := range c.Row.Args {
		switch a.Kind {
		case table.Dest, table.Source:
			r.Peer = int(int32(c.S[a.Slot]))
		case table.Tag, table.AnyTag:
			if c.Row != ownRecv { // which has a number of the engine there
				r.Tag = int(int32(c.S[a.Slot]))
			}
		case table.Root:
			r.Root = int(int32(c.S[a.Slot]))
		}
	}
	if c.Caller != nil {
		r.Where, r.Task = c.Caller.Where(), c.Caller.Task()
	}
	return r
}

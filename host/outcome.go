package host

import (
	"context"

	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
	"github.com/mpiclus/mpiclus-lua/internal/protocol"
	"github.com/mpiclus/mpiclus-lua/internal/rpc"
)

// Answer is what one rank gave.
type Answer struct {
	Rank  int
	Pid   rpc.Pid
	Reply *rpc.Reply
	Err   error
	done  protocol.ChunkDone
}

// Outcome is what a chunk came to.
type Outcome struct {
	Answers []Answer // in rank order
	// Stuck tells, by rank, where the ranks were that had to be interrupted
	// because another failed.
	Stuck map[int]string
	// Ended is set when the job is over: some rank could not be interrupted.
	Ended *luaerr.Error
	// Held are the ranks that could not be interrupted. Ended tells where they
	// are; their later errors are left out of the report.
	Held map[int]bool
	// Left tells, once for a manager, what ranks that have ended well left half done.
	Left string
}

// run is one chunk at work on several ranks.
type run struct {
	*Outcome
	m       *Manager
	seq     uint64
	ctx     context.Context
	calls   []*rpc.Call  // by index, as Answers
	arrived chan arrival // answers that nobody has looked at
	left    int          // answers that are not
	dirty   bool         // an MPI wait was left on some rank
	on      onRanks      // where it is not over
}

// arrival is the answer of one rank.
type arrival struct {
	index int
	reply *rpc.Reply
	err   error
}

func (r *run) failed(i int) bool {
	a := &r.Answers[i]
	return a.Err != nil || a.Reply.Raised
}

// waiting lists the answers that are not there.
func (r *run) waiting() (indices []int) {
	for i := range r.Answers {
		if r.Answers[i].Reply == nil && r.Answers[i].Err == nil {
			indices = append(indices, i)
		}
	}
	return indices
}

// failures returns the number of ranks that failed.
func (r *run) failures() (n int) {
	for i := range r.Answers {
		if r.failed(i) {
			n++
		}
	}
	return n
}

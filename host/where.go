package host

import (
	"context"
	"strings"

	"github.com/mpiclus/mpiclus-lua/internal/protocol"
	"github.com/mpiclus/mpiclus-lua/internal/rpc"
)

// silentRank is where a rank is that does not say it.
const silentRank = "not known: it does not answer (its process was stopped, or is in a call that keeps it)"

// tellWhere tells where each rank is: in which calls of MPI, at which lines.
func (h *Host) tellWhere() {
	if h.node.Self() != rpc.Master || h.rank != nil && !h.rank.Started() {
		h.say("%v is in %s", h.rank, describe(h.rank.Where()))
		return
	}
	told := false
	for _, m := range h.all() {
		if text := m.whereabouts(); text != "" {
			h.say("where the ranks of the manager of pids %v are:\n%s", m.Pids(), text)
			told = true
		}
	}
	if !told {
		h.say("there are no workers now")
	}
}

// whereabouts tells where the ranks are; "" when there are none any more.
func (m *Manager) whereabouts() string {
	m.mu.Lock()
	workers, over := m.workers, !m.life.runs()
	m.mu.Unlock()
	if over || len(workers) == 0 {
		return ""
	}
	var indices []int
	r := &run{m: m, Outcome: &Outcome{Answers: make([]Answer, len(workers))}}
	for i, w := range workers {
		r.Answers[i] = Answer{Rank: i, Pid: w.Pid()}
		indices = append(indices, i)
	}
	places := map[int]string{}
	said := r.where(indices)
	for rank := range workers {
		places[rank] = silentRank
		if where, ok := said[rank]; ok {
			places[rank] = describe(where)
		}
	}
	return strings.Join(atPlaces(places, len(workers), "is in", "are in"), "\n")
}

// where asks ranks, by their index, what they are at. Those that do not say it
// in time are left out.
func (r *run) where(indices []int) map[int]protocol.Where {
	ctx, cancel := context.WithTimeout(context.Background(), whereLimit)
	defer cancel()
	pids := make([]rpc.Pid, len(indices))
	for k, i := range indices {
		pids[k] = r.Answers[i].Pid
	}
	replies, errs := r.m.host.node.CallAll(ctx, pids, rpc.Request{Service: protocol.ServiceWhere})
	places := map[int]protocol.Where{}
	for k, i := range indices {
		var where protocol.Where
		if errs[k] == nil && protocol.Decode(replies[k].Data, &where) == nil {
			places[r.Answers[i].Rank] = where
		}
	}
	return places
}

package host

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/mpiclus/mpiclus-lua/internal/deadlock"
	"github.com/mpiclus/mpiclus-lua/internal/protocol"
	"github.com/mpiclus/mpiclus-lua/internal/rpc"
)

// lookLimit is how long ranks have to tell where they are: who asks has an answer
// within half a second. A call counts as one that stands when it has run for longer:
// then all such calls were running at one time (package deadlock).
const (
	lookLimit = 400 * time.Millisecond
	standing  = 500 * time.Millisecond
)

// Whereabouts is where the ranks of a manager are.
type Whereabouts struct {
	Pids  []rpc.Pid
	Hosts []string
	Ranks []deadlock.Rank
	// Deadlocks are texts on ranks that wait for each other for ever.
	Deadlocks []string
}

// Where asks all ranks where they are. Who does not say it within lookLimit is not
// known. asker is the number of the task of this process that wants to know it, which
// keeps no rank from a deadlock; 0 for none. It waits, so the caller holds no
// interpreter.
func (m *Manager) Where(ctx context.Context, asker uint64) *Whereabouts {
	m.mu.Lock()
	workers, over := m.workers, !m.life.runs()
	m.mu.Unlock()
	w := &Whereabouts{}
	if over {
		return w
	}
	for _, worker := range workers {
		w.Pids = append(w.Pids, worker.Pid())
		w.Hosts = append(w.Hosts, worker.Host())
	}
	said := m.host.askWhere(ctx, w.Pids, lookLimit)
	chunk := m.running.Load()
	w.Ranks = make([]deadlock.Rank, len(w.Pids))
	for rank, pid := range w.Pids {
		r := &w.Ranks[rank]
		r.Where, r.Known = said[pid]
		if pid == m.host.node.Self() {
			r.Tasks = slices.DeleteFunc(r.Tasks, func(t protocol.Task) bool { return t.Number == asker })
		}
		r.Over = chunk != nil && !chunk.at(rank)
		r.Serves = m.mode != MPIOnWorkers && (rank > 0 || chunk != nil)
	}
	w.Deadlocks = deadlock.Find(w.Ranks, standing)
	return w
}

// askWhere asks processes where they are, and gives what those say that do so in time.
func (h *Host) askWhere(ctx context.Context, pids []rpc.Pid, limit time.Duration) map[rpc.Pid]protocol.Where {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	replies, errs := h.node.CallAll(ctx, pids, rpc.Request{Service: protocol.ServiceWhere})
	said := map[rpc.Pid]protocol.Where{}
	for i, pid := range pids {
		var where protocol.Where
		if errs[i] == nil && protocol.Decode(replies[i].Data, &where) == nil {
			said[pid] = where
		}
	}
	return said
}

// onRanks says on which ranks a chunk is not over. Any goroutine may read it.
type onRanks map[int]*atomic.Bool

// at reports whether the chunk is at work on a rank.
func (o *onRanks) at(rank int) bool {
	flag := (*o)[rank]
	return flag != nil && flag.Load()
}

// where asks ranks, by their index, what they are at. Those that do not say it
// in time are left out.
func (r *run) where(indices []int) map[int]protocol.Where {
	pids := make([]rpc.Pid, len(indices))
	ranks := map[rpc.Pid]int{}
	for k, i := range indices {
		pids[k] = r.Answers[i].Pid
		ranks[pids[k]] = r.Answers[i].Rank
	}
	places := map[int]protocol.Where{}
	for pid, where := range r.m.host.askWhere(context.Background(), pids, whereLimit) {
		places[ranks[pid]] = where
	}
	return places
}

// tellWhere tells the user where each rank is: in which calls of MPI, at which lines.
func (h *Host) tellWhere() {
	if h.node.Self() != rpc.Master || h.rank != nil && !h.rank.Started() {
		w := h.rank.Where()
		h.say("%v is in %s", h.rank, describe(w))
		return
	}
	h.say("%s", h.whereText())
}

// whereText tells where each rank of each manager is.
func (h *Host) whereText() string {
	var told []string
	for _, m := range h.all() {
		if w := m.Where(context.Background(), 0); len(w.Ranks) > 0 {
			told = append(told, strings.TrimSuffix(w.headed(), "\n"))
		}
	}
	if told == nil {
		return "there are no workers now"
	}
	return strings.Join(told, "\n")
}

// headed is the text of the whereabouts below a line that names the manager.
func (w *Whereabouts) headed() string {
	return fmt.Sprintf("where the ranks of the manager of pids %v are:\n%s", w.Pids, w)
}

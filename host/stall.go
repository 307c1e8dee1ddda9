package host

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/mpiclus/mpiclus-lua/internal/deadlock"
	"github.com/mpiclus/mpiclus-lua/internal/protocol"
	"github.com/mpiclus/mpiclus-lua/internal/spans"
)

// defaultStall is how long the ranks of a chunk may all sit in the same calls
// of MPI before a note says so.
const defaultStall = 30 * time.Second

// stall looks, now and then, whether the ranks of a chunk wait for each other
// for ever: in each that is not over the chunk has been in the same calls of
// MPI for long. Who computes, or waits for anything else, is in none.
type stall struct {
	r     *run
	every time.Duration
	timer *time.Timer
	looks chan looked
	last  map[int]protocol.Where // by rank, of those that were not over, with their calls of the chunk
	since time.Time              // of the first look that was like the last
	quiet map[int]time.Time      // by rank: the first look of several in a row that it did not answer
	noted bool                   // that nobody moves
	told  bool                   // that ranks do not answer
}

func (r *run) watchStall() *stall {
	every := r.m.opts.StallNote
	if every == 0 {
		every = defaultStall
	}
	return &stall{r: r, every: every, timer: time.NewTimer(every / looksEach), looks: make(chan looked, 1)}
}

// look asks the ranks where they are; the answer comes by looks.
func (s *stall) look() {
	var waiting []int
	for _, i := range s.r.waiting() {
		waiting = append(waiting, s.r.Answers[i].Rank)
	}
	go func() {
		w := s.r.m.Where(context.Background(), 0)
		now := map[int]protocol.Where{}
		for _, rank := range waiting {
			if rank < len(w.Ranks) && w.Ranks[rank].Known {
				now[rank] = w.Ranks[rank].Where
			}
		}
		s.looks <- looked{only(protocol.ChunkTask(s.r.seq), now), w.Ranks}
	}()
}

// looked is what a look has found.
type looked struct {
	now   map[int]protocol.Where // by rank, of those that were not over, with their calls of the chunk
	ranks []deadlock.Rank
}

// looksEach is how many looks there are in the time after which a note comes.
const looksEach = 6

// compare takes the answer of a look, and tells the user, once, when nothing
// has moved for long enough.
func (s *stall) compare(l looked) {
	now := l.now
	s.tellQuiet(now)
	if !s.complete(now) || !stands(s.last, now) {
		s.since = time.Now()
	} else if time.Since(s.since) >= s.every && !s.noted {
		s.noted = true
		s.r.m.host.say("no rank of this chunk has moved for %v: all that are at work wait in MPI\n%s", s.every, strings.Join(append([]string{s.text(now)}, deadlock.Find(l.ranks, min(standing, s.every))...), "\n"))
	}
	s.last = now
	s.timer.Reset(s.every / looksEach)
}

// tellQuiet tells, once, of ranks that have not answered for long: even one
// that computes, or waits in MPI, does.
func (s *stall) tellQuiet(now map[int]protocol.Where) {
	quiet, places := map[int]time.Time{}, map[int]string{}
	for _, i := range s.r.waiting() {
		rank := s.r.Answers[i].Rank
		if where, known := now[rank]; known {
			places[rank] = describe(where)
			continue
		}
		quiet[rank] = time.Now()
		if first, before := s.quiet[rank]; before {
			quiet[rank] = first
		}
	}
	s.quiet = quiet
	var ranks []int
	for rank, first := range quiet {
		if time.Since(first) >= s.every {
			ranks = append(ranks, rank)
		}
	}
	if len(ranks) == 0 || s.told {
		return
	}
	s.told = true
	slices.Sort(ranks)
	of := len(s.r.Answers)
	text := fmt.Sprintf("%s %s not answered for %v: stopped by a signal (kill -CONT PID lets a process go on), or in a call that keeps the whole process",
		spans.Of("rank", ranks, of), map[bool]string{true: "has", false: "have"}[len(ranks) == 1], s.every)
	for _, line := range deadlock.AtPlaces(places, of, "is in", "are in") {
		text += "\n" + line
	}
	s.r.m.host.say("%s", text)
}

// complete reports whether every rank that is not over has said where it is.
func (s *stall) complete(now map[int]protocol.Where) bool {
	for _, i := range s.r.waiting() {
		if _, known := now[s.r.Answers[i].Rank]; !known {
			return false
		}
	}
	return true
}

// stands reports whether all ranks are in the same calls as before.
func stands(before, now map[int]protocol.Where) bool {
	for rank, where := range now {
		if len(where.Calls) == 0 || !slices.EqualFunc(before[rank].Calls, where.Calls, sameCall) {
			return false
		}
	}
	return len(now) > 0
}

func sameCall(a, b protocol.Pending) bool {
	return a.Number == b.Number && a.Call == b.Call && a.Task == b.Task && a.Where == b.Where
}

// only leaves of what ranks are at the calls of one task: what others do
// there, such as a server that waits for messages, says nothing of it.
func only(task string, looked map[int]protocol.Where) map[int]protocol.Where {
	for rank, where := range looked {
		where.Calls = slices.DeleteFunc(slices.Clone(where.Calls), func(c protocol.Pending) bool { return c.Task != task })
		looked[rank] = where
	}
	return looked
}

func (s *stall) text(now map[int]protocol.Where) string {
	places := map[int]string{}
	for rank, where := range now {
		places[rank] = describe(where)
	}
	return strings.Join(deadlock.AtPlaces(places, len(s.r.Answers), "waits in", "wait in"), "\n")
}

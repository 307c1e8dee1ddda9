package host

import (
	"slices"
	"strings"
	"time"

	"github.com/mpiclus/mpiclus-lua/worker"
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
	looks chan map[int]worker.Where // by rank, of those that were not over
	last  map[int]worker.Where
	since time.Time // of the first look that was like the last
}

func (r *run) watchStall() *stall {
	every := r.m.opts.StallNote
	if every == 0 {
		every = defaultStall
	}
	return &stall{r: r, every: every, timer: time.NewTimer(every / looksEach), looks: make(chan map[int]worker.Where, 1)}
}

// look asks the ranks where they are; the answer comes by looks.
func (s *stall) look() {
	waiting := s.r.waiting()
	go func() { s.looks <- only(worker.ChunkTask(s.r.seq), s.r.where(waiting)) }()
}

// looksEach is how many looks there are in the time after which a note comes.
const looksEach = 6

// compare takes the answer of a look, and tells the user, once, when nothing
// has moved for long enough.
func (s *stall) compare(now map[int]worker.Where) {
	if !s.complete(now) || !stands(s.last, now) {
		s.since = time.Now()
	} else if time.Since(s.since) >= s.every {
		s.r.m.host.say("no rank of this chunk has moved for %v: all that are at work wait in MPI\n%s", s.every, s.text(now))
		return
	}
	s.last = now
	s.timer.Reset(s.every / looksEach)
}

// complete tells whether every rank that is not over has said where it is.
func (s *stall) complete(now map[int]worker.Where) bool {
	for _, i := range s.r.waiting() {
		if _, known := now[s.r.Answers[i].Rank]; !known {
			return false
		}
	}
	return true
}

// stands tells whether all ranks are in the same calls as before.
func stands(before, now map[int]worker.Where) bool {
	for rank, where := range now {
		if len(where.Calls) == 0 || !slices.Equal(before[rank].Calls, where.Calls) {
			return false
		}
	}
	return len(now) > 0
}

// only leaves of what ranks are at the calls of one task: what others do
// there, such as a server that waits for messages, says nothing of it.
func only(task string, looked map[int]worker.Where) map[int]worker.Where {
	for rank, where := range looked {
		where.Calls = slices.DeleteFunc(where.Calls, func(c worker.Pending) bool { return c.Task != task })
		looked[rank] = where
	}
	return looked
}

func (s *stall) text(now map[int]worker.Where) string {
	places := map[int]string{}
	for rank, where := range now {
		places[rank] = describe(where)
	}
	return strings.Join(atPlaces(places, len(s.r.Answers), "waits in", "wait in"), "\n")
}

package host

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/mpiclus/mpiclus-lua/internal/deadlock"
	"github.com/mpiclus/mpiclus-lua/internal/protocol"
	"github.com/mpiclus/mpiclus-lua/internal/spans"
)

// silentRank is why a rank may not say where it is.
const silentRank = "no answer: its process was stopped, or is in a call that keeps it"

// act is what one task of a rank is at.
type act struct {
	state, task, line, call string
	since                   time.Duration
	mpi                     *protocol.Pending // in a call of MPI; else nil
	importance              int
}

// acts lists what a rank is at, what matters most first: a rank that is idle or silent
// has one act, too.
func acts(r *deadlock.Rank) []act {
	if !r.Known {
		return []act{{state: protocol.StateSilent}}
	}
	calls := map[string][]*protocol.Pending{} // by task
	for i := range r.Calls {
		c := &r.Calls[i]
		calls[c.Task] = append(calls[c.Task], c)
	}
	var list []act
	add := func(task string, c *protocol.Pending) {
		list = append(list, act{protocol.StateMPI, task, c.Where, c.Call, c.Since, c, 1})
	}
	for i := range r.Tasks {
		t := &r.Tasks[i]
		if of := calls[t.Task]; len(of) > 0 {
			add(t.Task, of[0])
			calls[t.Task] = of[1:]
			continue
		}
		a := act{t.State, t.Task, t.Where, t.Call, t.Since, nil, 2}
		switch {
		case r.Serves && t.Main && t.State == protocol.StateWaiting: // the main loop
			continue
		case t.State == protocol.StateQueued:
			a.importance = 4
		case t.State == protocol.StateWaiting:
			a.importance = 3
		}
		list = append(list, a)
	}
	for _, task := range slices.Sorted(maps.Keys(calls)) {
		for _, c := range calls[task] {
			add(task, c)
		}
	}
	for i := range list {
		if strings.HasPrefix(list[i].task, protocol.ChunkPrefix) {
			list[i].importance = 0
		}
	}
	slices.SortStableFunc(list, func(a, b act) int { return cmp.Compare(a.importance, b.importance) })
	if len(list) == 0 {
		return []act{{state: protocol.StateIdle}}
	}
	return list
}

// at tells the call and the line of an act.
func (a *act) at() string {
	switch {
	case a.state == protocol.StateSilent:
		return silentRank
	case a.mpi != nil:
		return deadlock.Place(a.mpi)
	case a.call != "" && a.line != "":
		return a.call + " at " + a.line
	}
	return a.call + a.line
}

// String is a table for people: ranks that are at the same in one row. Below it stand
// the deadlocks.
func (w *Whereabouts) String() string { return w.table("rank", 0) }

// row is a line of the table.
type row struct {
	act
	numbers []int // of the processes that are at the same
	queue   int
	memory  uint64
}

// table is the text, with what its processes are called and the number of the first.
func (w *Whereabouts) table(noun string, first int) string {
	var text strings.Builder
	table := tabwriter.NewWriter(&text, 0, 0, 2, ' ', 0)
	fmt.Fprintf(table, "  %s\tstate\tsince\tqueue\tmemory\ttask\tat\n", noun)
	for _, r := range w.rows(first) {
		_, numbers, _ := strings.Cut(spans.Named(noun, r.numbers), " ")
		fmt.Fprintf(table, "  %s\t%s\t%s\t%d\t%s\t%s\t%s\n", numbers, r.state, seconds(r.since), r.queue, mebibytes(r.memory), cmp.Or(r.task, "-"), cmp.Or(r.at(), "-"))
	}
	table.Flush()
	lines := strings.Split(text.String(), "\n")
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], " ")
	}
	return strings.Join(append(lines[:len(lines)-1], w.Deadlocks...), "\n")
}

// rows puts ranks together that are at the same; times, lines and memory are the
// greatest of them.
func (w *Whereabouts) rows(first int) (rows []*row) {
	byText := map[[3]string]*row{}
	for rank := range w.Ranks {
		for _, a := range acts(&w.Ranks[rank]) {
			key := [3]string{a.state, a.task, a.at()}
			r := byText[key]
			if r == nil {
				r = &row{act: a}
				byText[key] = r
				rows = append(rows, r)
			}
			if n := rank + first; len(r.numbers) == 0 || r.numbers[len(r.numbers)-1] != n {
				r.numbers = append(r.numbers, n)
			}
			r.since, r.queue, r.memory = max(r.since, a.since), max(r.queue, w.Ranks[rank].Queue), max(r.memory, w.Ranks[rank].Memory)
		}
	}
	return rows
}

// seconds shows how long something takes, "-" where that is not known.
func seconds(d time.Duration) string {
	switch {
	case d == 0:
		return "-"
	case d < 10*time.Second:
		return fmt.Sprintf("%.1f s", d.Seconds())
	}
	return fmt.Sprintf("%.0f s", d.Seconds())
}

func mebibytes(n uint64) string {
	if n == 0 {
		return "-"
	}
	return fmt.Sprintf("%d MiB", n>>20)
}

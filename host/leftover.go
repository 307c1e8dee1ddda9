package host

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/mpiclus/mpiclus-lua/internal/protocol"
	"github.com/mpiclus/mpiclus-lua/internal/spans"
)

// The kinds of what ranks leave half done.
const (
	leftCollective = "collective"
	leftMessage    = "message"
)

// leftBehind tells what all ranks together have left half done in their world though
// each of them has ended well: the next chunk would meet it, and take its numbers for
// its own. "" is nothing, or nothing new.
func (r *run) leftBehind() string {
	tallies := make([]protocol.Standing, len(r.Answers))
	for i, a := range r.Answers {
		if a.Err != nil || r.failed(i) {
			return "" // such a world is looked after, and renewed if need be
		}
		tallies[i] = a.done.Tally
	}
	kind := leftKind(tallies)
	if kind == "" || r.m.toldLeft[kind] {
		return ""
	}
	tallies = r.m.atRest(r.ctx)
	if kind = leftKind(tallies); kind == "" || r.m.toldLeft[kind] {
		return ""
	}
	r.m.toldLeft[kind] = true
	if kind == leftMessage {
		var sent, received uint64
		for _, t := range tallies {
			sent, received = sent+t.Sent, received+t.Received
		}
		return fmt.Sprintf("has left %s that no rank has received: a receive of a later chunk may get what was meant for this one", messages(sent-received))
	}
	return "has left a collective that not all ranks of its communicator have begun" + begun(tallies) + ": in a later chunk the others will take their next one for it"
}

// atRest asks all ranks twice, and returns what they say if nothing moves: other tasks
// may be at work, so that one rank is ahead of another. nil says that something does.
func (m *Manager) atRest(ctx context.Context) []protocol.Standing {
	ctx, cancel := context.WithTimeout(ctx, protocol.RenewLimit)
	defer cancel()
	first, err := m.standings(ctx)
	if err != nil {
		return nil
	}
	second, err := m.standings(ctx)
	if err != nil || !slices.Equal(first, second) || slices.ContainsFunc(second, func(t protocol.Standing) bool { return t.Busy }) {
		return nil
	}
	return second
}

// leftKind returns what was left, by what all ranks know.
func leftKind(tallies []protocol.Standing) string {
	var sent, received, balance uint64
	open := false
	for _, t := range tallies {
		open = open || t.Open
		sent, received, balance = sent+t.Sent, received+t.Received, balance+t.Balance
	}
	switch {
	case balance != 0:
		return leftCollective
	case sent > received && !open: // one that is open may be about to be received
		return leftMessage
	}
	return ""
}

// begun tells which ranks have begun more collectives than others, "" if none has.
func begun(tallies []protocol.Standing) string {
	least := slices.MinFunc(tallies, func(a, b protocol.Standing) int { return cmp.Compare(a.Begun, b.Begun) }).Begun
	more := map[uint64][]int{}
	for rank, t := range tallies {
		if t.Begun > least {
			more[t.Begun-least] = append(more[t.Begun-least], rank)
		}
	}
	var parts []string
	for _, n := range slices.Sorted(maps.Keys(more)) {
		parts = append(parts, fmt.Sprintf("%s %d more than others", spans.Of("rank", more[n], len(tallies)), n))
	}
	if len(parts) == 0 {
		return ""
	}
	return " (" + strings.Join(parts, ", ") + ")"
}

func messages(n uint64) string {
	if n == 1 {
		return "a message"
	}
	return fmt.Sprintf("%d messages", n)
}

package host

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/mpiclus/mpiclus-lua/internal/cluster"
	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
	"github.com/mpiclus/mpiclus-lua/internal/protocol"
)

// uninterruptible is what a worker is at that is in no call of MPI.
const uninterruptible = "code outside of MPI"

// describe says what a worker is at.
func describe(where protocol.Where) string {
	if len(where.Calls) == 0 {
		return uninterruptible
	}
	text := ""
	for i, c := range where.Calls {
		if i > 0 {
			text += ", "
		}
		text += c.Call
		if c.Detail != "" {
			text += " " + c.Detail
		}
		if c.Where != "" {
			text += " at " + c.Where
		}
	}
	return text
}

// otherFailed is why ranks are stopped that did not fail themselves.
const otherFailed = "interrupted because another rank failed"

// placeOf reports where a rank was when it was stopped for that reason: in MPI,
// as it said itself then, or else at the line that its error names.
func placeOf(e *luaerr.Error, said, reason string) string {
	if said == "" || said == uninterruptible {
		return strings.TrimSuffix(e.Message, ": "+reason)
	}
	return said
}

// stoppedAt reports where ranks were when they were stopped.
func stoppedAt(places map[int]string, of int) []string {
	return atPlaces(places, of, "was stopped in", "were stopped in")
}

// atPlaces reports where ranks are, those at the same place in one line, with a
// verb for one of them and for several.
func atPlaces(places map[int]string, of int, one, several string) (lines []string) {
	ranks := map[string][]int{}
	var order []string
	for _, rank := range slices.Sorted(maps.Keys(places)) {
		if ranks[places[rank]] == nil {
			order = append(order, places[rank])
		}
		ranks[places[rank]] = append(ranks[places[rank]], rank)
	}
	for _, place := range order {
		verb := several
		if len(ranks[place]) == 1 {
			verb = one
		}
		lines = append(lines, fmt.Sprintf("  %s %s %s", cluster.Spans("rank", ranks[place], of), verb, place))
	}
	return lines
}

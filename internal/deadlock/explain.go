package deadlock

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/mpiclus/mpiclus-lua/internal/protocol"
	"github.com/mpiclus/mpiclus-lua/internal/spans"
)

// Place tells a call of MPI and where it was made: "Recv with rank 2, tag 7 at job.lua:14".
func Place(c *protocol.Pending) string {
	text := c.Call
	if c.Detail != "" {
		text += " " + c.Detail
	}
	if c.Where != "" {
		text += " at " + c.Where
	}
	return text
}

// sitting is a collective that a rank waits in.
type sitting struct {
	rank int
	call *protocol.Pending
	op   *protocol.Operation
}

// sittings lists the collectives that ranks have been in for long, by communicator.
func (g *graph) sittings() map[uint64][]sitting {
	all := map[uint64][]sitting{}
	for r := range g.ranks {
		for i := range g.ranks[r].Calls {
			c := &g.ranks[r].Calls[i]
			for k := range c.Waits {
				if o := &c.Waits[k]; o.Nth > 0 && o.Comm != 0 && c.Begun && c.Since >= g.least {
					all[family(o)] = append(all[family(o)], sitting{r, c, o})
				}
			}
		}
	}
	return all
}

// differing tells of collectives that ranks of one communicator call differently: other
// ones, or with another root.
func (g *graph) differing(told map[int]bool) (texts []string) {
	all := g.sittings()
	for _, id := range slices.Sorted(maps.Keys(all)) {
		here := all[id]
		calls, roots := map[string]bool{}, map[int]bool{}
		stuck := true
		for _, s := range here {
			calls[s.op.Call], roots[s.op.Root] = true, true
			stuck = stuck && !g.live[s.rank]
		}
		what := ""
		switch {
		case len(calls) > 1 && (sameStep(here) || stuck && g.onlyThese(here)):
			what = "different collectives"
		case len(calls) == 1 && len(roots) > 1 && sameStep(here):
			what = "different roots of " + here[0].op.Call
		default:
			continue
		}
		text := fmt.Sprintf("deadlock: %s on %s", what, commOf(here[0].op))
		texts = append(texts, text+g.lines(here)+g.absentLines(here, told))
		note(told, here)
	}
	return texts
}

// onlyThese reports whether no other rank is missing in the collectives.
func (g *graph) onlyThese(here []sitting) bool {
	inside := map[int]bool{}
	for _, s := range here {
		inside[s.rank] = true
	}
	return !slices.ContainsFunc(here, func(s sitting) bool {
		return slices.ContainsFunc(g.absent(s.rank, s.op), func(m int) bool { return !inside[m] })
	})
}

// sameStep reports whether the collectives are the same one in the order of their
// communicator.
func sameStep(here []sitting) bool {
	return !slices.ContainsFunc(here, func(s sitting) bool { return s.op.Comm != here[0].op.Comm || s.op.Nth != here[0].op.Nth })
}

// missing tells of collectives that some ranks do not enter.
func (g *graph) missing(told map[int]bool) (texts []string) {
	all := g.sittings()
	for _, id := range slices.Sorted(maps.Keys(all)) {
		here := slices.DeleteFunc(all[id], func(s sitting) bool { return told[s.rank] || g.live[s.rank] || len(g.absent(s.rank, s.op)) == 0 })
		if len(here) == 0 {
			continue
		}
		text := fmt.Sprintf("deadlock: %s on %s, which not all of its ranks have entered", here[0].op.Call, commOf(here[0].op))
		texts = append(texts, text+g.lines(here)+g.absentLines(here, told))
		note(told, here)
	}
	return texts
}

// absentLines tells of the ranks that have not entered a collective where they are.
func (g *graph) absentLines(here []sitting, told map[int]bool) string {
	inside := map[int]bool{}
	places := map[int]string{}
	for _, s := range here {
		inside[s.rank] = true
	}
	for _, s := range here {
		for _, m := range g.absent(s.rank, s.op) {
			if !inside[m] {
				places[m] = g.whereIs(m)
				told[m] = true
			}
		}
	}
	return g.list(places, "has not entered it:", "have not entered it:")
}

// whereIs tells where a rank is that cannot go on.
func (g *graph) whereIs(r int) string {
	rank := &g.ranks[r]
	if len(rank.Calls) == 0 {
		return "at its end: the chunk is over there"
	}
	return "waiting in " + Place(&rank.Calls[0])
}

func note(told map[int]bool, here []sitting) {
	for _, s := range here {
		told[s.rank] = true
	}
}

func (g *graph) lines(here []sitting) string {
	places := map[int]string{}
	for _, s := range here {
		places[s.rank] = Place(s.call)
	}
	return g.list(places, "waits in", "wait in")
}

// list is a line for each place, with the ranks that are there.
func (g *graph) list(places map[int]string, one, several string) (text string) {
	for _, line := range AtPlaces(places, len(g.ranks), one, several) {
		text += "\n" + line
	}
	return text
}

// AtPlaces reports where ranks are, those at the same place in one line, with a verb
// for one of them and for several.
func AtPlaces(places map[int]string, of int, one, several string) (lines []string) {
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
		lines = append(lines, fmt.Sprintf("  %s %s %s", spans.Of("rank", ranks[place], of), verb, place))
	}
	return lines
}

// commOf names the communicator of an operation.
func commOf(o *protocol.Operation) string {
	ranks := slices.Sorted(slices.Values(o.Ranks))
	if o.Name != "" || o.Ranks == nil {
		return cmp.Or(o.Name, "a communicator of all ranks")
	}
	return "a communicator of " + spans.Named("rank", ranks)
}

// awaited returns a message that a stuck rank waits for, and from or for whom: nil when
// it waits for none.
func (g *graph) awaited(r int) (c *protocol.Pending, o *protocol.Operation) {
	for i := range g.ranks[r].Calls {
		c = &g.ranks[r].Calls[i]
		for k := range c.Waits {
			if o = &c.Waits[k]; (o.Sends || o.Receives) && c.Begun && !g.comes(r, o) {
				return c, o
			}
		}
	}
	return nil, nil
}

// cycles tells of ranks of which each waits for a message of the next.
func (g *graph) cycles(told map[int]bool) (texts []string) {
	for first := range g.ranks {
		var way []int
		for r := first; !slices.Contains(way, r); {
			_, o := g.awaited(r)
			if g.live[r] || told[r] || o == nil || o.Peer < 0 || o.Peer >= len(g.ranks) {
				way = nil
				break
			}
			way = append(way, r)
			if r = o.Peer; slices.Contains(way, r) {
				way = way[slices.Index(way, r):]
				break
			}
		}
		if len(way) == 0 {
			continue
		}
		text := "deadlock: each of these waits for the next, and the last for the first"
		if len(way) == 1 {
			text = "deadlock: a rank waits for itself"
		}
		for _, r := range way {
			c, o := g.awaited(r)
			text += fmt.Sprintf("\n  rank %d waits in %s%s", r, Place(c), g.nearly(r, o))
			told[r] = true
		}
		texts = append(texts, text)
	}
	return texts
}

// unsent tells of the other ranks that wait for messages which nobody sends, or send
// some which nobody receives.
func (g *graph) unsent(told map[int]bool) (texts []string) {
	var text strings.Builder
	for r := range g.ranks {
		c, o := g.awaited(r)
		if g.live[r] || told[r] || o == nil {
			continue
		}
		does := "send"
		if o.Sends {
			does = "receive"
		}
		why := "no rank " + does + "s it: all others wait themselves, or have ended the chunk"
		if o.Peer >= 0 && o.Peer < len(g.ranks) {
			why = fmt.Sprintf("rank %d does not %s it, and is %s", o.Peer, does, g.whereIs(o.Peer))
		}
		fmt.Fprintf(&text, "\n  rank %d waits in %s: %s%s", r, Place(c), why, g.nearly(r, o))
	}
	if text.Len() == 0 {
		return nil
	}
	return append(texts, "deadlock: messages that do not come"+text.String())
}

// nearly tells of a message between the same ranks that is not the one that rank r waits
// for, as its tag or communicator is another; "" if there is none.
func (g *graph) nearly(r int, o *protocol.Operation) string {
	for _, peer := range g.peers(o) {
		for _, other := range g.operations(peer) {
			if !faces(r, o, other) {
				continue
			}
			why := ""
			switch {
			case family(o) != family(other):
				why = "on " + commOf(other)
			case o.Comm != other.Comm:
				why = "which only the other kind of call takes: Send and Recv pass arrays, send and recv any value"
			case !sameTag(o, other):
				why = fmt.Sprintf("with tag %d", other.Tag)
			default:
				continue
			}
			return fmt.Sprintf(" (rank %d %s it, %s)", peer, map[bool]string{true: "sends to", false: "receives from"}[other.Sends], why)
		}
	}
	return ""
}

package host

import (
	"context"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
	"github.com/mpiclus/mpiclus-lua/internal/spans"
)

// combine makes one error of those of all ranks. Equal ones are told once:
// "ranks 0-6,8 (8 of 9): job.lua:14: …". Ranks that were only stopped because
// another failed come last, with the place where they waited. nil when no
// rank failed and the job goes on.
func combine(errs map[int]*luaerr.Error, of int, o *Outcome) *luaerr.Error {
	if len(errs) == 0 && o.Ended == nil {
		return nil
	}
	// Ranks that were killed with the job are told of once, at the end.
	maps.DeleteFunc(errs, func(rank int, _ *luaerr.Error) bool { return o.Held[rank] })
	causes, stopped := split(errs)
	var lines []string
	var first *luaerr.Error
	for _, g := range group(causes) {
		if first == nil {
			first = g.err
		}
		text := g.err.Message
		if len(g.ranks) > 1 {
			text = sameText(text)
		}
		lines = append(lines, spans.Of("rank", g.ranks, of)+": "+text)
		for _, rank := range g.ranks {
			if out := errs[rank].Output; out != "" {
				lines = append(lines, fmt.Sprintf("  last output of rank %d:\n%s", rank, indent(indent(out))))
			}
		}
	}
	places := map[int]string{}
	for _, rank := range stopped {
		places[rank] = placeOf(errs[rank], o.Stuck[rank], otherFailed)
	}
	lines = append(lines, stoppedAt(places, of)...)
	if o.Ended != nil {
		lines = append(lines, o.Ended.Message)
		if first == nil {
			first = o.Ended
		}
	}
	e := *first
	e.Message = strings.Join(lines, "\n")
	e.Errors = errs
	e.Output = ""
	e.Rank, e.Pid, e.Host = luaerr.NoRank, 0, ""
	if len(causes) == 1 {
		for rank, c := range causes {
			e.Message = strings.TrimPrefix(e.Message, fmt.Sprintf("rank %d: ", rank))
			e.Rank, e.Pid, e.Host = rank, c.Pid, c.Host
		}
	}
	return &e
}

// processesFirst is how a message begins that says which processes it is of.
var processesFirst = regexp.MustCompile(`^([^\s:][^:\n]*:\d+: )?(rank|pid)s? \d[\d,-]*( \(\d+ of \d+\))?: `)

// namesProcesses reports whether an error is one that was made of those of
// several processes, and begins with their names: it needs no other.
func namesProcesses(e *luaerr.Error) bool {
	return len(e.Errors) > 0 && processesFirst.MatchString(e.Message)
}

// split tells errors that are causes from those of ranks that were stopped
// because of them.
func split(errs map[int]*luaerr.Error) (causes map[int]*luaerr.Error, stopped []int) {
	causes = map[int]*luaerr.Error{}
	for rank, e := range errs {
		if e.Kind == luaerr.Interrupted {
			stopped = append(stopped, rank)
		} else {
			causes[rank] = e
		}
	}
	if len(causes) == 0 {
		return errs, nil
	}
	slices.Sort(stopped)
	return causes, stopped
}

// ownName is how a message names the process that it comes from.
var ownName = regexp.MustCompile(` on pid \d+ \(rank \d+, host [^)]*\)`)

// sameText is a message without what differs from process to process.
func sameText(message string) string { return ownName.ReplaceAllString(message, "") }

type sameError struct {
	err   *luaerr.Error
	ranks []int
}

// group puts ranks with equal errors together, in the order of their first
// rank.
func group(errs map[int]*luaerr.Error) []sameError {
	var groups []sameError
	for _, rank := range slices.Sorted(maps.Keys(errs)) {
		e := errs[rank]
		at := slices.IndexFunc(groups, func(g sameError) bool {
			return g.err.Kind == e.Kind && sameText(g.err.Message) == sameText(e.Message)
		})
		if at < 0 {
			groups = append(groups, sameError{err: e})
			at = len(groups) - 1
		}
		groups[at].ranks = append(groups[at].ranks, rank)
	}
	return groups
}

// indent moves a text to the right, below what it explains.
func indent(text string) string {
	return "  " + strings.ReplaceAll(text, "\n", "\n  ")
}

// failure gives the one error of what a chunk came to on several ranks. The
// caller holds no interpreter.
func (h *Host) failure(ctx context.Context, o *Outcome) (err error) {
	if e := combine(h.raised(ctx, o), len(o.Answers), o); e != nil {
		return e
	}
	return nil
}

// raised gives the error of each rank that has one.
func (h *Host) raised(ctx context.Context, o *Outcome) map[int]*luaerr.Error {
	errs := map[int]*luaerr.Error{}
	for _, a := range o.Answers {
		err := a.Err
		if err == nil && a.Reply != nil && a.Reply.Raised {
			err = h.parallel.Raised(ctx, a.Reply)
		}
		if err != nil {
			errs[a.Rank] = luaerr.From(err).At(a.Rank, int(a.Pid), "")
		}
	}
	return errs
}

// report shows the error that ended the script.
func (h *Host) report(err error) {
	if h.readerGone.Load() {
		return // as other commands of a pipeline end: without a word
	}
	e := h.stop.tell(luaerr.From(err))
	if r := h.rank; r != nil {
		if r.Number() != 0 && e.Kind == luaerr.Interrupted {
			return // the launcher stopped it: who failed, or rank 0, tells more
		}
		if e = e.At(r.Number(), int(h.node.Self()), ""); namesProcesses(e) {
			e.Rank, e.Pid = luaerr.NoRank, 0
		}
	}
	h.display.Note(report(e, h.cfg.Verbose))
}

// reportText is the report of an error with what the script's end has to add to it.
func (h *Host) reportText(err error) string {
	return reportOf(h.stop.tell(luaerr.From(err)), h.cfg.Verbose)
}

// report is what the user sees of an error that ended the script.
func report(err error, verbose bool) string { return "mpiclus-lua: " + reportOf(err, verbose) }

func reportOf(err error, verbose bool) string {
	e := luaerr.From(err)
	text := e.Error()
	if e.Traceback != "" && (e.Kind == luaerr.Script || e.Kind == luaerr.Argument || e.Kind == luaerr.MPI || verbose) {
		text += "\n" + e.Traceback
	}
	return text
}

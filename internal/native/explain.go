package native

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/lua51/vm"
)

// LoopStatus is what became of a loop.
type LoopStatus struct {
	Where    string // "job.lua:14:", the line that repeats it
	Compiled bool
	Reason   string // why it is not
	Entries  int    // of native code

	pc, first int
	tried     bool // it ran often, and was looked at
	turns     int  // instructions, roughly, that native code carried out
}

// statusOf tells of a loop that is known.
func statusOf(l *vm.Loop) LoopStatus {
	s := LoopStatus{Where: where(l.Proto, l.Pc), pc: l.Pc, first: l.Pc + 1 + instruction(l.Proto.Code[l.Pc]).jump()}
	h, _ := l.State.(*hot)
	switch {
	case h == nil || h.why == "" && len(h.programs) == 0:
		s.Reason = "it has not run often enough"
	case len(h.programs) > 0:
		s.Compiled, s.tried = true, true
	default:
		s.Reason, s.tried = h.why, true
	}
	if h != nil {
		s.Entries, s.turns = h.entries, h.burnt
	}
	return s
}

// Status tells of the loops of a function, as far as they have run in an
// interpreter. One inside of another that is native needs to be nothing itself.
func Status(L *lua.LState, p *lua.FunctionProto) (all []LoopStatus) {
	for _, l := range vm.Loops(L) {
		if l.Proto == p {
			all = append(all, statusOf(l))
		}
	}
	slices.SortFunc(all, func(a, b LoopStatus) int { return cmp.Compare(a.pc, b.pc) })
	return slices.DeleteFunc(all, func(s LoopStatus) bool {
		return !s.Compiled && slices.ContainsFunc(all, func(o LoopStatus) bool { return o.Compiled && o.first < s.first && s.pc < o.pc })
	})
}

// Reason tells why a function does not run as native code, "" if it does: at least
// one of its loops, and all that ran often.
func Reason(L *lua.LState, p *lua.FunctionProto) string {
	switch {
	case broken.Load():
		return "there is no native code on this machine"
	case !Enabled():
		return "native code is turned off"
	}
	all := Status(L, p)
	if len(all) == 0 {
		return where(p, 0) + " no loop of the function has run"
	}
	compiled := false
	for _, s := range all {
		if s.tried && !s.Compiled {
			return s.Where + " the loop is interpreted: " + s.Reason
		}
		compiled = compiled || s.Compiled
	}
	if !compiled {
		return all[0].Where + " the loop is interpreted: " + all[0].Reason
	}
	return ""
}

// Explain tells, for the end of a run, what became of each loop of an interpreter
// that ran often: a line for each, by the place in the script.
func Explain(L *lua.LState) string {
	byPlace := map[string]LoopStatus{}
	for _, l := range vm.Loops(L) {
		s := statusOf(l)
		if !s.tried {
			continue
		}
		if old, ok := byPlace[s.Where]; ok {
			s.Entries, s.turns, s.Compiled = s.Entries+old.Entries, s.turns+old.turns, s.Compiled || old.Compiled
		}
		byPlace[s.Where] = s
	}
	var lines []string
	for _, s := range byPlace {
		if s.Compiled {
			lines = append(lines, fmt.Sprintf("%s native, entered %d times, about %d instructions", s.Where, s.Entries, s.turns))
		} else {
			lines = append(lines, fmt.Sprintf("%s interpreted: %s", s.Where, s.Reason))
		}
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}

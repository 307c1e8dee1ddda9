package table

import (
	"cmp"
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

var chapterLine = regexp.MustCompile(`^/\* chapter: (.*) \*/$`)

// parseCalls reads calls.h. A wrong line is a mistake in this program: it
// panics at start-up.
func parseCalls(text string) []*Call {
	var calls []*Call
	chapter := ""
	for _, line := range strings.Split(text, "\n") {
		if m := chapterLine.FindStringSubmatch(line); m != nil {
			chapter = m[1]
		}
		if !strings.HasPrefix(line, "CALL(") {
			continue
		}
		f := fields(line)
		if len(f) != 9 {
			panic(fmt.Sprintf("table: %d fields, want 9: %s", len(f), line))
		}
		c := &Call{
			Index: len(calls), Name: f[0], Class: Class(f[1]), Since: f[2][1:2] + "." + f[2][2:],
			Section: unquote(f[3]), Chapter: chapter, Doc: unquote(f[8]), C: f[6] + " " + f[7],
		}
		c.Args = parseArgs(c.Name, unquote(f[4]), SlotX)
		c.Results = parseArgs(c.Name, unquote(f[5]), SlotR)
		calls = append(calls, c)
	}
	return calls
}

func parseConstants(text string) []Constant {
	var all []Constant
	for _, line := range strings.Split(text, "\n") {
		if !strings.HasPrefix(line, "CONST(") {
			continue
		}
		f := fields(line)
		all = append(all, Constant{Index: len(all), Kind: f[0], Name: f[1], Doc: unquote(f[2])})
	}
	return all
}

// fields cuts MACRO(a, "b, c", d(e, f)) at the commas of the outer level.
func fields(line string) []string {
	line = line[strings.IndexByte(line, '(')+1 : strings.LastIndexByte(line, ')')]
	var out []string
	depth, quoted, from := 0, false, 0
	for i, r := range line {
		switch {
		case r == '"':
			quoted = !quoted
		case quoted:
		case r == '(':
			depth++
		case r == ')':
			depth--
		case r == ',' && depth == 0:
			out = append(out, strings.TrimSpace(line[from:i]))
			from = i + 1
		}
	}
	return append(out, strings.TrimSpace(line[from:]))
}

func unquote(s string) string {
	u, err := strconv.Unquote(s)
	if err != nil {
		panic("table: not a string: " + s)
	}
	return u
}

var argWord = regexp.MustCompile(`^(?:(\w+):)?(\w+)(!free|!|~)?(<)?(?:\[(\S+)\])?(?:\(R(\d+)\))?(?:=(\S+))?$`)

// parseArgs reads "color:int[0..|UNDEFINED] key:int=0 comm". Words without a slot of their
// own take the next ones from next on; a result is one slot wide.
func parseArgs(call, text string, next int) []Arg {
	var args []Arg
	isResult := next == SlotR
	for _, word := range strings.Fields(text) {
		m := argWord.FindStringSubmatch(word)
		if m == nil {
			panic(fmt.Sprintf("table: %s: cannot read %q", call, word))
		}
		kind, ok := kindByName[m[2]]
		if !ok {
			panic(fmt.Sprintf("table: %s: no kind %q", call, m[2]))
		}
		a := Arg{Name: m[1], Kind: kind, Slot: -1, Default: m[7], Optional: m[7] != "", Required: m[3] == "!" || m[3] == "!free", Frees: m[3] == "!free", Same: m[3] == "~", Leads: m[4] != "", Range: parseRange(m[5])}
		row := kindRows[kind]
		a.Name = cmp.Or(a.Name, row.shown, row.name)
		switch {
		case row.wide == 0 || isResult && kind == Request:
		case row.slot >= 0 && !isResult:
			a.Slot = row.slot
		case isResult:
			a.Slot, next = next, next+1
		default:
			a.Slot, next = next, next+row.wide
		}
		if m[6] != "" {
			n, _ := strconv.Atoi(m[6])
			a.CountOf = SlotR + n
		}
		args = append(args, a)
	}
	tellApart(args)
	return args
}

// tellApart names the lists of a call that has them for both of its arrays, as the
// standard does.
func tellApart(args []Arg) {
	if c := (Call{Args: args}); !c.Takes(SCounts) || !c.Takes(RCounts) {
		return
	}
	for i := range args {
		args[i].Name = cmp.Or(kindRows[args[i].Kind].beside, args[i].Name)
	}
}

package launch

import (
	"fmt"
	"strings"
)

// Level says how much a finding matters.
type Level int

// Problem keeps workers from starting, Warning may in some uses, Fine does
// not.
const (
	Fine Level = iota
	Warning
	Problem
)

// Finding is one thing that was looked at, and what to do about it.
type Finding struct {
	Level Level
	Topic string
	Text  string
	Cure  string // "" where there is nothing to do
}

// Report is what Examine found, in the order in which it looked.
type Report []Finding

// Problems counts the findings that keep workers from starting.
func (r Report) Problems() (n int) {
	for _, f := range r {
		if f.Level == Problem {
			n++
		}
	}
	return n
}

// OK reports whether nothing keeps workers from starting.
func (r Report) OK() bool { return r.Problems() == 0 }

// String gives the report for people, a line for each finding and cure.
func (r Report) String() string {
	signs := [...]string{Fine: "ok  ", Warning: "warn", Problem: "FAIL"}
	var b strings.Builder
	for _, f := range r {
		fmt.Fprintf(&b, "%s  %-10s %s\n", signs[f.Level], f.Topic, f.Text)
		if f.Cure != "" {
			fmt.Fprintf(&b, "      %-10s → %s\n", "", f.Cure)
		}
	}
	return b.String()
}

func (r *Report) add(level Level, topic, cure, format string, args ...any) {
	*r = append(*r, Finding{level, topic, fmt.Sprintf(format, args...), cure})
}

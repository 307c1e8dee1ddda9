package table

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// Range says which whole numbers an argument, or each entry of a list, may be. The
// zero value allows all. calls.h has it in brackets behind the kind, with | between
// what is allowed:
//
//	0..              this number and greater ones
//	UNDEFINED        a constant
//	0+MODE_A+MODE_B  0, or a sum of constants; without the 0 at least one
//	comm             a rank of the communicator that the call is about
//	group            a rank of the group that is the first argument
//	tag              a tag
type Range struct {
	AtLeast bool // Least holds
	Least   int
	Names   []string // constants
	Flags   []string // constants that may be added
	Zero    bool     // of Flags none is needed
	Of      string   // "comm", "group" or "tag"
}

var leastWord = regexp.MustCompile(`^(\d+)\.\.$`)

func parseRange(text string) (r Range) {
	if text == "" {
		return r
	}
	for _, word := range strings.Split(text, "|") {
		m := leastWord.FindStringSubmatch(word)
		switch {
		case m != nil:
			r.AtLeast = true
			r.Least, _ = strconv.Atoi(m[1])
		case strings.Contains(word, "+"):
			word, r.Zero = strings.CutPrefix(word, "0+")
			r.Flags = strings.Split(word, "+")
		case word == "comm" || word == "group" || word == "tag":
			r.Of = word
		default:
			r.Names = append(r.Names, word)
		}
	}
	return r
}

// All reports whether every whole number is allowed.
func (r *Range) All() bool {
	return !r.AtLeast && r.Of == "" && len(r.Names) == 0 && len(r.Flags) == 0
}

// Allows reports whether n is allowed, in a range without Of; constant gives the
// value of a constant.
func (r *Range) Allows(n int, constant func(name string) int) bool {
	if r.AtLeast && n >= r.Least {
		return true
	}
	for _, name := range r.Names {
		if n == constant(name) {
			return true
		}
	}
	if len(r.Flags) == 0 || n <= 0 {
		return n == 0 && r.Zero
	}
	for _, name := range r.Flags {
		n &^= constant(name)
	}
	return n == 0
}

// String says what is allowed, to stand before "expected": "0 or more, or
// mpi.UNDEFINED,".
func (r *Range) String() string {
	names := alternatives(r.Names, " or ")
	switch {
	case len(r.Flags) == 1:
		return "0 or mpi." + r.Flags[0]
	case len(r.Flags) > 0 && r.Zero:
		return "0 or a sum of " + alternatives(r.Flags, " and ")
	case len(r.Flags) > 0:
		return "a sum of " + alternatives(r.Flags, " and ")
	case r.AtLeast && names != "":
		return fmt.Sprintf("%d or more, or %s,", r.Least, names)
	case r.AtLeast:
		return fmt.Sprintf("%d or more", r.Least)
	}
	return names
}

// alternatives lists constants: "mpi.A, mpi.B or mpi.C".
func alternatives(names []string, last string) string {
	var b strings.Builder
	for i, name := range names {
		switch {
		case i == 0:
		case i == len(names)-1:
			b.WriteString(last)
		default:
			b.WriteString(", ")
		}
		b.WriteString("mpi." + name)
	}
	return b.String()
}

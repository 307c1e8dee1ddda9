package tree

import (
	"fmt"
	"strings"
)

// words are what other languages begin statements with, and what Lua has instead.
var words = map[string]string{
	"continue": "Lua 5.1 has no continue: put the rest of the loop into an if",
	"elif":     "write elseif", "elsif": "write elseif",
	"def": "write function",
	"let": "write local", "var": "write local", "const": "write local",
	"pass": "nothing need stand there",
}

// signs are what other languages have between expressions, and what Lua has instead.
var signs = []struct{ sign, cure string }{
	{"!=", "not equal is ~="},
	{"!", "write not"},
	{"&&", "write and"},
	{"||", "write or"},
}

// cure says what Lua has in place of what a source has at the token that does not
// fit, by habit from another language; "" for anything else. expected is the token
// that must stand there, or "".
func (r *reader) cure(expected string) string {
	here, before := r.source[r.now.first:], r.source[:r.now.first]
	switch {
	case r.now.kind == end:
		if expected == "end" && r.elseIf > 0 {
			return fmt.Sprintf("the else if in line %d begins an if that wants an end of its own: elseif does not", r.elseIf)
		}
	case strings.HasPrefix(here, "//"), r.now.kind == "/" && strings.HasSuffix(before, "/"):
		return "there is no //: division without a remainder is math.floor(a / b), and a comment begins with --"
	case r.now.kind == "=" && (expected == "then" || expected == "do"):
		return "equal is =="
	case expected == "=":
		variable := strings.TrimSpace(r.source[r.begin:r.now.first])
		if cure := words[variable]; cure != "" {
			return cure
		}
		return r.compound(variable, here)
	}
	for _, s := range signs {
		if strings.HasPrefix(here, s.sign) {
			return s.cure
		}
	}
	return ""
}

// compound says how to write what other languages have += and ++ for.
func (r *reader) compound(variable, here string) string {
	operator := r.now.kind
	switch operator {
	case "+", "-", "*", "/", "%", "^", "..":
	default:
		return ""
	}
	operand := "…"
	switch after := here[len(operator):]; {
	case operator == "+" && strings.HasPrefix(after, "+"):
		return fmt.Sprintf("there is no ++: write %[1]s = %[1]s + 1", brief(variable))
	case strings.HasPrefix(after, "=") && !strings.HasPrefix(after, "=="):
		line, _, _ := strings.Cut(after[1:], "\n")
		t := tokens{source: line}
		if k := t.next(); k.kind == name || k.kind == figure {
			if t.next().kind == end {
				operand = line[k.first:k.after]
			}
		}
	default:
		return ""
	}
	return fmt.Sprintf("there is no %[1]s=: write %[2]s = %[2]s %[1]s %[3]s", operator, brief(variable), operand)
}

// brief is a variable as a message shows it.
func brief(variable string) string {
	if len(variable) > 30 || strings.ContainsAny(variable, "\n\r'\"") {
		return "x"
	}
	return variable
}

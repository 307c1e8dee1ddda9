package tree

import (
	"fmt"
	"strconv"

	"github.com/mpiclus/mpiclus-lua/internal/lua51/number"
)

// maxLevels is how deep a chunk may be nested, as stock Lua's LUAI_MAXCCALLS.
const maxLevels = 200

const tooDeep = "chunk has too many syntax levels"

// flaw is a mistake in a source.
type flaw struct {
	line int
	what string
	cure string // what to write instead, or ""
}

// look reads a source before gopher-lua parses it, for what that does not see:
// nesting so deep that the process would die of it, and what Lua 5.1 refuses
// (a statement that is nothing but ";", "f" with "(x)" on the next line, a
// number with letters behind it, an escape above \255). It returns the source
// with what gopher-lua would read otherwise than Lua 5.1 written in another way.
func look(source string) (string, *flaw) {
	l := looker{tokens: tokens{source: source, line: 1}, startsBlock: true}
	for {
		k := l.next()
		if k.kind == end {
			return l.edited(), nil
		}
		if f := l.take(k); f != nil {
			return "", f
		}
		l.prevEnd = l.line
	}
}

// looker is what is known of the tokens so far.
type looker struct {
	tokens
	prev        token
	prevEnd     int       // the line in which the last token ends
	open        []opening // brackets and blocks that are not closed
	startsBlock bool      // a statement has to begin
	prefixed    bool      // the tokens so far end what can be called
	names       bool      // in a list of names after local or for
	function    bool      // between function and its parameters
	cat, pow    int       // operators .. and ^ in the chain that is read
	unary       int       // operators not, - and # in a row
}

// opening is a bracket or a block that has begun. prefixed tells whether what
// is before it can be called, as in "f{}" and "f()".
type opening struct {
	kind     string
	prefixed bool
}

const parameters = "parameters"

// take goes on by one token.
func (l *looker) take(k token) *flaw {
	if what := l.refused(k); what != "" {
		return &flaw{line: k.line, what: what}
	}
	if k.kind == figure {
		l.plainNumber(k)
	}
	l.chains(k.kind)
	was := l.prefixed
	l.prefixed, l.startsBlock = false, false
	switch k.kind {
	case name:
		l.prefixed = !l.names && !l.function && l.prev.kind != "goto"
	case text, long:
		l.prefixed = was
	case ";":
		l.startsBlock = l.inside() != "{"
	case "(":
		if l.function {
			l.function = false
			l.open = append(l.open, opening{kind: parameters})
			break
		}
		fallthrough
	case "[", "{":
		l.open = append(l.open, opening{k.kind, was})
	case ")", "]", "}":
		switch last := l.pop(); last.kind {
		case parameters:
			l.startsBlock = true
		case "{":
			l.prefixed = last.prefixed
		default:
			l.prefixed = true
		}
	case "function": // two levels, as for stock Lua
		l.function = true
		l.open = append(l.open, opening{kind: "value"}, opening{kind: k.kind})
	case "elseif":
		l.pop()
	case "else":
		l.pop()
		fallthrough
	case "do", "then", "repeat":
		l.startsBlock = true
		l.open = append(l.open, opening{kind: k.kind})
	case "end":
		if l.pop().kind == "function" {
			l.pop()
		}
	case "until":
		l.pop()
	}
	l.names = k.kind == "local" || k.kind == "for" || l.names && (k.kind == name || k.kind == ",")
	l.prev = k
	if max(len(l.open), l.cat, l.pow, l.unary) > maxLevels {
		return &flaw{line: k.line, what: tooDeep}
	}
	return nil
}

// inside returns what the innermost bracket or block is.
func (l *looker) inside() string {
	if len(l.open) == 0 {
		return ""
	}
	return l.open[len(l.open)-1].kind
}

func (l *looker) pop() (last opening) {
	if n := len(l.open); n > 0 {
		last = l.open[n-1]
		l.open = l.open[:n-1]
	}
	return last
}

// chains counts operators whose right side is nested in the left one.
func (l *looker) chains(kind string) {
	switch kind {
	case "..":
		l.cat++
		l.pow, l.unary = 0, 0
	case "^":
		l.pow++
		l.unary = 0
	case "not", "#":
		l.unary++
	case "-":
		if l.prefixed || l.prev.kind == figure || l.prev.kind == text {
			l.pow, l.unary = 0, 0
		} else {
			l.unary++
		}
	case name, figure, text, long, "nil", "true", "false", "...", ".", ":", "(", ")", "[", "]", "{", "}":
		l.unary = 0
	case "+", "*", "/", "%":
		l.pow, l.unary = 0, 0
	default:
		l.cat, l.pow, l.unary = 0, 0, 0
	}
}

// refused reports why Lua 5.1 does not take a token, "" if it does or if the
// parser sees it.
func (l *looker) refused(k token) string {
	word := l.source[k.first:k.after]
	switch k.kind {
	case "(":
		if l.prefixed && k.line > l.prevEnd {
			return "ambiguous syntax (function call x new statement) near '('"
		}
	case ";", ",":
		if l.startsBlock && k.kind == ";" || l.inside() == "{" && (l.prev.kind == ";" || l.prev.kind == ",") {
			return "unexpected symbol near '" + k.kind + "'"
		}
	case figure:
		if _, ok := number.Parse(word); !ok {
			return fmt.Sprintf("malformed number near '%s'", word)
		}
	case text:
		if at := largeEscape(word); at >= 0 {
			return fmt.Sprintf("escape sequence too large near '%s'", word[:at])
		}
	}
	return ""
}

// largeEscape finds the begin of an escape for a byte above 255, -1 if there is
// none.
func largeEscape(word string) int {
	for at := 0; at < len(word); at++ {
		if word[at] != '\\' {
			continue
		}
		at++
		digits := 0
		for digits < 3 && at+digits < len(word) && isDigit(word[at+digits]) {
			digits++
		}
		if n, _ := strconv.Atoi(word[at : at+digits]); n > 255 {
			return at - 1
		}
	}
	return -1
}

// plainNumber has gopher-lua read a number as Lua 5.1 does that it would take
// for an octal one, or that is hexadecimal.
func (l *looker) plainNumber(k token) {
	word := l.source[k.first:k.after]
	if len(word) < 2 || word[0] != '0' || !isDigit(word[1]) && word[1]|' ' != 'x' {
		return
	}
	n, _ := number.Parse(word)
	l.edits = append(l.edits, edit{k.first, k.after, plain(n)})
}

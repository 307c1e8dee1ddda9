package tree

import "strings"

// The kinds of tokens that look takes apart; all others are their own text.
const (
	end    = ""
	name   = "<name>"
	figure = "<number>"
	text   = "<string>"
	long   = "<long string>"
)

// token is a word of a source. first and after are its bytes' places.
type token struct {
	kind         string
	line         int
	first, after int
}

// tokens reads a source from the left, as the Lua 5.1 manual has it (section
// 2.1). What is no token of Lua's is given byte by byte: the parser says so.
type tokens struct {
	source string
	at     int
	line   int
	edits  []edit // what gopher-lua would read otherwise
}

// edit is another text for the bytes from first to after.
type edit struct {
	first, after int
	text         string
}

func (t *tokens) peek(n int) byte {
	if t.at+n < len(t.source) {
		return t.source[t.at+n]
	}
	return 0
}

// edited is the source with the edits made.
func (t *tokens) edited() string {
	if len(t.edits) == 0 {
		return t.source
	}
	var b strings.Builder
	at := 0
	for _, e := range t.edits {
		b.WriteString(t.source[at:e.first])
		b.WriteString(e.text)
		at = e.after
	}
	b.WriteString(t.source[at:])
	return b.String()
}

// next returns the next token, whose kind is end after the last.
func (t *tokens) next() token {
	t.skip()
	k := token{line: t.line, first: t.at}
	switch c := t.peek(0); {
	case t.at >= len(t.source):
	case isLetter(c):
		for isLetter(t.peek(0)) || isDigit(t.peek(0)) {
			t.at++
		}
		k.kind = name
		if word := t.source[k.first:t.at]; reserved[word] {
			k.kind = word
		}
	case isDigit(c), c == '.' && isDigit(t.peek(1)):
		k.kind = figure
		t.number()
	case c == '"', c == '\'':
		k.kind = text
		t.quoted(c)
	case c == '[' && t.bracket() >= 0:
		k.kind = long
		t.long(t.bracket())
	default:
		for _, symbol := range symbols {
			if strings.HasPrefix(t.source[t.at:], symbol) {
				k.kind = symbol
				break
			}
		}
		if k.kind == end {
			k.kind = t.source[t.at : t.at+1]
		}
		t.at += len(k.kind)
	}
	k.after = t.at
	return k
}

// symbols are the tokens of several bytes, the longest first.
var symbols = []string{"...", "..", "==", "~=", "<=", ">=", "::"}

var reserved = map[string]bool{
	"and": true, "break": true, "do": true, "else": true, "elseif": true, "end": true, "false": true, "for": true, "function": true, "goto": true,
	"if": true, "in": true, "local": true, "nil": true, "not": true, "or": true, "repeat": true, "return": true, "then": true, "true": true,
	"until": true, "while": true,
}

func isLetter(c byte) bool { return c == '_' || c|' ' >= 'a' && c|' ' <= 'z' }
func isDigit(c byte) bool  { return c >= '0' && c <= '9' }

// skip goes on to the next token, past white space and comments.
func (t *tokens) skip() {
	for t.at < len(t.source) {
		switch c := t.source[t.at]; {
		case c == '\n' || c == '\r':
			t.newline()
		case c == ' ' || c == '\t':
			t.at++
		case c == '\v' || c == '\f':
			t.edits = append(t.edits, edit{t.at, t.at + 1, " "})
			t.at++
		case c == '-' && t.peek(1) == '-':
			t.comment()
		default:
			return
		}
	}
}

// newline goes past the end of a line, which may be of two bytes.
func (t *tokens) newline() {
	if c, d := t.source[t.at], t.peek(1); c != d && (d == '\n' || d == '\r') {
		t.at++
	}
	t.at++
	t.line++
}

func (t *tokens) comment() {
	first := t.at
	t.at += 2
	if t.peek(0) == '[' {
		if level := t.bracket(); level >= 0 {
			t.long(level)
			return
		}
	}
	odd := t.peek(0) == '[' && t.peek(1) == '=' // gopher-lua takes it for a long one
	for t.at < len(t.source) && t.source[t.at] != '\n' && t.source[t.at] != '\r' {
		t.at++
	}
	if odd {
		t.edits = append(t.edits, edit{first, t.at, ""})
	}
}

// bracket returns the level of the long bracket that begins here, -1 if none does.
func (t *tokens) bracket() int {
	level := 0
	for t.peek(1+level) == '=' {
		level++
	}
	if t.peek(1+level) != '[' {
		return -1
	}
	return level
}

// long goes past a long string or comment, to the end of the source if it has
// no end.
func (t *tokens) long(level int) {
	t.at += level + 2
	closing := "]" + strings.Repeat("=", level) + "]"
	for t.at < len(t.source) {
		switch c := t.source[t.at]; {
		case c == '\n' || c == '\r':
			t.newline()
		case c == ']' && strings.HasPrefix(t.source[t.at:], closing):
			t.at += len(closing)
			return
		default:
			t.at++
		}
	}
}

// quoted goes past a string; one that is not closed ends with its line.
func (t *tokens) quoted(quote byte) {
	t.at++
	for t.at < len(t.source) {
		switch c := t.source[t.at]; {
		case c == '\\' && (t.peek(1) == '\n' || t.peek(1) == '\r'):
			t.at++
			t.newline()
		case c == '\\':
			t.at = min(t.at+2, len(t.source))
		case c == '\n' || c == '\r':
			return
		default:
			t.at++
			if c == quote {
				return
			}
		}
	}
}

// number goes past what Lua 5.1 reads as a number: digits and points, an
// exponent, and all letters and digits that follow.
func (t *tokens) number() {
	for isDigit(t.peek(0)) || t.peek(0) == '.' {
		t.at++
	}
	if t.peek(0)|' ' == 'e' {
		t.at++
		if c := t.peek(0); c == '+' || c == '-' {
			t.at++
		}
	}
	for isLetter(t.peek(0)) || isDigit(t.peek(0)) {
		t.at++
	}
}

// IsName reports whether a text can be the name of a variable.
func IsName(s string) bool {
	for i, r := range s {
		letter := r == '_' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z'
		if !letter && (i == 0 || r < '0' || r > '9') {
			return false
		}
	}
	return s != "" && !reserved[s]
}

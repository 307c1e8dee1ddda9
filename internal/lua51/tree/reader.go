package tree

import (
	"fmt"
	"strings"

	"github.com/mpiclus/mpiclus-lua/internal/lua51/number"
)

// reader reads a source by the grammar of Lua 5.1's manual, section 8, and stops
// at the first token that does not fit, by a panic with a flaw.
type reader struct {
	tokens
	now      token
	before   int // the line of the token before
	ahead    *token
	function *within
	levels   int
	begin    int // the place of the statement that is read
	elseIf   int // the first line with else and if beside each other, or 0
}

// within is what is known of the function that is read.
type within struct {
	vararg bool
	loops  int
}

func (r *reader) fail(format string, args ...any) {
	r.failFor("", format, args...)
}

// failFor is fail where one token alone would fit.
func (r *reader) failFor(expected, format string, args ...any) {
	panic(&flaw{r.line, fmt.Sprintf(format, args...) + " near '" + r.word(r.now) + "'", r.cure(expected)})
}

func (r *reader) failNear(word, format string, args ...any) {
	panic(&flaw{line: r.line, what: fmt.Sprintf(format, args...) + " near '" + word + "'"})
}

// word is a token as messages show it.
func (r *reader) word(k token) string {
	if k.kind == end {
		return "<eof>"
	}
	word := r.source[k.first:k.after]
	switch k.kind {
	case text:
		return read(word)
	case long: // without the newline that it may begin with
		begin := longLevel(word) + 2
		return word[:begin] + strings.TrimPrefix(word[begin:], "\n")
	}
	if c := word[0]; len(word) == 1 && (c < ' ' || c == 0x7f) {
		return fmt.Sprintf("char(%d)", c)
	}
	return word
}

// letters are what escapes of a letter stand for.
var letters = map[byte]byte{'a': '\a', 'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t', 'v': '\v'}

// read is a quoted string as stock Lua's messages show it: with its quotes, what
// escapes stand for, and up to a zero byte.
func read(word string) string {
	b := make([]byte, 0, len(word))
	for at := 0; at < len(word); at++ {
		c := word[at]
		if c == '\\' && at+1 < len(word) {
			at++
			c = word[at]
			if letter, ok := letters[c]; ok {
				c = letter
			} else if isDigit(c) {
				n := 0
				for digits := 0; digits < 3 && at < len(word) && isDigit(word[at]); digits++ {
					n = n*10 + int(word[at]-'0')
					at++
				}
				at--
				c = byte(n)
			}
		}
		if c == 0 {
			break
		}
		b = append(b, c)
	}
	return string(b)
}

// advance goes on to the next token.
func (r *reader) advance() {
	r.before = r.line
	if r.ahead != nil {
		r.now, r.ahead = *r.ahead, nil
		return
	}
	r.now = r.lex()
}

// lex gives the next token, and fails at one that is not closed.
func (r *reader) lex() token {
	at := r.at
	k := r.next()
	if r.unclosed(at, k.first) {
		r.failNear("<eof>", "unfinished long comment")
	}
	word := r.source[k.first:k.after]
	switch k.kind {
	case text:
		if at := largeEscape(word); at >= 0 {
			r.failNear(read(word[:at]), "escape sequence too large")
		}
		switch {
		case closed(word):
		case k.after == len(r.source):
			r.failNear("<eof>", "unfinished string")
		default:
			r.failNear(read(word), "unfinished string")
		}
	case long:
		if level := longLevel(word); len(word) < 2*(level+2) || word[len(word)-1] != ']' || word[len(word)-level-2] != ']' {
			r.failNear("<eof>", "unfinished long string")
		}
	case figure:
		if _, ok := number.Parse(word); !ok {
			r.failNear(word, "malformed number")
		}
	case "[":
		if r.peek(0) == '=' {
			end := r.at
			for r.peek(end-r.at) == '=' {
				end++
			}
			r.failNear(r.source[k.first:end], "invalid long string delimiter")
		}
	}
	return k
}

// unclosed tells whether what was skipped before a token, from at to first, ends
// in a long comment without an end.
func (r *reader) unclosed(at, first int) bool {
	if first < len(r.source) {
		return false
	}
	t := tokens{source: r.source, at: at}
	for t.at < first {
		if t.peek(0) != '-' || t.peek(1) != '-' {
			t.at++
			continue
		}
		begin := t.at
		t.at += 2
		level := -1
		if t.peek(0) == '[' {
			level = t.bracket()
		}
		t.at = begin
		t.comment()
		if word := r.source[begin:t.at]; level >= 0 && (len(word) < 2*(level+2)+2 || word[len(word)-1] != ']' || word[len(word)-level-2] != ']') {
			return true
		}
	}
	return false
}

// closed tells whether a quoted string ends with its quote.
func closed(word string) bool {
	for at := 1; at < len(word); at++ {
		switch word[at] {
		case '\\':
			at++
		case word[0]:
			return at == len(word)-1
		}
	}
	return false
}

func longLevel(word string) (level int) {
	for word[1+level] == '=' {
		level++
	}
	return level
}

func (r *reader) is(kinds ...string) bool {
	for _, k := range kinds {
		if r.now.kind == k || k == text && r.now.kind == long {
			return true
		}
	}
	return false
}

// take goes past a token if it is there.
func (r *reader) take(kind string) bool {
	if !r.is(kind) {
		return false
	}
	r.advance()
	return true
}

func (r *reader) check(kind string) {
	if !r.is(kind) {
		word := kind
		if kind == end {
			word = "<eof>"
		}
		r.failFor(kind, "'%s' expected", word)
	}
}

func (r *reader) need(kind string) {
	r.check(kind)
	r.advance()
}

// match goes past what closes something that was opened in a line.
func (r *reader) match(what, who string, line int) {
	if !r.is(what) && line != r.line {
		r.failFor(what, "'%s' expected (to close '%s' at line %d)", what, who, line)
	}
	r.need(what)
}

// level counts what is nested: what is too deep is told elsewhere.
func (r *reader) level(inside func()) {
	if r.levels++; r.levels > maxLevels {
		panic(&flaw{})
	}
	inside()
	r.levels--
}

// isAhead tells whether a token follows the present one.
func (r *reader) isAhead(kind string) bool {
	if r.ahead == nil {
		k := r.lex()
		r.ahead = &k
	}
	return r.ahead.kind == kind
}

package stdlib

import (
	"strings"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/lua51/pattern"
)

// host is the thread that a pattern is matched for.
type host lua.LState

func (h *host) Fail(message string) { raise((*lua.LState)(h), "%s", message) }

func (h *host) Check() {
	L := (*lua.LState)(h)
	if check := envOf(L).Check; check != nil {
		check(L)
	}
}

// maxPatterns and maxPatternLength limit what an interpreter remembers of the
// patterns that it has used.
const (
	maxPatterns      = 500
	maxPatternLength = 200
)

// patterns are compiled patterns, by their source.
type patterns struct {
	anchors bool // whether ^ at the beginning is one
	known   map[string]*pattern.Pattern
}

func (c *patterns) of(source string) *pattern.Pattern {
	p, ok := c.known[source]
	if ok {
		return p
	}
	p = pattern.Compile(source, c.anchors)
	if len(c.known) >= maxPatterns || c.known == nil {
		c.known = map[string]*pattern.Pattern{}
	}
	if len(source) <= maxPatternLength {
		c.known[strings.Clone(source)] = p // which may be a part of something large
	}
	return p
}

// specials are the bytes for which a pattern is more than a text.
const specials = "^$*+?.([%-"

// isPlain reports whether a pattern stands for itself. As in C it is looked at
// up to a zero byte.
func isPlain(p string) bool {
	for i := 0; i < len(p) && p[i] != 0; i++ {
		if strings.IndexByte(specials, p[i]) >= 0 {
			return false
		}
	}
	return true
}

func (c *patterns) find(L *lua.LState) int { return c.search(L, true) }

func (c *patterns) match(L *lua.LState) int { return c.search(L, false) }

func (c *patterns) search(L *lua.LState, find bool) int {
	s, p := checkString(L, 1), checkString(L, 2)
	from := 0
	if L.GetTop() > 2 {
		from = int(min(max(fromEnd(optInteger(L, 3, 1), len(s))-1, 0), int64(len(s))))
	}
	if find && (L.GetTop() > 3 && lua.LVAsBool(L.Get(4)) || isPlain(p)) {
		at := strings.Index(s[from:], p)
		if at < 0 {
			L.Push(lua.LNil)
			return 1
		}
		L.Push(wholeValue(from + at + 1))
		L.Push(wholeValue(from + at + len(p)))
		return 2
	}
	m := pattern.Matcher{Subject: s, Pattern: c.of(p), Host: (*host)(L)}
	start, end := m.Find(from)
	if start < 0 {
		L.Push(lua.LNil)
		return 1
	}
	if find {
		L.Push(wholeValue(start + 1))
		L.Push(wholeValue(end))
		return 2 + pushCaptures(L, &m, -1, 0)
	}
	return pushCaptures(L, &m, start, end)
}

// pushCaptures pushes all captures of the last match of m, or the match itself,
// when it has no captures and start is not negative.
func pushCaptures(L *lua.LState, m *pattern.Matcher, start, end int) int {
	n := m.Captures()
	if n == 0 && start >= 0 {
		L.Push(stringValue(m.Subject[start:end]))
		return 1
	}
	for i := range n {
		L.Push(captured(m, i))
	}
	return n
}

// captured returns a capture as a value: a text, or a position.
func captured(m *pattern.Matcher, n int) lua.LValue {
	at, length := m.Capture(n)
	if length < 0 {
		return wholeValue(at + 1)
	}
	return stringValue(m.Subject[at : at+length])
}

func (c *patterns) gmatch(L *lua.LState) int {
	s, compiled, at := checkString(L, 1), c.of(checkString(L, 2)), 0
	L.Push(L.NewFunction(func(L *lua.LState) int {
		m := pattern.Matcher{Subject: s, Pattern: compiled, Host: (*host)(L)}
		if at > len(s) {
			return 0
		}
		start, end := m.Find(at)
		if start < 0 {
			return 0
		}
		if at = end; start == end {
			at++ // go on after a match of nothing
		}
		return pushCaptures(L, &m, start, end)
	}))
	return 1
}

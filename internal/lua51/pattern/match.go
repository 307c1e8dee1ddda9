package pattern

import (
	"math/bits"
	"strings"
)

// Host is what a matcher works for.
type Host interface {
	// Fail is told of a fault in the pattern. It does not return: it panics.
	Fail(message string)
	// Check is asked now and then while a match takes long; it panics to end
	// the match.
	Check()
}

const (
	// work is how many steps lie between two calls of Host.Check: about a
	// millisecond.
	work = 1 << 18
	// maxDepth is how many items may wait for what follows them: a pattern of
	// so many takes a few hundred megabytes. C Lua crashes long before.
	maxDepth = 200_000
)

// position is the length of a capture () in Capture.
const position = -1

// capture is where a capture begins and how long it is.
type capture struct{ start, length int }

// Matcher finds where a pattern matches in one subject. Fill in the subject, the
// pattern and the host; it is for one goroutine.
type Matcher struct {
	Subject string
	Pattern *Pattern
	Host    Host

	captures [MaxCaptures]capture
	state
	steps int
	depth int
}

// state is what of the captures is undone when the matcher goes back.
type state struct {
	level      int    // how many captures there are
	unfinished uint32 // a bit for each that is not closed yet
}

// Find returns the first match that begins at from or later: its first byte, and
// the byte after it; a start of -1 tells that there is none. With an anchored
// pattern only from itself is tried.
func (m *Matcher) Find(from int) (start, end int) {
	if m.Pattern.Anchored {
		if end = m.Match(from); end < 0 {
			return -1, -1
		}
		return from, end
	}
	for start = from; start <= len(m.Subject); start++ {
		if start = m.candidate(start); start < 0 {
			break
		}
		m.spend(1)
		if end = m.Match(start); end >= 0 {
			return start, end
		}
	}
	return -1, -1
}

// candidate returns the next place from which a match may begin, -1 if there is
// none.
func (m *Matcher) candidate(from int) int {
	switch first := &m.Pattern.first; first.op {
	case opByte:
		at := strings.IndexByte(m.Subject[from:], first.c)
		if at < 0 {
			return -1
		}
		return from + at
	case opSet:
		in, s := first.set, m.Subject
		for from < len(s) && !in[s[from]] {
			from++
		}
		if from == len(s) {
			return -1
		}
	}
	return from
}

// Match returns the byte after the match that begins at a place, -1 if there is
// none.
func (m *Matcher) Match(at int) int {
	m.state = state{}
	m.depth = 0
	return m.match(at, 0)
}

// Captures returns how many captures the last match has.
func (m *Matcher) Captures() int { return m.level }

// Capture returns capture n of the last match, counted from 0. The length is -1
// for a position capture.
func (m *Matcher) Capture(n int) (start, length int) {
	if m.unfinished>>n&1 != 0 {
		m.Host.Fail("unfinished capture")
	}
	return m.captures[n].start, m.captures[n].length
}

// spend counts steps.
func (m *Matcher) spend(steps int) {
	if m.steps += steps; m.steps > work {
		m.steps = 0
		m.Host.Check()
	}
}

// match returns where what begins with item n of the pattern ends when it begins
// at s, -1 if it does not match. A failed match leaves captures behind: who tries
// something else puts the state back. It calls itself only where there is
// something else to try, so it is nested no deeper than the pattern is long.
func (m *Matcher) match(s, n int) int {
	subject, items := m.Subject, m.Pattern.items
	for ; ; n++ {
		switch it := &items[n]; it.op {
		case opByte:
			if s >= len(subject) || subject[s] != it.c {
				return -1
			}
			s++
		case opAny:
			if s >= len(subject) {
				return -1
			}
			s++
		case opSet:
			if s >= len(subject) || !it.set[subject[s]] {
				return -1
			}
			s++
		case opStar:
			return m.longest(s, s, n)
		case opPlus:
			return m.longest(s, s+1, n)
		case opMinus:
			return m.shortest(s, n)
		case opOptional:
			if it.has(subject, s) {
				before := m.state
				if end := m.deeper(s+1, n+1); end >= 0 {
					return end
				}
				m.state = before
			}
		case opAccept:
			return s
		case opEnd:
			if s == len(subject) {
				return s
			}
			return -1
		default:
			if s = m.special(it, s); s < 0 {
				return -1
			}
		}
	}
}

// special does the items that are rare; it returns where what follows begins, -1
// where there is no match.
func (m *Matcher) special(it *item, s int) int {
	switch it.op {
	case opOpen, opPosition:
		if m.level >= MaxCaptures {
			m.Host.Fail("too many captures")
		}
		m.captures[m.level] = capture{s, position}
		if it.op == opOpen {
			m.unfinished |= 1 << m.level
		}
		m.level++
	case opClose:
		last := bits.Len32(m.unfinished) - 1
		if last < 0 {
			m.Host.Fail("invalid pattern capture")
		}
		m.captures[last].length = s - m.captures[last].start
		m.unfinished &^= 1 << last
	case opBack:
		return m.again(int(it.c)-'1', s)
	case opBalance:
		return m.balance(it, s)
	case opFrontier:
		before, after := byte(0), byte(0)
		if s > 0 {
			before = m.Subject[s-1]
		}
		if s < len(m.Subject) {
			after = m.Subject[s]
		}
		if it.set[before] || !it.set[after] {
			return -1
		}
	case opFault:
		m.Host.Fail(it.fault)
	}
	return s
}

// again matches what a capture has matched.
func (m *Matcher) again(n, s int) int {
	if n < 0 || n >= m.level || m.unfinished>>n&1 != 0 {
		m.Host.Fail("invalid capture index")
	}
	c := m.captures[n]
	if c.length == position {
		return -1
	}
	if text := m.Subject[c.start : c.start+c.length]; strings.HasPrefix(m.Subject[s:], text) {
		m.spend(c.length >> 3)
		return s + c.length
	}
	return -1
}

// balance matches %bxy.
func (m *Matcher) balance(it *item, s int) int {
	subject := m.Subject
	if s >= len(subject) || subject[s] != it.c {
		return -1
	}
	open := 1
	for i := s + 1; i < len(subject); i++ {
		switch subject[i] {
		case it.d:
			if open--; open == 0 {
				m.spend((i - s) >> 1)
				return i + 1
			}
		case it.c:
			open++
		}
	}
	m.spend((len(subject) - s) >> 1)
	return -1
}

// has reports whether a repeated item matches the byte at s.
func (it *item) has(subject string, s int) bool {
	if s >= len(subject) {
		return false
	}
	switch it.single {
	case opByte:
		return subject[s] == it.c
	case opSet:
		return it.set[subject[s]]
	}
	return true
}

// run returns the end of the bytes from s on that a repeated item matches.
func (it *item) run(subject string, s int) int {
	switch it.single {
	case opByte:
		for s < len(subject) && subject[s] == it.c {
			s++
		}
	case opSet:
		in := it.set
		for s < len(subject) && in[subject[s]] {
			s++
		}
	default:
		s = max(s, len(subject))
	}
	return s
}

// longest matches item n, which begins at s and ends at least or later, as
// often as it can be, and what follows it.
func (m *Matcher) longest(s, least, n int) int {
	it, next := &m.Pattern.items[n], &m.Pattern.items[n+1]
	end := it.run(m.Subject, s)
	m.spend((end - s) >> 2)
	switch next.op {
	case opAccept:
		if end < least {
			return -1
		}
		return end
	case opByte: // most places are seen not to fit without a call
		for ; end >= least; end-- {
			if end < len(m.Subject) && m.Subject[end] == next.c {
				before := m.state
				if r := m.deeper(end+1, n+2); r >= 0 {
					return r
				}
				m.state = before
			}
			m.steps++
		}
		return -1
	}
	before := m.state
	for ; end >= least; end-- {
		if r := m.deeper(end, n+1); r >= 0 {
			return r
		}
		m.state = before
	}
	return -1
}

// shortest matches item n as rarely as it can be, and what follows it.
func (m *Matcher) shortest(s, n int) int {
	it, next := &m.Pattern.items[n], &m.Pattern.items[n+1]
	if next.op == opAccept {
		return s
	}
	before := m.state
	for ; ; s++ {
		if next.op != opByte {
			if r := m.deeper(s, n+1); r >= 0 {
				return r
			}
			m.state = before
		} else if s < len(m.Subject) && m.Subject[s] == next.c {
			if r := m.deeper(s+1, n+2); r >= 0 {
				return r
			}
			m.state = before
		}
		if !it.has(m.Subject, s) {
			return -1
		}
		m.steps++
	}
}

// deeper is match for something that is tried.
func (m *Matcher) deeper(s, n int) int {
	m.spend(1)
	if m.depth++; m.depth > maxDepth {
		m.Host.Fail("pattern too complex")
	}
	end := m.match(s, n)
	m.depth--
	return end
}

// Package pattern matches the patterns of Lua 5.1 (manual, section 5.4.1) over
// bytes. What C Lua leaves open or does by its way of matching is done the same
// way: a zero byte ends a pattern, and a fault in a pattern is told when the
// matcher comes to it, in lua5.1's words.
package pattern

import "strings"

// MaxCaptures is how many captures a pattern may have: C's LUA_MAXCAPTURES.
const MaxCaptures = 32

// op says what an item of a pattern does.
type op uint8

const (
	opAccept   op = iota // the end of the pattern
	opByte               // one byte, c
	opAny                // any byte
	opSet                // a byte of set
	opOptional           // single?
	opStar               // single*
	opPlus               // single+
	opMinus              // single-
	opOpen               // (
	opPosition           // ()
	opClose              // )
	opBack               // %1: c is the digit
	opBalance            // %bcd
	opFrontier           // %f and set
	opEnd                // $ at the end
	opFault              // what is malformed, as fault says
)

// item is one item of a compiled pattern.
type item struct {
	op     op
	single op // opByte, opAny or opSet: what a repeated item repeats
	c, d   byte
	set    *set
	fault  string
}

// Pattern is a compiled pattern. It can be used by several matchers at once.
type Pattern struct {
	items []item
	// Anchored reports whether the pattern began with ^ and Compile was told
	// that this is an anchor.
	Anchored bool
	first    item // what each match begins with: opByte, opSet, or opAccept for anything
}

const (
	faultEscape   = "malformed pattern (ends with '%')"
	faultBracket  = "malformed pattern (missing ']')"
	faultFrontier = "missing '[' after '%f' in pattern"
	faultBalance  = "unbalanced pattern"
)

// Compile reads a pattern. A ^ at its beginning is an anchor if anchors are
// wanted, or else a byte like others, as string.gmatch has it. Faults of the
// pattern are told by the matcher that comes to them.
func Compile(source string, anchors bool) *Pattern {
	if end := strings.IndexByte(source, 0); end >= 0 {
		source = source[:end]
	}
	p := &Pattern{}
	if anchors && strings.HasPrefix(source, "^") {
		p.Anchored = true
		source = source[1:]
	}
	p.items = make([]item, 0, len(source)+1)
	for source != "" {
		var it item
		it, source = next(source)
		p.items = append(p.items, it)
		if it.op == opFault {
			return p
		}
	}
	p.items = append(p.items, item{op: opAccept})
	p.first = p.beginning()
	return p
}

// next reads the first item of a pattern that is not empty.
func next(s string) (it item, rest string) {
	switch s[0] {
	case '(':
		if len(s) > 1 && s[1] == ')' {
			return item{op: opPosition}, s[2:]
		}
		return item{op: opOpen}, s[1:]
	case ')':
		return item{op: opClose}, s[1:]
	case '$':
		if len(s) == 1 {
			return item{op: opEnd}, ""
		}
	case '%':
		if len(s) > 1 {
			switch c := s[1]; {
			case c == 'b':
				if len(s) < 4 {
					return item{op: opFault, fault: faultBalance}, ""
				}
				return item{op: opBalance, c: s[2], d: s[3]}, s[4:]
			case c == 'f':
				return frontier(s[2:])
			case c >= '0' && c <= '9':
				return item{op: opBack, c: c}, s[2:]
			}
		}
	}
	it, rest = single(s)
	if rest == "" || it.op == opFault {
		return it, rest
	}
	repeated := map[byte]op{'?': opOptional, '*': opStar, '+': opPlus, '-': opMinus}[rest[0]]
	if repeated == opAccept {
		return it, rest
	}
	it.op, it.single = repeated, it.op
	return it, rest[1:]
}

// frontier reads what follows %f.
func frontier(s string) (it item, rest string) {
	if s == "" || s[0] != '[' {
		return item{op: opFault, fault: faultFrontier}, ""
	}
	it, rest = single(s)
	if it.op == opSet {
		it.op = opFrontier
	}
	return it, rest
}

// single reads what stands for one byte.
func single(s string) (it item, rest string) {
	switch s[0] {
	case '.':
		return item{op: opAny}, s[1:]
	case '[':
		end := bracketEnd(s)
		if end < 0 {
			return item{op: opFault, fault: faultBracket}, ""
		}
		return item{op: opSet, set: bracket(s[1:end])}, s[end+1:]
	case '%':
		if len(s) == 1 {
			return item{op: opFault, fault: faultEscape}, ""
		}
		if class := classes[s[1]]; class != nil {
			return item{op: opSet, set: class}, s[2:]
		}
		return item{op: opByte, c: s[1]}, s[2:]
	}
	return item{op: opByte, c: s[0]}, s[1:]
}

// bracketEnd returns the index of the ] that ends the set at the beginning of s,
// -1 if there is none. The first byte of a set is never its end.
func bracketEnd(s string) int {
	i := 1
	if i < len(s) && s[i] == '^' {
		i++
	}
	for first := true; i < len(s); first = false {
		switch {
		case s[i] == ']' && !first:
			return i
		case s[i] == '%' && i+1 < len(s):
			i += 2
		default:
			i++
		}
	}
	return -1
}

// beginning reports what each match of the pattern begins with, as far as that
// lets the matcher pass over places where it could only fail in silence.
func (p *Pattern) beginning() item {
	for n, it := range p.items {
		switch it.op {
		case opOpen, opPosition:
			if n >= MaxCaptures {
				return item{}
			}
		case opByte, opSet:
			return it
		case opPlus:
			if it.op = it.single; it.op == opAny {
				return item{}
			}
			return it
		default:
			return item{}
		}
	}
	return item{}
}

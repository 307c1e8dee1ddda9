package stdlib

import (
	"bytes"
	"strings"
	"unsafe"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/lua51/number"
)

// readFormats reads what the arguments of a read function from first on ask
// for, and pushes it (manual, file:read). It returns the number of results.
func readFormats(L *lua.LState, s *stream, first int) int {
	s.failed = nil
	last := L.GetTop()
	if last < first {
		return readResult(L, s, s.readLine(L), 1)
	}
	n := 0
	for arg := first; arg <= last; arg++ {
		v := s.readFormat(L, arg)
		n++
		if v == nil || s.failed != nil {
			return readResult(L, s, nil, n)
		}
		L.Push(v)
	}
	return n
}

// readResult pushes the last of n results: nil for one that was not there, or
// in place of all of them the error that the system has told.
func readResult(L *lua.LState, s *stream, v lua.LValue, n int) int {
	if s.failed != nil {
		return failure(L, s.failed)
	}
	if v == nil {
		v = lua.LNil
	}
	L.Push(v)
	return n
}

// readFormat reads what one argument asks for; nil if that is not there.
func (s *stream) readFormat(L *lua.LState, arg int) lua.LValue {
	if n, ok := L.Get(arg).(lua.LNumber); ok {
		if n := number.ToInteger(float64(n)); n != 0 {
			return s.readChars(L, uint64(n))
		}
		if len(s.in) > 0 || s.fill(L) {
			return lua.LString("")
		}
		return nil
	}
	format, ok := L.Get(arg).(lua.LString)
	if !ok || format == "" || format[0] != '*' {
		argError(L, arg, "invalid option")
	}
	if len(format) > 1 {
		switch format[1] {
		case 'n':
			return s.readNumber(L)
		case 'l':
			return s.readLine(L)
		case 'a':
			if all := s.readChars(L, 1<<63); all != nil {
				return all
			}
			return lua.LString("")
		}
	}
	argError(L, arg, "invalid format")
	return nil
}

// readLine reads to the end of a line, which is not part of the result; nil at
// the end of the file.
func (s *stream) readLine(L *lua.LState) lua.LValue {
	var begin []byte // of a line that is longer than what was read at once
	for {
		if end := bytes.IndexByte(s.in, '\n'); end >= 0 {
			line := text(begin, s.in[:end])
			s.in = s.in[end+1:]
			return line
		}
		begin = append(begin, s.in...)
		s.in = nil
		if !s.fill(L) {
			if len(begin) == 0 || s.failed != nil {
				return nil
			}
			return text(begin, nil)
		}
	}
}

// text returns the string of two pieces.
func text(begin, end []byte) lua.LValue {
	if len(begin) == 0 {
		return lua.LString(end)
	}
	begin = append(begin, end...)
	return lua.LString(unsafe.String(unsafe.SliceData(begin), len(begin))) // which nobody else holds
}

// readChars reads up to n bytes; nil at the end of the file.
func (s *stream) readChars(L *lua.LState, n uint64) lua.LValue {
	if uint64(len(s.in)) >= n {
		piece := s.in[:n]
		s.in = s.in[n:]
		return lua.LString(piece)
	}
	var all []byte
	for n > 0 {
		if len(s.in) == 0 && !s.fill(L) {
			break
		}
		take := min(n, uint64(len(s.in)))
		all = append(all, s.in[:take]...)
		s.in = s.in[take:]
		n -= take
	}
	if len(all) == 0 || s.failed != nil {
		return nil
	}
	return text(all, nil)
}

// peek returns the next byte, and reports whether there is one.
func (s *stream) peek(L *lua.LState) (byte, bool) {
	if len(s.in) == 0 && !s.fill(L) {
		return 0, false
	}
	return s.in[0], true
}

// readNumber reads a number as C's fscanf with "%lf" does: white space before
// it is skipped, as much is read as could be of a number, and what has been read
// of something that turns out to be none is gone.
func (s *stream) readNumber(L *lua.LState) lua.LValue {
	if s.unread { // fscanf does not call this an error
		return nil
	}
	for {
		c, ok := s.peek(L)
		if !ok {
			return nil
		}
		if c != ' ' && (c < '\t' || c > '\r') {
			break
		}
		s.in = s.in[1:]
	}
	r := numberReader{s: s, L: L}
	if !r.number() {
		return nil
	}
	for end := len(r.text); end > 0; end-- { // "1e+" is 1
		if x, ok := number.Parse(string(r.text[:end])); ok {
			return lua.LNumber(x)
		}
	}
	return nil
}

// numberReader reads the text of a number, byte by byte.
type numberReader struct {
	s    *stream
	L    *lua.LState
	text []byte
}

// take reads the next byte if it is one of some.
func (r *numberReader) take(some string) bool {
	c, ok := r.s.peek(r.L)
	if !ok || strings.IndexByte(some, c) < 0 {
		return false
	}
	r.text = append(r.text, c)
	r.s.in = r.s.in[1:]
	return true
}

// word reads a word in either case, and reports whether it is there whole. The
// first byte that is another one is read too.
func (r *numberReader) word(lower string) bool {
	for i := range len(lower) {
		if r.take(lower[i:i+1] + strings.ToUpper(lower[i:i+1])) {
			continue
		}
		if _, ok := r.s.peek(r.L); ok {
			r.s.in = r.s.in[1:]
		}
		return false
	}
	return true
}

// number reads what could be of a number, and reports whether there was
// anything of one.
func (r *numberReader) number() bool {
	r.take("+-")
	signed := len(r.text)
	switch {
	case r.take("nN"):
		return r.word("an")
	case r.take("iI"):
		return r.word("nf") && (!r.take("iI") || r.word("nity"))
	}
	digits, exponent, found, hex := "0123456789", "eE", false, 0
	if r.take("0") {
		found = true
		if r.take("xX") {
			digits, exponent, found, hex = "0123456789abcdefABCDEF", "pP", false, 2
		}
	}
	for dot := false; ; {
		if r.take(digits) {
			found = true
		} else if dot || !r.take(".") {
			break
		} else {
			dot = true
		}
	}
	if found && r.take(exponent) {
		r.take("+-")
		for r.take("0123456789") {
		}
	}
	return len(r.text) > signed+hex
}

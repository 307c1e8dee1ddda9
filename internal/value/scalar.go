package value

import (
	"encoding/binary"
	"math"

	lua "github.com/yuin/gopher-lua"
)

// What a token holds, as far as reading values goes.
const (
	tokenScalar = iota // nil, boolean, number
	tokenString
	tokenExt
)

func tokenOf(code byte) int {
	switch {
	case code >= 0xa0 && code <= 0xbf, code >= 0xd9 && code <= 0xdb, code >= 0xc4 && code <= 0xc6:
		return tokenString
	case code >= 0xd4 && code <= 0xd8, code >= 0xc7 && code <= 0xc9:
		return tokenExt
	}
	return tokenScalar
}

// small holds the numbers that are one byte, which many values are, so that
// they need no memory.
var small = func() (all [256]lua.LValue) {
	for code := range all {
		all[code] = lua.LNumber(int8(code))
	}
	return all
}()

// scalar reads nil, a boolean, a number or a string.
func (s *source) scalar() (lua.LValue, error) {
	code, err := s.peek()
	if err != nil {
		return nil, err
	}
	at := s.pos
	switch {
	case code <= 0x7f || code >= 0xe0:
		s.pos++
		return small[code], nil
	case code == codeDouble:
		if s.left() < 9 {
			return nil, malformed("byte %d: half a number", at)
		}
		s.pos += 9
		return lua.LNumber(math.Float64frombits(binary.BigEndian.Uint64(s.b[at+1:]))), nil
	case code == codeNil:
		s.pos++
		return lua.LNil, nil
	case code == codeFalse || code == codeTrue:
		s.pos++
		return lua.LBool(code == codeTrue), nil
	case code >= 0xcc && code <= 0xd3: // the other integers
		n, err := s.dec.DecodeInt64()
		if err != nil {
			return nil, malformed("byte %d: half a number", at)
		}
		return lua.LNumber(n), nil
	case tokenOf(code) == tokenString:
		b, err := s.bytes()
		return lua.LString(b), err
	}
	return nil, malformed("byte %d: code %x is no value", at, code)
}

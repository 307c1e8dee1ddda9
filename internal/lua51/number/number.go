// Package number writes and reads numbers as Lua 5.1 on Linux does: C's
// printf with "%.14g", strtod, strtoul and its conversions to integers
// (Lua 5.1 manual, sections 2.2.1, 2.8 and 5.1). No locale changes it.
package number

import (
	"math"
	"strconv"
	"strings"
)

// Format returns f as print shows it: 14 significant digits, "inf", "-inf",
// "nan" or "-nan".
func Format(f float64) string {
	if i := int64(f); i >= 0 && i < 100 && float64(i) == f && !(i == 0 && math.Signbit(f)) {
		return strconv.Itoa(int(i)) // Go keeps these
	}
	var room [24]byte
	return string(Append(room[:0], f))
}

// wholeLimit is where whole numbers begin to have more than 14 digits.
const wholeLimit = 1e14

// Append appends f to b in the form of Format.
func Append(b []byte, f float64) []byte {
	switch {
	case f > -wholeLimit && f < wholeLimit && f == math.Trunc(f) && (f != 0 || !math.Signbit(f)):
		return strconv.AppendInt(b, int64(f), 10)
	case f-f != 0: // neither an infinity nor a NaN leaves 0
		return append(b, NotFinite(f)...)
	}
	return strconv.AppendFloat(b, f, 'g', 14, 64)
}

// NotFinite returns the name that C gives an infinity or a NaN. The sign of a
// NaN shows: 0/0 has one on x86.
func NotFinite(f float64) string {
	switch {
	case math.IsInf(f, 1):
		return "inf"
	case math.IsInf(f, -1):
		return "-inf"
	case math.Signbit(f):
		return "-nan"
	}
	return "nan"
}

// ToInteger returns f without its fraction, as C's conversion to a 64-bit
// integer gives it on x86: what does not fit, and a NaN, is the lowest integer.
func ToInteger(f float64) int64 {
	if f >= -1<<63 && f < 1<<63 {
		return int64(f)
	}
	return math.MinInt64
}

// ToInt is ToInteger cut to the 32 bits of C's int: luaL_checkint.
func ToInt(f float64) int { return int(int32(ToInteger(f))) }

// Parse reads a whole string as a number like lua_tonumber: decimal or
// hexadecimal with fraction and exponent, "inf", "infinity" and "nan" in any
// case, white space around it. Like C it reads no further than to a zero byte.
func Parse(s string) (float64, bool) {
	if end := strings.IndexByte(s, 0); end >= 0 {
		s = s[:end]
	}
	s = trim(s)
	digits, negative := cutSign(s)
	if digits == "" {
		return 0, false
	}
	var f float64
	ok := true
	switch c := digits[0]; {
	case c > '9':
		f, ok = parseName(digits)
	case len(digits) > 2 && digits[0] == '0' && digits[1]|' ' == 'x':
		f, ok = parseHex(digits[2:])
	default:
		f, ok = parseDecimal(digits)
	}
	if negative {
		f = -f
	}
	return f, ok
}

// ParseBase reads a whole string as a whole number in a base from 2 to 36
// like tonumber(s, base): strtoul, which takes a sign (and returns 2^64 less the
// number for a minus), a prefix 0x in base 16, and returns 2^64-1 for what is
// too large. Base 10 is that of Parse.
func ParseBase(s string, base int) (float64, bool) {
	if base == 10 {
		return Parse(s)
	}
	if end := strings.IndexByte(s, 0); end >= 0 {
		s = s[:end]
	}
	digits, negative := cutSign(trim(s))
	if base == 16 && len(digits) > 2 && digits[0] == '0' && digits[1]|' ' == 'x' {
		digits = digits[2:]
	}
	if digits == "" {
		return 0, false
	}
	var n uint64
	tooLarge := false
	for i := 0; i < len(digits); i++ {
		d := digit(digits[i])
		if d >= base {
			return 0, false
		}
		if n > (math.MaxUint64-uint64(d))/uint64(base) {
			tooLarge = true
		}
		n = n*uint64(base) + uint64(d)
	}
	switch {
	case tooLarge:
		n = math.MaxUint64
	case negative:
		n = -n
	}
	return float64(n), true
}

// digit returns the value of a digit or letter, 36 for other bytes.
func digit(c byte) int {
	switch {
	case c >= '0' && c <= '9':
		return int(c - '0')
	case c >= 'a' && c <= 'z':
		return int(c-'a') + 10
	case c >= 'A' && c <= 'Z':
		return int(c-'A') + 10
	}
	return 36
}

func isSpace(c byte) bool { return c == ' ' || c >= '\t' && c <= '\r' }

func trim(s string) string {
	for s != "" && isSpace(s[0]) {
		s = s[1:]
	}
	for s != "" && isSpace(s[len(s)-1]) {
		s = s[:len(s)-1]
	}
	return s
}

func cutSign(s string) (rest string, negative bool) {
	if s != "" && (s[0] == '-' || s[0] == '+') {
		return s[1:], s[0] == '-'
	}
	return s, false
}

func parseName(s string) (float64, bool) {
	switch {
	case strings.EqualFold(s, "inf"), strings.EqualFold(s, "infinity"):
		return math.Inf(1), true
	case len(s) >= 3 && strings.EqualFold(s[:3], "nan"):
		if s = s[3:]; s == "" {
			return math.NaN(), true
		}
		if s[0] != '(' || s[len(s)-1] != ')' { // what C knows as nan(n-char-sequence)
			return 0, false
		}
		for i := 1; i < len(s)-1; i++ {
			if digit(s[i]) == 36 && s[i] != '_' {
				return 0, false
			}
		}
		return math.NaN(), true
	}
	return 0, false
}

// skip returns the index after the digits of a base that begin at s[i].
func skip(s string, i, base int) int {
	for i < len(s) && digit(s[i]) < base {
		i++
	}
	return i
}

// mantissa returns the index after digits with at most one point, and how many
// digits there are.
func mantissa(s string, base int) (end, digits int) {
	end = skip(s, 0, base)
	digits = end
	if end < len(s) && s[end] == '.' {
		whole := end
		end = skip(s, end+1, base)
		digits += end - whole - 1
	}
	return end, digits
}

// isExponent reports whether s is an exponent with that letter and nothing else.
func isExponent(s string, letter byte) bool {
	if len(s) < 2 || s[0]|' ' != letter {
		return false
	}
	digits, _ := cutSign(s[1:])
	return digits != "" && skip(digits, 0, 10) == len(digits)
}

// tens are powers of 10 that have no more bits than a mantissa.
var tens = [...]float64{1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15}

// parseShort reads digits with at most one point among them, so few that the
// whole number that they are without it, and the power of 10 to divide it by,
// are exact.
func parseShort(s string) (float64, bool) {
	if len(s) >= len(tens) {
		return 0, false
	}
	n, point := int64(0), len(s)-1
	for i := range len(s) {
		switch d := s[i] - '0'; {
		case d < 10:
			n = n*10 + int64(d)
		case s[i] == '.' && point == len(s)-1 && len(s) > 1:
			point = i
			if i == len(s)-1 {
				return float64(n), true
			}
		default:
			return 0, false
		}
	}
	return float64(n) / tens[len(s)-1-point], true
}

func parseDecimal(s string) (float64, bool) {
	if f, ok := parseShort(s); ok {
		return f, true
	}
	end, digits := mantissa(s, 10)
	if digits == 0 || end < len(s) && !isExponent(s[end:], 'e') {
		return 0, false
	}
	f, _ := strconv.ParseFloat(s, 64) // its only error is a number too large: then it is infinite
	return f, true
}

// parseHex reads what follows 0x.
func parseHex(s string) (float64, bool) {
	end, digits := mantissa(s, 16)
	if digits == 0 || end < len(s) && !isExponent(s[end:], 'p') {
		return 0, false
	}
	if end < len(s) {
		f, _ := strconv.ParseFloat("0x"+s, 64)
		return f, true
	}
	if digits == len(s) && digits <= 16 {
		n, _ := strconv.ParseUint(s, 16, 64)
		return float64(n), true
	}
	f, _ := strconv.ParseFloat("0x"+s+"p0", 64)
	return f, true
}

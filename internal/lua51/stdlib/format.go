package stdlib

import (
	"strconv"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/lua51/number"
)

// directive is what stands in a format between % and its letter.
type directive struct {
	minus, plus, space, alternative, zero bool

	width     int
	precision int // -1: none is given
}

// maxFlags is how many flags C Lua takes, each as often as one likes.
const maxFlags = 5

// longText is the length from which on %s without a precision copies a string
// whole: shorter ones go through C's sprintf, which ends at a zero byte.
const longText = 100

// maxRoom is how large a buffer is kept for the next call.
const maxRoom = 1 << 16

// formatter is string.format at work: C's sprintf for the letters that Lua
// 5.1 has, cdiouxXeEfgGqs. An interpreter has one: it calls no Lua.
type formatter struct {
	L    *lua.LState
	rest string // of the format
	arg  int
	out  []byte
}

// format is string.format(format, …).
func (f *formatter) format(L *lua.LState) int {
	format := checkString(L, 1)
	f.L, f.rest, f.arg, f.out = L, format, 1, f.out[:0]
	for {
		at := strings.IndexByte(f.rest, '%')
		if at < 0 {
			break
		}
		f.out = append(f.out, f.rest[:at]...)
		f.rest = f.rest[at+1:]
		if f.rest != "" && f.rest[0] == '%' {
			f.out = append(f.out, '%')
			f.rest = f.rest[1:]
			continue
		}
		f.item()
	}
	if len(f.rest) == len(format) {
		L.Push(stringValue(format))
		return 1
	}
	f.out = append(f.out, f.rest...)
	L.Push(stringValue(string(f.out)))
	f.L, f.rest = nil, ""
	if cap(f.out) > maxRoom {
		f.out = nil
	}
	return 1
}

// item formats the next argument.
func (f *formatter) item() {
	if f.arg++; f.arg > f.L.GetTop() {
		argError(f.L, f.arg, "no value")
	}
	d := directive{precision: -1}
	if f.rest == "" || f.rest[0] < 'a' { // most have no flags
		f.flags(&d)
	}
	letter := byte(0) // what C reads at the end
	if f.rest != "" {
		letter, f.rest = f.rest[0], f.rest[1:]
	}
	switch letter {
	case 'd', 'i':
		f.signed(&d, number.ToInteger(checkNumber(f.L, f.arg)))
	case 'u':
		f.unsigned(&d, 10, toUnsigned(checkNumber(f.L, f.arg)))
	case 'o':
		f.unsigned(&d, 8, toUnsigned(checkNumber(f.L, f.arg)))
	case 'x':
		f.unsigned(&d, 16, toUnsigned(checkNumber(f.L, f.arg)))
	case 'X':
		start := len(f.out)
		f.unsigned(&d, 16, toUnsigned(checkNumber(f.L, f.arg)))
		capitals(f.out[start:])
	case 'e', 'f', 'g':
		f.float(&d, letter, checkNumber(f.L, f.arg))
	case 'E', 'G':
		start := len(f.out)
		f.float(&d, letter|' ', checkNumber(f.L, f.arg))
		capitals(f.out[start:])
	case 'c':
		f.char(&d, checkNumber(f.L, f.arg))
	case 'q':
		f.quote(checkString(f.L, f.arg))
	case 's':
		f.text(&d)
	case 0:
		raise(f.L, "invalid option '%%' to 'format'")
	default:
		raise(f.L, "invalid option '%%%s' to 'format'", []byte{letter})
	}
}

// flags reads flags, width and precision.
func (f *formatter) flags(d *directive) {
	n := 0
	for ; n < len(f.rest); n++ {
		switch f.rest[n] {
		case '-':
			d.minus = true
			continue
		case '+':
			d.plus = true
			continue
		case ' ':
			d.space = true
			continue
		case '#':
			d.alternative = true
			continue
		case '0':
			d.zero = true
			continue
		}
		break
	}
	if n > maxFlags {
		raise(f.L, "invalid format (repeated flags)")
	}
	f.rest = f.rest[n:]
	d.width = f.twoDigits()
	if strings.HasPrefix(f.rest, ".") {
		f.rest = f.rest[1:]
		d.precision = f.twoDigits()
	}
	if f.rest != "" && f.rest[0]-'0' < 10 {
		raise(f.L, "invalid format (width or precision too long)")
	}
}

// twoDigits reads a number of at most two digits.
func (f *formatter) twoDigits() (n int) {
	for range 2 {
		if f.rest == "" || f.rest[0]-'0' >= 10 {
			break
		}
		n = n*10 + int(f.rest[0]-'0')
		f.rest = f.rest[1:]
	}
	return n
}

// toUnsigned is C's conversion of a double to an unsigned 64-bit integer as
// x86 does it.
func toUnsigned(x float64) uint64 {
	const half = 1 << 63
	if x >= half {
		return uint64(number.ToInteger(x-half)) ^ half
	}
	return uint64(number.ToInteger(x))
}

func (f *formatter) signed(d *directive, n int64) {
	if d.width == 0 && d.precision < 0 && !d.plus && !d.space {
		f.out = strconv.AppendInt(f.out, n, 10)
		return
	}
	var room [24]byte
	magnitude := uint64(n)
	if n < 0 {
		magnitude = -magnitude
	}
	f.integer(d, d.sign(n < 0), strconv.AppendUint(room[:0], magnitude, 10))
}

func (f *formatter) unsigned(d *directive, base int, n uint64) {
	if *d == (directive{precision: -1}) {
		f.out = strconv.AppendUint(f.out, n, base)
		return
	}
	var room [24]byte
	digits, prefix := strconv.AppendUint(room[:0], n, base), ""
	if d.alternative && base == 16 && n != 0 {
		prefix = "0x"
	}
	if d.alternative && base == 8 && d.precision <= len(digits) && (n != 0 || d.precision == 0) {
		prefix = "0"
	}
	f.integer(d, prefix, digits)
}

// sign returns what stands before a number.
func (d *directive) sign(negative bool) string {
	switch {
	case negative:
		return "-"
	case d.plus:
		return "+"
	case d.space:
		return " "
	}
	return ""
}

// integer appends a whole number: with as many digits as the precision says,
// and none for 0 with the precision 0.
func (f *formatter) integer(d *directive, prefix string, digits []byte) {
	if d.precision == 0 && digits[0] == '0' {
		digits = digits[:0]
	}
	zeros := max(d.precision-len(digits), 0)
	if d.precision < 0 && d.zero && !d.minus {
		zeros = max(d.width-len(prefix)-len(digits), 0)
	}
	f.padded(d, prefix, zeros, digits)
}

// padded appends prefix, zeros and digits, with spaces to the width.
func (f *formatter) padded(d *directive, prefix string, zeros int, digits []byte) {
	spaces := d.width - len(prefix) - zeros - len(digits)
	if !d.minus {
		f.fill(' ', spaces)
	}
	f.out = append(f.out, prefix...)
	f.fill('0', zeros)
	f.out = append(f.out, digits...)
	if d.minus {
		f.fill(' ', spaces)
	}
}

func (f *formatter) fill(c byte, n int) {
	for ; n > 0; n-- {
		f.out = append(f.out, c)
	}
}

func capitals(b []byte) {
	for i, c := range b {
		if c >= 'a' && c <= 'z' {
			b[i] = c ^ ' '
		}
	}
}

func (f *formatter) float(d *directive, letter byte, x float64) {
	var room [128]byte
	var digits []byte
	negative := false
	if x-x != 0 {
		digits = append(room[:0], number.NotFinite(x)...)
		d.zero = false // spaces before names
	} else {
		digits = d.finite(room[:0], letter, x)
	}
	if digits[0] == '-' {
		negative, digits = true, digits[1:]
	}
	prefix, zeros := d.sign(negative), 0
	if d.zero && !d.minus {
		zeros = max(d.width-len(prefix)-len(digits), 0)
	}
	f.padded(d, prefix, zeros, digits)
}

// finite appends x with its precision to b.
func (d *directive) finite(b []byte, letter byte, x float64) []byte {
	precision := d.precision
	if precision < 0 {
		precision = 6
	}
	if letter != 'g' {
		b = strconv.AppendFloat(b, x, letter, precision, 64)
		if d.alternative && precision == 0 {
			b = withPoint(b)
		}
		return b
	}
	precision = max(precision, 1)
	if !d.alternative {
		return strconv.AppendFloat(b, x, 'g', precision, 64)
	}
	// As %g decides between the two forms, but with all digits and the point.
	b = strconv.AppendFloat(b, x, 'e', precision-1, 64)
	exponent := 0
	if at := strings.LastIndexByte(string(b), 'e'); at >= 0 {
		exponent, _ = strconv.Atoi(string(b[at+1:]))
	}
	if exponent >= -4 && exponent < precision {
		b = strconv.AppendFloat(b[:0], x, 'f', precision-1-exponent, 64)
	}
	return withPoint(b)
}

// withPoint puts a point after the digits of a number that has none.
func withPoint(b []byte) []byte {
	at := len(b)
	for i, c := range b {
		switch c {
		case '.':
			return b
		case 'e':
			at = i
		}
	}
	b = append(b, 0)
	copy(b[at+1:], b[at:])
	b[at] = '.'
	return b
}

// char appends the byte with a number. C ends the text at a zero byte, which
// therefore, and what stands behind it, is not there.
func (f *formatter) char(d *directive, x float64) {
	c := byte(0)
	if x > -1<<31-1 && x < 1<<31 {
		c = byte(int32(x))
	}
	if c == 0 {
		if !d.minus {
			f.fill(' ', d.width-1)
		}
		return
	}
	one := [1]byte{c}
	f.padded(d, "", 0, one[:])
}

// text appends a string, cut to the precision.
func (f *formatter) text(d *directive) {
	s := checkString(f.L, f.arg)
	if d.precision < 0 && (len(s) >= longText || d.width == 0 && strings.IndexByte(s, 0) < 0) {
		f.out = append(f.out, s...)
		return
	}
	if end := strings.IndexByte(s, 0); end >= 0 {
		s = s[:end]
	}
	if d.precision >= 0 && len(s) > d.precision {
		s = s[:d.precision]
	}
	if !d.minus {
		f.fill(' ', d.width-len(s))
	}
	f.out = append(f.out, s...)
	if d.minus {
		f.fill(' ', d.width-len(s))
	}
}

// quote appends a string as Lua reads it.
func (f *formatter) quote(s string) {
	f.out = append(f.out, '"')
	for i := range len(s) {
		switch c := s[i]; c {
		case '"', '\\', '\n':
			f.out = append(f.out, '\\', c)
		case '\r':
			f.out = append(f.out, `\r`...)
		case 0:
			f.out = append(f.out, `\000`...)
		default:
			f.out = append(f.out, c)
		}
	}
	f.out = append(f.out, '"')
}

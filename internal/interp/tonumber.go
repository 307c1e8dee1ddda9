package interp

import (
	"errors"
	"strconv"
	"strings"

	lua "github.com/yuin/gopher-lua"
)

// toNumber is tonumber of the Lua 5.1 manual (section 5.1). gopher-lua's own
// gives nil for numbers such as "1e3", which have an exponent and no dot.
func toNumber(L *lua.LState) int {
	v := L.CheckAny(1)
	base := L.OptInt(2, 10)
	if base < 2 || base > 36 {
		L.ArgError(2, "base out of range: 2 to 36")
	}
	var result lua.LValue = lua.LNil
	switch v := v.(type) {
	case lua.LNumber:
		result = v
	case lua.LString:
		if n, ok := parseNumber(string(v), base); ok {
			result = n
		}
	}
	L.Push(result)
	return 1
}

// parseNumber reads a number like C's strtod, or in a base other than 10 a
// whole number.
func parseNumber(s string, base int) (lua.LNumber, bool) {
	s = strings.ToLower(strings.Trim(s, " \f\n\r\t\v"))
	if strings.Contains(s, "_") { // which Go allows
		return 0, false
	}
	digits, sign := strings.TrimLeft(s, "+-"), 1.0
	if len(s)-len(digits) > 1 {
		return 0, false
	}
	if strings.HasPrefix(s, "-") {
		sign = -1
	}
	hex, isHex := strings.CutPrefix(digits, "0x")
	switch {
	case base == 16 && isHex:
		digits = hex
		fallthrough
	case base != 10:
		n, err := strconv.ParseUint(digits, base, 64)
		if errors.Is(err, strconv.ErrRange) {
			return lua.LNumber(sign * float64(n)), true // the largest, as C has it
		}
		return lua.LNumber(sign * float64(n)), err == nil
	case isHex && !strings.Contains(hex, "p"):
		digits += "p0"
	}
	n, err := strconv.ParseFloat(digits, 64)
	return lua.LNumber(sign * n), err == nil || errors.Is(err, strconv.ErrRange)
}

package vm

import (
	"strings"

	lua "github.com/yuin/gopher-lua"
)

// Fields of a userdata's metatable that say more than Lua 5.1's words do, which
// know nothing but "userdata".
const (
	// NameKey is what it is, a noun without an article.
	NameKey = "__name"
	// InsteadKey is what to say, behind a colon, where a value of another type is
	// expected: a string, or a table with one for each type that has one, by its name.
	InsteadKey = "__instead"
	// OrderKey is what to say where it is compared by < and its kin.
	OrderKey = "__order"
)

// Instead returns what to say of a value where one of a type was expected, ": an
// array: …", and ": a request" of one that has nothing but a name. It is "" for a
// value of which Lua's type says all.
func Instead(v lua.LValue, expected string) string {
	mt := metatableOf(v)
	if mt == nil {
		return ""
	}
	instead := mt.RawGetString(InsteadKey)
	if of, ok := instead.(*lua.LTable); ok {
		instead = of.RawGetString(expected)
	}
	if text, ok := instead.(lua.LString); ok {
		return string(text)
	}
	if name, ok := mt.RawGetString(NameKey).(lua.LString); ok && name != "" {
		return ": " + WithArticle(string(name))
	}
	return ""
}

// Order returns what to say of two values that have no order, "" if neither knows.
func Order(a, b lua.LValue) string {
	for _, v := range []lua.LValue{a, b} {
		if mt := metatableOf(v); mt != nil {
			if text, ok := mt.RawGetString(OrderKey).(lua.LString); ok {
				return string(text)
			}
		}
	}
	return ""
}

// metatableOf returns the metatable of a userdata, nil if there is none.
func metatableOf(v lua.LValue) *lua.LTable {
	if ud, ok := v.(*lua.LUserData); ok {
		mt, _ := ud.Metatable.(*lua.LTable)
		return mt
	}
	return nil
}

// WithArticle returns "an int32 array of 3" for "int32 array of 3".
func WithArticle(noun string) string {
	if strings.ContainsRune("aeio", rune(noun[0])) { // but a uint8, a userdata
		return "an " + noun
	}
	return "a " + noun
}

package number

import lua "github.com/yuin/gopher-lua"

// Text returns what tostring gives for a value that has no __tostring. A
// number's own String writes it as Go does.
func Text(v lua.LValue) string {
	if n, ok := v.(lua.LNumber); ok {
		return Format(float64(n))
	}
	return v.String()
}

// ToString returns the text of a value in messages and for "..": that of its
// __tostring, if it has one.
func ToString(L *lua.LState, v lua.LValue) string {
	if n, ok := v.(lua.LNumber); ok {
		return Format(float64(n))
	}
	return L.ToStringMeta(v).String()
}

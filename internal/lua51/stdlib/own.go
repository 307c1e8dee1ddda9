package stdlib

import (
	"unsafe"

	lua "github.com/yuin/gopher-lua"
)

// ownString makes a string of bytes that nobody will write to any more,
// without a copy.
func ownString(b []byte) lua.LValue {
	if len(b) <= 1 {
		return stringValue(string(b))
	}
	return lua.LString(unsafe.String(&b[0], len(b)))
}

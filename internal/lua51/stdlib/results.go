package stdlib

import (
	lua "github.com/yuin/gopher-lua"
)

// A number or string takes memory of its own when it becomes a value of Lua.
// Those that library functions return most often are made once.
var (
	smallNumbers [1024]lua.LValue // 0, 1, 2, …
	byteStrings  [256]lua.LValue  // "\0", "\1", …
)

const emptyString = lua.LString("")

func init() {
	for i := range smallNumbers {
		smallNumbers[i] = lua.LNumber(i)
	}
	for i := range byteStrings {
		byteStrings[i] = lua.LString([]byte{byte(i)})
	}
}

// wholeValue returns a whole number as a value.
func wholeValue(n int) lua.LValue {
	if n >= 0 && n < len(smallNumbers) {
		return smallNumbers[n]
	}
	return lua.LNumber(n)
}

// stringValue returns a string as a value.
func stringValue(s string) lua.LValue {
	switch len(s) {
	case 0:
		return emptyString
	case 1:
		return byteStrings[s[0]]
	}
	return lua.LString(s)
}

// numberValue returns a number as a value.
func numberValue(x float64) lua.LValue {
	if x > 0 && x < float64(len(smallNumbers)) {
		if n := int(x); float64(n) == x {
			return smallNumbers[n]
		}
	}
	return lua.LNumber(x)
}

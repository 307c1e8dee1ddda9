package stdlib

import (
	"strings"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/lua51/vm"
)

// maxStackValues is how many results a function may push at once: a part of
// what the registers of a thread can grow to.
const maxStackValues = 1_000_000

// OpenString puts the library string (manual, section 5.4) into the globals of
// an interpreter, and into the metatable that all strings share.
func OpenString(L *lua.LState, env *Env) {
	env.install(L)
	anchored, plain := &patterns{anchors: true}, &patterns{}
	library := openLibrary(L, lua.StringLibName, map[string]lua.LGFunction{
		"byte":    stringByte,
		"char":    stringChar,
		"dump":    func(L *lua.LState) int { return stringDump(L, env) },
		"find":    anchored.find,
		"format":  new(formatter).format,
		"gmatch":  plain.gmatch,
		"gsub":    anchored.gsub,
		"len":     stringLen,
		"lower":   stringLower,
		"match":   anchored.match,
		"rep":     stringRep,
		"reverse": stringReverse,
		"sub":     stringSub,
		"upper":   stringUpper,
	})
	library.RawSetString("gfind", library.RawGetString("gmatch")) // its name in Lua 5.0
	mt := L.NewTable()
	mt.RawSetString("__index", library)
	L.SetMetatable(emptyString, mt)
}

// fromEnd returns a position that may count from the end of a string, as one
// that counts from its beginning; 0 for one before that.
func fromEnd(position int64, length int) int64 {
	if position < 0 {
		position += int64(length) + 1
	}
	return max(position, 0)
}

func stringLen(L *lua.LState) int {
	L.Push(wholeValue(len(checkString(L, 1))))
	return 1
}

func stringSub(L *lua.LState) int {
	s := checkString(L, 1)
	from := max(fromEnd(checkInteger(L, 2), len(s)), 1)
	to := min(fromEnd(optInteger(L, 3, -1), len(s)), int64(len(s)))
	if from > to {
		L.Push(emptyString)
		return 1
	}
	if from == 1 && to == int64(len(s)) {
		L.Push(lua.LString(s))
		return 1
	}
	L.Push(stringValue(s[from-1 : to]))
	return 1
}

func stringByte(L *lua.LState) int {
	s := checkString(L, 1)
	from := fromEnd(optInteger(L, 2, 1), len(s))
	to := min(fromEnd(optInteger(L, 3, from), len(s)), int64(len(s)))
	from = max(from, 1)
	if from > to {
		return 0
	}
	if to-from >= maxStackValues {
		raise(L, "string slice too long")
	}
	for i := from - 1; i < to; i++ {
		L.Push(smallNumbers[s[i]])
	}
	return int(to - from + 1)
}

func stringChar(L *lua.LState) int {
	n := L.GetTop()
	if n == 1 {
		L.Push(byteStrings[checkByte(L, 1)])
		return 1
	}
	b := make([]byte, n)
	for i := range b {
		b[i] = checkByte(L, i+1)
	}
	L.Push(ownString(b))
	return 1
}

func checkByte(L *lua.LState, n int) byte {
	c := checkInt(L, n)
	if c < 0 || c > 255 {
		argError(L, n, "invalid value")
	}
	return byte(c)
}

func stringRep(L *lua.LState) int {
	s, n := checkString(L, 1), checkInt(L, 2)
	switch {
	case n <= 0 || s == "":
		L.Push(emptyString)
	case n > vm.MaxString/len(s):
		raise(L, "not enough memory")
	default:
		L.Push(stringValue(strings.Repeat(s, n)))
	}
	return 1
}

func stringReverse(L *lua.LState) int {
	s := checkString(L, 1)
	b := make([]byte, len(s))
	for i := range len(s) {
		b[len(s)-1-i] = s[i]
	}
	L.Push(ownString(b))
	return 1
}

func stringLower(L *lua.LState) int { return changeCase(L, 'A', 'Z') }

func stringUpper(L *lua.LState) int { return changeCase(L, 'a', 'z') }

// changeCase returns the letters of a range, those of one case, the other case.
// A string without such letters is returned as it is.
func changeCase(L *lua.LState, from, to byte) int {
	s := checkString(L, 1)
	i := 0
	for i < len(s) && (s[i] < from || s[i] > to) {
		i++
	}
	if i == len(s) {
		L.Push(stringValue(s))
		return 1
	}
	b := []byte(s)
	for ; i < len(b); i++ {
		if c := b[i]; c >= from && c <= to {
			b[i] = c ^ ' '
		}
	}
	L.Push(ownString(b))
	return 1
}

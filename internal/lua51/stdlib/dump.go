package stdlib

import (
	"encoding/binary"
	"fmt"
	"strings"

	lua "github.com/yuin/gopher-lua"
)

// What string.dump gives is the source of the function's chunk, and which of
// the functions in it is meant: this interpreter has no other form of compiled
// code. Before that stands what lua5.1 begins with on 64-bit x86, since
// libraries read from there the sizes of numbers and the order of bytes.
const (
	dumpHeader = "\x1bLua\x51\x00\x01\x04\x08\x04\x08\x00"
	dumpMark   = "source\x00"
)

// stringDump is string.dump(f).
func stringDump(L *lua.LState, env *Env) int {
	fn := checkFunction(L, 1)
	if !fn.IsG && env.Locate != nil {
		if name, source, index, ok := env.Locate(fn); ok {
			b := []byte(dumpHeader + dumpMark)
			b = binary.AppendUvarint(b, uint64(index))
			b = binary.AppendUvarint(b, uint64(len(name)))
			b = append(b, name...)
			b = append(b, source...)
			L.Push(ownString(b))
			return 1
		}
	}
	raise(L, "unable to dump given function")
	return 0
}

// undump makes the function that string.dump was given. What it captured is
// nil, as in lua5.1.
func undump(L *lua.LState, env *Env, chunk, dumped string) (*lua.LFunction, error) {
	rest, ok := strings.CutPrefix(dumped, dumpHeader)
	if !ok || env.LoadFunction == nil {
		return nil, fmt.Errorf("%s: bad header in precompiled chunk", chunk)
	}
	rest, ok = strings.CutPrefix(rest, dumpMark)
	index, n := binary.Uvarint([]byte(rest[:min(len(rest), binary.MaxVarintLen64)]))
	if !ok || n <= 0 {
		return nil, fmt.Errorf("%s: bad code in precompiled chunk", chunk)
	}
	rest = rest[n:]
	length, n := binary.Uvarint([]byte(rest[:min(len(rest), binary.MaxVarintLen64)]))
	if n <= 0 || length > uint64(len(rest)-n) || index > 1<<30 {
		return nil, fmt.Errorf("%s: bad code in precompiled chunk", chunk)
	}
	rest = rest[n:]
	fn, err := env.LoadFunction(L, rest[:length], rest[length:], int(index))
	if err != nil {
		return nil, fmt.Errorf("%s: bad code in precompiled chunk: %w", chunk, err)
	}
	fn.Env = L.Env
	return fn, nil
}

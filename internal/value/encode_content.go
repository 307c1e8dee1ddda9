package value

import (
	"encoding/binary"
	"math"
	"unsafe"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/lua51/vm"
)

// table writes the content of the table that is item k.
func (e *encoder) table(k int, t *lua.LTable) error {
	n := vm.Length(t)
	list := vm.List(t)[:n]
	holes := 0
	for _, v := range list {
		if isNil(v) {
			holes++
		}
	}
	if e.holes < holes {
		far := &cannot{e.items[k].via, t, "a table with number keys too far apart (strings for keys, or an array, would do)"}
		if !e.lenient {
			return far
		}
		e.miss(far)
		e.b = append(e.b, 0, 0, 0, codeNil) // an empty table without a metatable
		return nil
	}
	e.holes -= holes
	e.pairs = e.pairs[:0]
	fieldsAfter(t, n, func(key, v lua.LValue) {
		if !e.lenient || e.travels(k, key) {
			e.pairs = append(e.pairs, key, v)
		}
	})
	e.count(n)
	e.count(holes)
	e.count(len(e.pairs) / 2)
	if err := e.list(k, list); err != nil {
		return err
	}
	for i := 0; i < len(e.pairs); i += 2 {
		key := e.pairs[i]
		if err := e.value(key, via{from: k, kind: viaAsKey}); err != nil {
			return err
		}
		if err := e.value(e.pairs[i+1], via{from: k, kind: viaKey, key: key}); err != nil {
			return err
		}
	}
	if t.Metatable == nil || t.Metatable == lua.LNil {
		return e.tokens.EncodeNil()
	}
	return e.value(t.Metatable, via{from: k, kind: viaMetatable})
}

// travels reports whether a key of the table that is item k can travel, where
// what cannot is left out, and notes one that cannot. Userdata are such keys
// where no module holds them.
func (e *encoder) travels(k int, key lua.LValue) bool {
	at := via{from: k, kind: viaAsKey}
	switch key := key.(type) {
	case lua.LString, lua.LNumber, lua.LBool, *lua.LTable:
		return true
	case *lua.LFunction, *lua.LUserData:
		if _, named := e.c.Names.paths[identity(key)]; named {
			return true
		}
		if fn, ok := key.(*lua.LFunction); ok && !fn.IsG {
			if _, _, known := e.c.Chunks.find(fn.Proto); known {
				return true
			}
		}
	}
	e.miss(&cannot{at, key, ""})
	return false
}

// list writes the slots of the list part of the table that is item k.
func (e *encoder) list(k int, list []lua.LValue) error {
	for i := 0; i < len(list); {
		rest := list[i:]
		if n := runLength(rest, isNumber); n >= numberRun {
			e.numbers(rest[:n])
			i += n
			continue
		}
		if n := runLength(rest, isNil); n > 1 {
			e.b = append(e.b, codeFixExt4, extHoles)
			e.b = binary.LittleEndian.AppendUint32(e.b, uint32(n))
			i += n
			continue
		}
		v := list[i]
		i++
		if v == nil {
			v = lua.LNil
		}
		if err := e.value(v, via{from: k, kind: viaIndex, i: i}); err != nil {
			return err
		}
	}
	return nil
}

func isNumber(v lua.LValue) bool { _, ok := v.(lua.LNumber); return ok }
func isNil(v lua.LValue) bool    { return v == nil || v == lua.LNil }

// runLength counts the values at the begin of a list that are of one sort.
func runLength(list []lua.LValue, same func(lua.LValue) bool) int {
	n := 0
	for n < len(list) && n < maxRun && same(list[n]) {
		n++
	}
	return n
}

// maxRun keeps the data of one extension below MessagePack's 4 GiB.
const maxRun = 1 << 28

// numbers writes the numbers of a list as one token.
func (e *encoder) numbers(list []lua.LValue) {
	_ = e.tokens.EncodeExtHeader(extNumbers, 8*len(list))
	at := len(e.b)
	e.b = append(e.b, make([]byte, 8*len(list))...)
	out := e.b[at:]
	for i, v := range list {
		f, _ := v.(lua.LNumber)
		binary.LittleEndian.PutUint64(out[8*i:], math.Float64bits(float64(f)))
	}
}

// function writes the content of the function that is item k.
func (e *encoder) function(k int, fn *lua.LFunction) error {
	env := lua.LValue(lua.LNil)
	if fn.Env != nil && fn.Env != e.L.G.Global {
		env = fn.Env
	}
	if err := e.value(env, via{from: k, kind: viaEnv}); err != nil {
		return err
	}
	for i, uv := range fn.Upvalues {
		n, met := e.upvals.find(unsafe.Pointer(uv))
		if met && uv != nil {
			e.count(n + 1)
			continue
		}
		e.upvals.add(unsafe.Pointer(uv))
		e.count(0)
		var v lua.LValue
		if uv != nil {
			v = uv.Value()
		}
		if err := e.value(v, via{from: k, kind: viaUpvalue, i: i}); err != nil {
			return err
		}
	}
	return nil
}

package vm

import (
	"math"

	lua "github.com/yuin/gopher-lua"
)

// Tables keep values 1 to n in a list, and all others under their keys.
// gopher-lua puts every positive whole key into the list, so that one of 10^7
// fills 158 MB; it keeps removed keys for ever, and looks for the length from
// the end of the list. Here a key goes into the list when little is left empty
// by that, and waits among the others until the list has grown to it; removed
// keys go when most keys are such; the list is cut where it ends in nil.

// Length returns the length of a table without metamethods (Lua 5.1 manual,
// section 2.5.5).
func Length(lt *lua.LTable) int {
	t := inside(lt)
	n := len(t.array)
	for n > 0 && isNil(t.array[n-1]) {
		n--
	}
	t.array = t.array[:n]
	if t.dict != nil {
		t.gather()
	}
	return len(t.array)
}

// RawGet returns a field of a table without metamethods.
func RawGet(t *lua.LTable, key lua.LValue) lua.LValue { return inside(t).get(key) }

// RawSet sets a field of a table without metamethods. The key must not be nil
// or NaN.
func RawSet(t *lua.LTable, key, value lua.LValue) { inside(t).put(key, value) }

func isNil(v lua.LValue) bool { return v == lua.LNil || v == nil }

func (t *table) get(key lua.LValue) lua.LValue {
	var v lua.LValue
	switch k := key.(type) {
	case lua.LString:
		v = t.strdict[string(k)]
	case lua.LNumber:
		if i, ok := whole(k); ok && uint(i-1) < uint(len(t.array)) {
			v = t.array[i-1]
		} else if t.dict != nil {
			v = t.dict[key]
		}
	default:
		v = t.dict[key]
	}
	if v == nil {
		return lua.LNil
	}
	return v
}

// whole returns a number as an int if it is one.
func whole(n lua.LNumber) (int, bool) {
	i := int(n)
	return i, lua.LNumber(i) == n
}

func (t *table) put(key, value lua.LValue) {
	switch k := key.(type) {
	case lua.LString:
		t.putString(string(k), key, value)
	case lua.LNumber:
		if i, ok := whole(k); ok && i > 0 && i < lua.MaxArrayIndex {
			t.putInt(i, key, value)
			return
		}
		t.putOther(key, value)
	default:
		t.putOther(key, value)
	}
}

// maxGap is how many places of a list may be left empty, beside a quarter of it.
const maxGap = 64

func (t *table) putInt(i int, key, value lua.LValue) {
	n := len(t.array)
	switch {
	case i <= n:
		t.array[i-1] = value
		return
	case value == lua.LNil:
		if t.dict != nil {
			t.putOther(key, value)
		}
		return
	case i > n+1 && i-n > maxGap+n/4:
		t.putOther(key, value)
		return
	}
	for len(t.array) < i-1 {
		t.array = append(t.array, lua.LNil)
	}
	t.array = append(t.array, value)
	if t.dict != nil {
		t.reclaim(n)
		t.gather()
	}
}

// reclaim moves values into the list that wait for places from n+1 on.
func (t *table) reclaim(n int) {
	for i := n + 1; i <= len(t.array); i++ {
		key := lua.LValue(lua.LNumber(i))
		if v, ok := t.dict[key]; ok {
			if isNil(t.array[i-1]) {
				t.array[i-1] = v
			}
			delete(t.dict, key)
		}
	}
}

// gather moves values into the list that follow its end.
func (t *table) gather() {
	for len(t.dict) > 0 {
		key := lua.LValue(lua.LNumber(len(t.array) + 1))
		v, ok := t.dict[key]
		if !ok {
			return
		}
		t.array = append(t.array, v)
		delete(t.dict, key)
	}
}

func (t *table) putString(name string, key, value lua.LValue) {
	_, old := t.strdict[name]
	switch {
	case value == lua.LNil:
		if old {
			delete(t.strdict, name)
		}
		return
	case !old:
		if t.strdict == nil {
			t.strdict = map[string]lua.LValue{}
		}
		t.note(key)
	}
	t.strdict[name] = value
}

func (t *table) putOther(key, value lua.LValue) {
	_, old := t.dict[key]
	switch {
	case value == lua.LNil:
		if old {
			delete(t.dict, key)
		}
		return
	case !old:
		if t.dict == nil {
			t.dict = map[lua.LValue]lua.LValue{}
		}
		t.note(key)
	}
	t.dict[key] = value
}

// fewKeys is how many removed keys are kept at least.
const fewKeys = 32

// note keeps the place of a new key among all, which next goes by.
func (t *table) note(key lua.LValue) {
	if _, ok := t.k2i[key]; ok {
		return // removed and set again
	}
	if live := len(t.dict) + len(t.strdict); len(t.keys) >= fewKeys+2*live {
		t.forget()
	}
	if t.k2i == nil {
		t.k2i = map[lua.LValue]int{}
	}
	t.k2i[key] = len(t.keys)
	t.keys = append(t.keys, key)
}

// forget drops the keys that were removed.
func (t *table) forget() {
	live := len(t.dict) + len(t.strdict)
	keys, places := make([]lua.LValue, 0, live+1), make(map[lua.LValue]int, live+1)
	for _, key := range t.keys {
		if !isNil(t.hashed(key)) {
			places[key] = len(keys)
			keys = append(keys, key)
		}
	}
	t.keys, t.k2i = keys, places
}

// hashed returns the value of a key that is not in the list.
func (t *table) hashed(key lua.LValue) lua.LValue {
	if s, ok := key.(lua.LString); ok {
		return t.strdict[string(s)]
	}
	if n, ok := key.(lua.LNumber); ok {
		if i, ok := whole(n); ok && uint(i-1) < uint(len(t.array)) {
			return nil // the list has it
		}
	}
	return t.dict[key]
}

// Next returns the field after the one with a key, the first one after lua.LNil;
// key lua.LNil after the last. It reports whether the key is one of the table's,
// or was when it was set last (Lua 5.1 manual, section 5.1, next).
func Next(lt *lua.LTable, after lua.LValue) (key, value lua.LValue, ok bool) {
	t := inside(lt)
	at, i := 0, 0
	if after != lua.LNil {
		if i, at, ok = t.place(after); !ok {
			return nil, nil, false
		}
	}
	key, value, _ = t.from(i, at, nil)
	return key, value, true
}

// from returns the first field from places in the list and among the other keys
// on, and which of the other keys that is, -1 for none.
func (t *table) from(i, at int, numbers *allocator) (key, value lua.LValue, place int) {
	for ; i < len(t.array); i++ {
		if v := t.array[i]; !isNil(v) {
			if numbers != nil {
				return numbers.boxed(float64(i + 1)), v, -1
			}
			return lua.LNumber(i + 1), v, -1
		}
	}
	for ; at < len(t.keys); at++ {
		if v := t.hashed(t.keys[at]); !isNil(v) {
			return t.keys[at], v, at
		}
	}
	return lua.LNil, lua.LNil, -1
}

// place reports where the fields after a key begin, in the list and among the
// other keys.
func (t *table) place(after lua.LValue) (inList, inKeys int, ok bool) {
	n, isNumber := after.(lua.LNumber)
	i, isWhole := whole(n)
	isIndex := isNumber && isWhole && i > 0
	if isIndex && i <= len(t.array) {
		return i, 0, true
	}
	if at, ok := t.k2i[after]; ok {
		return len(t.array), at + 1, true
	}
	return len(t.array), 0, isIndex && i <= cap(t.array) // the list may have been cut meanwhile
}

// checkKey raises an error about a key that no table can have.
func (L *state) checkKey(key lua.LValue) {
	if key == lua.LNil {
		L.lua().RaiseError("table index is nil")
	}
	if n, ok := key.(lua.LNumber); ok && math.IsNaN(float64(n)) {
		L.lua().RaiseError("table index is NaN")
	}
}

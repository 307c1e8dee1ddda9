package vm

import (
	"slices"

	lua "github.com/yuin/gopher-lua"
)

// ForEach calls f for each field of a table, in the order of next. f may set
// the field that it is called with, but no new ones.
func ForEach(lt *lua.LTable, f func(key, value lua.LValue)) {
	t := inside(lt)
	for i := 0; i < len(t.array); i++ {
		if v := t.array[i]; !isNil(v) {
			f(lua.LNumber(i+1), v)
		}
	}
	for at := 0; at < len(t.keys); at++ {
		if v := t.hashed(t.keys[at]); !isNil(v) {
			f(t.keys[at], v)
		}
	}
}

// Names returns the keys of a table that are strings, sorted.
func Names(t *lua.LTable) (names []string) {
	ForEach(t, func(k, _ lua.LValue) {
		if name, ok := k.(lua.LString); ok {
			names = append(names, string(name))
		}
	})
	slices.Sort(names)
	return names
}

// MaxN returns the greatest whole key of a table from 1 on, 0 when it has none.
func MaxN(lt *lua.LTable) int {
	greatest := Length(lt)
	for key, v := range inside(lt).dict {
		if n, ok := key.(lua.LNumber); ok && !isNil(v) {
			if i, ok := whole(n); ok && i > greatest {
				greatest = i
			}
		}
	}
	return greatest
}

// widestHole is how many missing places a list may have that is read entry by
// entry.
const widestHole = 1 << 16

// Entries returns the number of entries to read of a table that is to be a list:
// the greatest key, so that no value is left out in silence. Where values stand
// much too far apart for a list it is the place of the first hole between them:
// the entry there is nil, and who reads it says so.
func Entries(lt *lua.LTable) int {
	if t := inside(lt); len(t.keys) == 0 && len(t.array) > 0 && !isNil(t.array[len(t.array)-1]) {
		return len(t.array)
	}
	n := Length(lt)
	if m := MaxN(lt); m <= n+widestHole {
		return m
	}
	return n + 1
}

// Stray returns a key of a table that is not one of 1 to n, where n is what
// Entries returns: a string, 0, a fraction, a number far beyond n. The key "n",
// under which lists may hold their length, does not count.
func Stray(lt *lua.LTable, n int) (key lua.LValue, found bool) {
	t := inside(lt)
	for i := n; i < len(t.array); i++ {
		if !isNil(t.array[i]) {
			return lua.LNumber(i + 1), true
		}
	}
	for _, k := range t.keys {
		if number, ok := k.(lua.LNumber); ok {
			if i, ok := whole(number); ok && i >= 1 && i <= n {
				continue
			}
		}
		if k != lua.LString("n") && !isNil(t.hashed(k)) {
			return k, true
		}
	}
	return nil, false
}

// Values returns the values from key 1 to the greatest, nil in the holes. It
// reports whether that is all, see Entries.
func Values(t *lua.LTable) (list []lua.LValue, ok bool) {
	list = make([]lua.LValue, Entries(t))
	for i := range list {
		list[i] = GetInt(t, i+1)
	}
	return list, len(list) >= MaxN(t)
}

// Append adds a value behind the end of a table.
func Append(lt *lua.LTable, value lua.LValue) { SetInt(lt, Length(lt)+1, value) }

// AddPlaces adds n places to the list of a table that is being made and has no
// other fields yet, and returns them to be filled with values, or with nil: so
// a copy has its holes where the original has them.
func AddPlaces(lt *lua.LTable, n int) []lua.LValue {
	t := inside(lt)
	had := len(t.array)
	t.array = slices.Grow(t.array, n)[:had+n]
	return t.array[had:]
}

// Index returns object[key] as a script gets it, with metamethods (Lua 5.1
// manual, section 2.8).
func Index(L *lua.LState, object, key lua.LValue) lua.LValue { return of(L).index(object, key) }

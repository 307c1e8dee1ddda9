package vm

import lua "github.com/yuin/gopher-lua"

// List returns the values of the keys 1, 2, 3, … of a table in their place, until
// the table is next written to. Values beyond its end may stand under their
// keys; nil may stand in it.
func List(t *lua.LTable) []lua.LValue { return inside(t).array }

// GetInt returns t[key] without metamethods.
func GetInt(lt *lua.LTable, key int) lua.LValue {
	t := inside(lt)
	if uint(key-1) < uint(len(t.array)) {
		if v := t.array[key-1]; v != nil {
			return v
		}
		return lua.LNil
	}
	if len(t.dict) == 0 {
		return lua.LNil
	}
	return t.get(lua.LNumber(key))
}

// SetInt sets t[key] without metamethods.
func SetInt(lt *lua.LTable, key int, value lua.LValue) {
	t := inside(lt)
	if uint(key-1) < uint(len(t.array)) {
		t.array[key-1] = value
		return
	}
	t.put(lua.LNumber(key), value)
}

// InsertInt makes room for a value at a place from 1 to the length of a table,
// which must be that of its list: what stands there and behind moves up.
func InsertInt(lt *lua.LTable, at int, value lua.LValue) {
	t := inside(lt)
	n := len(t.array)
	SetInt(lt, n+1, t.array[n-1])
	copy(t.array[at:n], t.array[at-1:n-1])
	t.array[at-1] = value
}

// RemoveInt removes the value at a place from 1 to the length of a table, which
// must be that of its list: what stands behind moves down.
func RemoveInt(lt *lua.LTable, at int) lua.LValue {
	t := inside(lt)
	last := len(t.array) - 1
	removed := t.array[at-1]
	copy(t.array[at-1:], t.array[at:])
	t.array[last] = lua.LNil
	t.array = t.array[:last]
	return removed
}

// noListField in the metatable of a table says why the table is no list.
const noListField = "mpiclus.nolist"

// RefuseList makes tables of a metatable raise an error where they are taken
// for a list, by #, ipairs or the library table: those whose first value has
// the key 0, which a list would leave out in silence. why says what to do.
func RefuseList(metatable *lua.LTable, why string) {
	metatable.RawSetString(noListField, lua.LString(why))
}

// CheckList raises that a table is no list, if its metatable says so.
func CheckList(L *lua.LState, t *lua.LTable) {
	if mt, ok := t.Metatable.(*lua.LTable); ok {
		if why, ok := mt.RawGetString(noListField).(lua.LString); ok {
			L.RaiseError("%s", string(why))
		}
	}
}

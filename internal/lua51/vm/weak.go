package vm

import (
	"strings"
	"weak"

	lua "github.com/yuin/gopher-lua"
)

// Weak tables (Lua 5.1 manual, section 2.10.2). Go's collector follows all that
// a table holds, so what a weak table holds weakly is taken out of it while a
// collection runs that a script has asked for, and put back if it is still
// there. Between such collections a weak table holds what it has.

const weakKey = "mpiclus.weak"

// weakTables are those of an interpreter, in its registry.
type weakTables struct {
	all []weak.Pointer[lua.LTable]
}

// NoteMetatable is for setmetatable: it notes a table whose metatable says that
// it is weak.
func NoteMetatable(L *lua.LState, t *lua.LTable) {
	if k, v := mode(t); !k && !v {
		return
	}
	w := weakTablesOf(L)
	if w == nil {
		w = &weakTables{}
		L.G.Registry.RawSetString(weakKey, &lua.LUserData{Value: w, Metatable: lua.LNil})
	}
	w.all = append(w.all, weak.Make(t))
	if n := len(w.all); n&(n-1) == 0 {
		w.drop()
	}
}

func weakTablesOf(L *lua.LState) *weakTables {
	if ud, ok := L.G.Registry.RawGetString(weakKey).(*lua.LUserData); ok {
		w, _ := ud.Value.(*weakTables)
		return w
	}
	return nil
}

// drop forgets tables that are gone or that stand in the list before.
func (w *weakTables) drop() {
	seen := make(map[weak.Pointer[lua.LTable]]bool, len(w.all))
	live := w.all[:0]
	for _, p := range w.all {
		if p.Value() != nil && !seen[p] {
			seen[p] = true
			live = append(live, p)
		}
	}
	clear(w.all[len(live):])
	w.all = live
}

// mode reports what a table holds weakly.
func mode(t *lua.LTable) (keys, values bool) {
	s, _ := field(t.Metatable, "__mode").(lua.LString)
	return strings.Contains(string(s), "k"), strings.Contains(string(s), "v")
}

// Collect runs collect, which is to collect what is garbage, for the values of
// an interpreter that nothing runs meanwhile. It reports whether that made a
// difference: without weak tables it does not run it.
func Collect(L *lua.LState, collect func()) bool {
	w := weakTablesOf(L)
	if w == nil {
		return false
	}
	w.drop()
	var out []entry
	for _, p := range w.all {
		out = takeOut(p, out)
	}
	of(L).machine().walked = nil
	collect()
	for _, e := range out {
		e.putBack()
	}
	return true
}

// entry is a field of a weak table.
type entry struct {
	in         weak.Pointer[lua.LTable]
	key, value func() lua.LValue // nil when it is gone
}

func (e entry) putBack() {
	t, key, value := e.in.Value(), e.key(), e.value()
	if t != nil && key != nil && value != nil {
		inside(t).put(key, value)
	}
}

// takeOut appends the fields that a table holds weakly, and removes them there.
func takeOut(p weak.Pointer[lua.LTable], out []entry) []entry {
	lt := p.Value()
	if lt == nil {
		return out
	}
	keys, values := mode(lt)
	t := inside(lt)
	take := func(key, value lua.LValue) bool {
		e := entry{p, strongly(key), strongly(value)}
		k, v := weakly(key), weakly(value)
		switch {
		case keys && k != nil && values && v != nil:
			e.key, e.value = k, v
		case keys && k != nil:
			e.key = k
		case values && v != nil:
			e.value = v
		default:
			return false
		}
		out = append(out, e)
		return true
	}
	for i, v := range t.array {
		if !isNil(v) && take(lua.LNumber(i+1), v) {
			t.array[i] = lua.LNil
		}
	}
	for _, key := range t.keys {
		if v := t.hashed(key); !isNil(v) && take(key, v) {
			t.put(key, lua.LNil)
		}
	}
	t.forget()
	return out
}

func strongly(v lua.LValue) func() lua.LValue { return func() lua.LValue { return v } }

// weakly returns a value for as long as something else holds it; nil for a value
// that is never collected from a table, such as a string.
func weakly(v lua.LValue) func() lua.LValue {
	switch v := v.(type) {
	case *lua.LTable:
		return pointed(v)
	case *lua.LFunction:
		return pointed(v)
	case *lua.LUserData:
		return pointed(v)
	case *lua.LState:
		return pointed(v)
	}
	return nil
}

func pointed[T any, P interface {
	*T
	lua.LValue
}](v P) func() lua.LValue {
	p := weak.Make((*T)(v))
	return func() lua.LValue {
		if v := p.Value(); v != nil {
			return P(v)
		}
		return nil
	}
}

package vm

import lua "github.com/yuin/gopher-lua"

// StepPairs has a for statement step through a table by itself where it would
// call fn, which does what next does, and StepList where fn is what ipairs gives.
func StepPairs(fn *lua.LFunction) { mark(fn, &special{step: stepPairs}) }
func StepList(fn *lua.LFunction)  { mark(fn, &special{step: stepList}) }

func stepList(L *state, t *table, after lua.LValue) (key, value lua.LValue, done bool) {
	n, ok := after.(lua.LNumber)
	i, isWhole := whole(n)
	if !ok || !isWhole {
		return nil, nil, false
	}
	key = L.alloc.boxed(float64(i + 1))
	if uint(i) < uint(len(t.array)) {
		value = t.array[i]
	} else {
		value = t.get(key)
	}
	if isNil(value) {
		return lua.LNil, lua.LNil, true
	}
	return key, value, true
}

// stepPairs remembers in the thread where the loop is that went last, which
// finds its place faster than to look up the key.
func stepPairs(L *state, t *table, after lua.LValue) (key, value lua.LValue, done bool) {
	m, i, at := L.machine(), 0, 0
	switch {
	case after == lua.LNil:
	case m.walked == t && m.at < len(t.keys) && t.keys[m.at] == after:
		i, at = len(t.array), m.at+1
	default:
		var ok bool
		if i, at, ok = t.place(after); !ok {
			return nil, nil, false // for next to say
		}
	}
	key, value, m.at = t.from(i, at, L.alloc)
	m.walked = t
	if m.at < 0 {
		m.walked = nil
	}
	return key, value, true
}

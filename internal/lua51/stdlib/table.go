package stdlib

import (
	"strings"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/lua51/number"
	"github.com/mpiclus/mpiclus-lua/internal/lua51/vm"
)

// OpenTable puts the library table into the globals (manual, section 5.5).
func OpenTable(L *lua.LState, env *Env) {
	env.install(L)
	library := openLibrary(L, "table", map[string]lua.LGFunction{
		"concat":   tableConcat,
		"foreach":  tableForeach,
		"foreachi": tableForeachI,
		"getn":     tableGetN,
		"insert":   tableInsert,
		"maxn":     tableMaxN,
		"remove":   tableRemove,
		"setn":     tableSetN,
		"sort":     func(L *lua.LState) int { return tableSort(L, env) },
	})
	shorten(library, tableShortcuts)
}

func tableConcat(L *lua.LState) int {
	separator := optString(L, 2, "")
	t := checkList(L, 1)
	first := optInt(L, 3, 1)
	var last int
	if L.Get(4) == lua.LNil {
		last = vm.Length(t)
	} else {
		last = checkInt(L, 4)
	}
	list := vm.List(t)
	if first < 1 || last > len(list) { // it may end in an error long before last
		return concatSlowly(L, t, separator, first, last)
	}
	size := 0
	for i := first; i <= last; i++ {
		s, ok := list[i-1].(lua.LString)
		if !ok {
			return concatSlowly(L, t, separator, first, last)
		}
		size += len(s) + len(separator)
	}
	vm.CheckLength(L, size)
	var b strings.Builder
	b.Grow(size)
	for i := first; i <= last; i++ {
		b.WriteString(string(list[i-1].(lua.LString)))
		if i < last {
			b.WriteString(separator)
		}
	}
	L.Push(lua.LString(b.String()))
	return 1
}

func concatSlowly(L *lua.LState, t *lua.LTable, separator string, first, last int) int {
	var b []byte
	for i := first; i <= last; i++ {
		v := vm.GetInt(t, i)
		switch v := v.(type) {
		case lua.LString:
			b = append(b, v...)
		case lua.LNumber:
			b = number.Append(b, float64(v))
		default:
			raise(L, "invalid value (%s) at index %d in table for 'concat'%s", v.Type(), i, vm.Instead(v, "string"))
		}
		if i < last {
			b = append(b, separator...)
		}
		vm.CheckLength(L, len(b))
	}
	L.Push(lua.LString(b))
	return 1
}

func tableForeach(L *lua.LState) int {
	t := checkTable(L, 1)
	fn := checkFunction(L, 2)
	for k, v := nextOf(L, t, lua.LNil); k != lua.LNil; k, v = nextOf(L, t, k) {
		if found := call(L, fn, k, v); found != lua.LNil {
			L.Push(found)
			return 1
		}
	}
	return 0
}

func tableForeachI(L *lua.LState) int {
	t := checkList(L, 1)
	n := vm.Length(t)
	fn := checkFunction(L, 2)
	for i := 1; i <= n; i++ {
		if found := call(L, fn, lua.LNumber(i), vm.GetInt(t, i)); found != lua.LNil {
			L.Push(found)
			return 1
		}
	}
	return 0
}

// call calls a function for one result.
func call(L *lua.LState, fn lua.LValue, args ...lua.LValue) lua.LValue {
	vm.CheckCallable(L, fn)
	L.Push(fn)
	for _, a := range args {
		L.Push(a)
	}
	L.Call(len(args), 1)
	result := L.Get(-1)
	L.Pop(1)
	return result
}

func tableGetN(L *lua.LState) int {
	L.Push(lua.LNumber(vm.Length(checkList(L, 1))))
	return 1
}

func tableSetN(L *lua.LState) int {
	checkTable(L, 1)
	raise(L, "'setn' is obsolete")
	return 0
}

func tableMaxN(L *lua.LState) int {
	t := checkTable(L, 1)
	greatest := lua.LNumber(0)
	for k, _ := nextOf(L, t, lua.LNil); k != lua.LNil; k, _ = nextOf(L, t, k) {
		if n, ok := k.(lua.LNumber); ok && n > greatest {
			greatest = n
		}
	}
	L.Push(greatest)
	return 1
}

// shiftCheck is after how many moved elements a shift looks whether the script
// was interrupted.
const shiftCheck = 1 << 20

func tableInsert(L *lua.LState) int {
	t := checkList(L, 1)
	end := vm.Length(t) + 1
	switch L.GetTop() {
	case 2:
		vm.SetInt(t, end, L.Get(2))
	case 3:
		at, v := checkInt(L, 2), L.Get(3)
		switch {
		case at >= 1 && at < end:
			vm.InsertInt(t, at, v)
		case at >= end:
			vm.SetInt(t, at, v)
		default:
			for i := end; i > at; i-- {
				vm.SetInt(t, i, vm.GetInt(t, i-1))
				if i%shiftCheck == 0 {
					envOf(L).Check(L)
				}
			}
			vm.SetInt(t, at, v)
		}
	default:
		raise(L, "wrong number of arguments to 'insert'")
	}
	return 0
}

func tableRemove(L *lua.LState) int {
	t := checkList(L, 1)
	end := vm.Length(t)
	at := optInt(L, 2, end)
	if at < 1 || at > end {
		return 0
	}
	L.Push(vm.RemoveInt(t, at))
	return 1
}

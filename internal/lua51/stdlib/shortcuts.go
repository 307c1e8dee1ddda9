package stdlib

import (
	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/lua51/vm"
)

// Functions that scripts call most are carried out without a frame of Lua's
// when their arguments are as they should be (docs/adr/0008). All else, errors
// above all, is left to the functions themselves.

// shorten gives functions of a library their shortcuts.
func shorten(library *lua.LTable, shortcuts map[string]vm.Shortcut) {
	for name, run := range shortcuts {
		if fn, ok := library.RawGetString(name).(*lua.LFunction); ok {
			vm.SetShortcut(fn, run)
		}
	}
}

var baseShortcuts = map[string]vm.Shortcut{
	"type": func(args []lua.LValue, _ int) (lua.LValue, bool) {
		if len(args) == 0 {
			return nil, false
		}
		return typeNames[args[0].Type()], true
	},
	"assert": func(args []lua.LValue, _ int) (lua.LValue, bool) {
		if len(args) == 0 || !lua.LVAsBool(args[0]) {
			return nil, false
		}
		return args[0], true
	},
	"rawget": func(args []lua.LValue, _ int) (lua.LValue, bool) {
		if t, key := tableAndKey(args); t != nil {
			return vm.RawGet(t, key), true
		}
		return nil, false
	},
	"rawset": func(args []lua.LValue, _ int) (lua.LValue, bool) {
		t, key := tableAndKey(args)
		if t == nil || len(args) < 3 || !isKey(key) {
			return nil, false
		}
		vm.RawSet(t, key, args[2])
		return t, true
	},
	"select": func(args []lua.LValue, _ int) (lua.LValue, bool) {
		if len(args) == 0 {
			return nil, false
		}
		if args[0] == lua.LString("#") {
			return wholeValue(len(args) - 1), true
		}
		n, ok := args[0].(lua.LNumber)
		if !ok || n < 1 {
			return nil, false
		}
		if n >= lua.LNumber(len(args)) {
			return lua.LNil, true
		}
		return args[int(n)], true
	},
}

var tableShortcuts = map[string]vm.Shortcut{
	"getn": func(args []lua.LValue, _ int) (lua.LValue, bool) {
		if len(args) == 0 {
			return nil, false
		}
		t, ok := args[0].(*lua.LTable)
		if !ok {
			return nil, false
		}
		return wholeValue(vm.Length(t)), true
	},
	"insert": func(args []lua.LValue, taken int) (lua.LValue, bool) {
		if len(args) != 2 || taken != 0 {
			return nil, false
		}
		t, ok := args[0].(*lua.LTable)
		if ok {
			vm.SetInt(t, vm.Length(t)+1, args[1])
		}
		return nil, ok
	},
	"remove": func(args []lua.LValue, _ int) (lua.LValue, bool) {
		if len(args) != 1 {
			return nil, false
		}
		t, ok := args[0].(*lua.LTable)
		if !ok {
			return nil, false
		}
		if n := vm.Length(t); n > 0 {
			return vm.RemoveInt(t, n), true
		}
		return lua.LNil, true
	},
}

// tableAndKey returns the first two arguments, nil when they are not a table and
// anything.
func tableAndKey(args []lua.LValue) (*lua.LTable, lua.LValue) {
	if len(args) < 2 {
		return nil, nil
	}
	t, _ := args[0].(*lua.LTable)
	return t, args[1]
}

// isKey reports whether a value can be the key of a field.
func isKey(v lua.LValue) bool {
	n, isNumber := v.(lua.LNumber)
	return v != lua.LNil && (!isNumber || n == n)
}

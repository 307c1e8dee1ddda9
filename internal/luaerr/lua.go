package luaerr

import (
	"fmt"
	"maps"
	"regexp"
	"slices"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/lua51/number"
)

// metaKey is where the metatable of error tables lives in Lua's registry.
const metaKey = "mpiclus.error"

// Metatable returns the metatable that marks a table as an error of ours. It is
// one per interpreter, made when first asked for.
func Metatable(L *lua.LState) *lua.LTable {
	if mt, ok := L.G.Registry.RawGetString(metaKey).(*lua.LTable); ok {
		return mt
	}
	mt := L.NewTable()
	mt.RawSetString("__name", lua.LString("error"))
	mt.RawSetString("__tostring", L.NewFunction(func(L *lua.LState) int {
		L.Push(lua.LString(FromValue(L.CheckTable(1)).Error()))
		return 1
	}))
	mt.RawSetString("__concat", L.NewFunction(func(L *lua.LState) int {
		L.Push(lua.LString(number.ToString(L, L.CheckAny(1)) + number.ToString(L, L.CheckAny(2))))
		return 1
	}))
	L.G.Registry.RawSetString(metaKey, mt)
	return mt
}

// kindField names the field that, with message, makes a table an error: it is
// known even when its metatable was made by another interpreter.
const kindField = "kind"

// maxInside is how many levels errors may stand inside each other: what is
// deeper is left out.
const maxInside = 64

// ToLua returns the table that a script sees. An error that stands in several
// places of e is one table.
func (e *Error) ToLua(L *lua.LState) *lua.LTable {
	e.Handle()
	return e.toLua(L, map[*Error]*lua.LTable{}, 0)
}

func (e *Error) toLua(L *lua.LState, made map[*Error]*lua.LTable, level int) *lua.LTable {
	if t := made[e]; t != nil {
		return t
	}
	t := L.NewTable()
	made[e] = t
	set := func(name string, s string) {
		if s != "" {
			t.RawSetString(name, lua.LString(s))
		}
	}
	set(kindField, string(e.Kind))
	t.RawSetString("message", lua.LString(e.Message))
	if e.Rank != NoRank {
		t.RawSetString("rank", lua.LNumber(e.Rank))
	}
	if e.Pid != 0 {
		t.RawSetString("pid", lua.LNumber(e.Pid))
	}
	set("host", e.Host)
	set("traceback", e.Traceback)
	set("output", e.Output)
	if e.Value != nil {
		t.RawSetString("value", e.Value)
	}
	set("class", e.Class)
	set("call", e.Call)
	if e.Code != 0 {
		t.RawSetString("code", lua.LNumber(e.Code))
	}
	if e.Errors != nil && level < maxInside {
		each := L.NewTable()
		for _, rank := range slices.Sorted(maps.Keys(e.Errors)) { // pairs gives them in this order
			each.RawSetInt(rank, e.Errors[rank].toLua(L, made, level+1))
		}
		t.RawSetString("errors", each)
	}
	t.Metatable = Metatable(L)
	return t
}

// FromValue reads whatever a script may raise: an error table of ours keeps
// its fields; a string or any other value becomes a Script error that holds
// it as Value. A table that stands in several places of v is read once.
func FromValue(v lua.LValue) *Error { return fromValue(v, map[*lua.LTable]*Error{}, 0) }

// fromValue is FromValue for an error that stands inside others, at a level.
// read holds the tables that were met, nil while it is not known what is in
// them: a script may have put an error into itself.
func fromValue(v lua.LValue, read map[*lua.LTable]*Error, level int) *Error {
	t, ok := v.(*lua.LTable)
	if !ok || t.RawGetString(kindField).Type() != lua.LTString || t.RawGetString("message").Type() != lua.LTString {
		return &Error{Kind: Script, Message: describe(v), Rank: NoRank, Value: v}
	}
	text := func(name string) string { s, _ := t.RawGetString(name).(lua.LString); return string(s) }
	number := func(name string, missing int) int {
		if n, ok := t.RawGetString(name).(lua.LNumber); ok {
			return int(n)
		}
		return missing
	}
	e := &Error{
		Kind: Kind(text(kindField)), Message: text("message"), Rank: number("rank", NoRank), Pid: number("pid", 0),
		Host: text("host"), Traceback: text("traceback"), Output: text("output"), Class: text("class"), Call: text("call"), Code: number("code", 0),
	}
	if v := t.RawGetString("value"); v != lua.LNil {
		e.Value = v
	}
	if each, ok := t.RawGetString("errors").(*lua.LTable); ok && level < maxInside {
		read[t] = nil
		e.Errors = errorsIn(each, read, level+1)
	}
	read[t] = e
	return e
}

func errorsIn(each *lua.LTable, read map[*lua.LTable]*Error, level int) map[int]*Error {
	errors := map[int]*Error{}
	each.ForEach(func(k, v lua.LValue) {
		n, ok := k.(lua.LNumber)
		if !ok {
			return
		}
		t, _ := v.(*lua.LTable)
		e, met := read[t]
		if t == nil || !met {
			e = fromValue(v, read, level)
		}
		if e != nil { // else it is one that v is in
			errors[int(n)] = e
		}
	})
	return errors
}

func describe(v lua.LValue) string {
	switch v := v.(type) {
	case lua.LString:
		return string(v)
	case lua.LNumber, lua.LBool:
		return number.Text(v)
	case *lua.LNilType:
		return "nil"
	case *lua.LTable:
		if k, _ := v.Next(lua.LNil); k != lua.LNil {
			return showTable(v)
		}
	}
	return fmt.Sprintf("(error object is a %s value)", v.Type())
}

var placed = regexp.MustCompile(`^[^\s:][^:\n]*:\d+: `)

// Raise raises e in the running script, with the place of the script's call
// in front of the message unless it names one already. It does not return.
func Raise(L *lua.LState, e *Error) {
	if !placed.MatchString(e.Message) {
		c := *e
		c.Message = Where(L) + c.Message
		e = &c
	}
	L.Error(e.ToLua(L), 1)
}

// RaiseArg raises an Argument error in the style of stock Lua:
// "job.lua:3: bad argument #2 'root' to 'Bcast' (rank 7 is not in a communicator of 4)".
// name may be "" where the argument has no name of its own.
func RaiseArg(L *lua.LState, call string, n int, name, format string, args ...any) {
	if name != "" {
		name = " '" + name + "'"
	}
	Raise(L, New(Argument, "bad argument #%d%s to '%s' (%s)", n, name, call, fmt.Sprintf(format, args...)))
}

// Where returns "job.lua:14: ", the innermost place in Lua source on the stack
// of L, or "" where there is none.
func Where(L *lua.LState) string {
	for level := 0; ; level++ {
		dbg, ok := L.GetStack(level)
		if !ok {
			return ""
		}
		if _, err := L.GetInfo("Sl", dbg, lua.LNil); err == nil && dbg.What != "G" && dbg.CurrentLine > 0 {
			return fmt.Sprintf("%s:%d: ", dbg.Source, dbg.CurrentLine)
		}
	}
}

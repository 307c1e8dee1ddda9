package interp

import (
	"fmt"
	"math"
	"reflect"
	"regexp"
	"sort"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
)

var place = regexp.MustCompile(`^[^\s:][^:\n]*:\d+:\s?`)

// leadingPlace gives the "job.lua:14: " that a message begins with, or "".
func leadingPlace(message string) string { return place.FindString(message) }

// explain makes the error of what was raised, while the stack of the place
// where it was raised still stands: with the traceback, with the name of
// the global where a nil was called, and with the place where a table or
// another value that has no text of its own was raised.
func (in *Interp) explain(L *lua.LState, raised lua.LValue) *luaerr.Error {
	e := *luaerr.FromValue(raised)
	if e.Traceback == "" {
		e.Traceback = traceback(L, 1)
	}
	if s, ok := raised.(lua.LString); ok {
		e.Message = in.nameCalled(L, string(s))
		return &e
	}
	if e.Value != raised {
		return &e // an error of ours, which names its place
	}
	if text := ownText(L, raised); text != "" {
		e.Message = text
	} else {
		e.Message = luaerr.Where(L) + e.Message // error puts it before strings only
	}
	return &e
}

// ownText is what a value says of itself by its metatable's __tostring, "" when
// it has none that works.
func ownText(L *lua.LState, v lua.LValue) string {
	fn := L.GetMetaField(v, "__tostring")
	if fn == lua.LNil || L.CallByParam(lua.P{Fn: fn, NRet: 1, Protect: true}, v) != nil {
		return ""
	}
	text, _ := L.Get(-1).(lua.LString)
	L.Pop(1)
	return string(text)
}

const calledNil = "attempt to call a non-function object"

func (in *Interp) undefined(name string) string {
	if in.cfg.Self != nil {
		if self := in.cfg.Self(); self != "" {
			return fmt.Sprintf("global '%s' is not defined on %s: define it there with cluster.everywhere", name, self)
		}
	}
	return fmt.Sprintf("global '%s' is not defined", name)
}

// nameCalled puts the name of what was called into the message of a call of
// something that is no function, which gopher-lua leaves out. All other
// messages stay as they are.
func (in *Interp) nameCalled(L *lua.LState, message string) string {
	if !strings.HasSuffix(message, calledNil) {
		return message
	}
	f, pc := innermost(L)
	if f == nil {
		return message
	}
	for _, call := range f.Proto.DbgCalls {
		switch {
		case call.Pc != pc || !isIdentifier(call.Name):
		case readsGlobal(f.Proto, call.Name, f.Proto.DbgSourcePositions[pc]):
			return leadingPlace(message) + in.undefined(call.Name)
		default:
			return leadingPlace(message) + fmt.Sprintf("attempt to call '%s', which is not a function", call.Name)
		}
	}
	return message
}

// innermost gives the Lua function on top of the stack and the instruction
// that it is at. gopher-lua keeps the latter in a field that it does not
// export; without it there is no function.
func innermost(L *lua.LState) (*lua.LFunction, int) {
	for level := 0; ; level++ {
		dbg, ok := L.GetStack(level)
		if !ok {
			return nil, 0
		}
		fn, err := L.GetInfo("f", dbg, lua.LNil)
		if f, ok := fn.(*lua.LFunction); err == nil && ok && !f.IsG {
			frame := reflect.ValueOf(dbg).Elem().FieldByName("frame")
			if !frame.IsValid() || frame.IsNil() || !frame.Elem().FieldByName("Pc").IsValid() {
				return nil, 0
			}
			pc := int(frame.Elem().FieldByName("Pc").Int()) - 1
			if pc < 0 || pc >= len(f.Proto.DbgSourcePositions) {
				return nil, 0
			}
			return f, pc
		}
	}
}

// readsGlobal tells whether a line of a function reads a global: a field or a
// local may have the same name.
func readsGlobal(p *lua.FunctionProto, name string, line int) bool {
	for pc, instruction := range p.Code {
		if instruction>>26 != uint32(lua.OP_GETGLOBAL) || p.DbgSourcePositions[pc] != line {
			continue
		}
		if constant := int(instruction & (1<<18 - 1)); constant < len(p.Constants) && p.Constants[constant] == lua.LString(name) {
			return true
		}
	}
	return false
}

func isIdentifier(s string) bool {
	for i, r := range s {
		letter := r == '_' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z'
		if !letter && (i == 0 || r < '0' || r > '9') {
			return false
		}
	}
	return s != ""
}

// traceback gives the stack from a level on, as debug.traceback of stock Lua
// writes it, cut in the middle when it is deep.
func traceback(L *lua.LState, from int) string {
	const head, tail = 10, 10
	lines := []string{"stack traceback:"}
	levels := sort.Search(math.MaxInt32, func(level int) bool { // to walk to each would take seconds
		_, ok := L.GetStack(level)
		return !ok
	})
	for level := from; level < levels; level++ {
		if left := levels - level; level == from+head && left > tail {
			lines = append(lines, fmt.Sprintf("\t... (%d levels)", left-tail))
			level = levels - tail
		}
		dbg, ok := L.GetStack(level)
		if !ok {
			break
		}
		if _, err := L.GetInfo("nSl", dbg, lua.LNil); err != nil {
			break
		}
		lines = append(lines, "\t"+frameLine(dbg))
	}
	return strings.Join(lines, "\n")
}

// debugTraceback is debug.traceback([thread,] [message [, level]]) with the
// traceback of error reports.
func debugTraceback(L *lua.LState) int {
	of, level, arg := L, 1, 1
	if thread, ok := L.Get(1).(*lua.LState); ok {
		of, arg = thread, 2
		if of != L {
			level = 0
		}
	}
	message := L.Get(arg)
	if message != lua.LNil && !lua.LVCanConvToString(message) {
		L.Push(message)
		return 1
	}
	text := traceback(of, L.OptInt(arg+1, level))
	if message != lua.LNil {
		text = message.String() + "\n" + text
	}
	L.Push(lua.LString(text))
	return 1
}

func frameLine(dbg *lua.Debug) string {
	switch {
	case dbg.What == "G" || dbg.What == "C":
		return fmt.Sprintf("[Go]: in function '%s'", dbg.Name)
	case dbg.What == "main" && dbg.LineDefined == 0:
		return fmt.Sprintf("%s:%d: in main chunk", dbg.Source, dbg.CurrentLine)
	case dbg.Name == "" || strings.HasPrefix(dbg.Name, "<") || dbg.What == "main":
		return fmt.Sprintf("%s:%d: in function <%s:%d>", dbg.Source, dbg.CurrentLine, dbg.Source, dbg.LineDefined)
	default:
		return fmt.Sprintf("%s:%d: in function '%s'", dbg.Source, dbg.CurrentLine, dbg.Name)
	}
}

// Where gives "job.lua:14", the innermost line of Lua source that runs in L.
func Where(L *lua.LState) string { return strings.TrimSuffix(luaerr.Where(L), ": ") }

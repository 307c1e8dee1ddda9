package interp

import (
	"fmt"
	"math"
	"regexp"
	"sort"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/lua51/vm"
	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
)

var place = regexp.MustCompile(`^[^\s:][^:\n]*:\d+:\s?`)

// leadingPlace returns the "job.lua:14: " that a message begins with, or "".
func leadingPlace(message string) string { return place.FindString(message) }

// explain makes the error of what was raised, while the stack of the place
// where it was raised still stands: with the traceback, with the name of the
// value at fault where gopher-lua leaves it out, and with the place where a
// table or another value that has no text of its own was raised.
func (in *Interp) explain(L *lua.LState, raised lua.LValue) *luaerr.Error {
	e := *luaerr.FromValue(raised)
	if e.Traceback == "" {
		e.Traceback = traceback(L, 0)
	}
	if s, ok := raised.(lua.LString); ok {
		e.Message = in.named(L, string(s))
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
	if fn == lua.LNil {
		return ""
	}
	L.Push(fn)
	L.Push(v)
	if vm.PCall(L, 1, 1, nil) != nil {
		return ""
	}
	text, _ := L.Get(-1).(lua.LString)
	L.Pop(1)
	return string(text)
}

// traceback returns the stack from a level on, as debug.traceback of stock Lua
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

func frameLine(dbg *lua.Debug) string {
	switch {
	case dbg.What == "G" || dbg.What == "C" || dbg.Source == vm.Native:
		return fmt.Sprintf("[Go]: in function '%s'", dbg.Name)
	case dbg.What == "main" && dbg.LineDefined == 0:
		return fmt.Sprintf("%s:%d: in main chunk", dbg.Source, dbg.CurrentLine)
	case dbg.Name == "" || strings.HasPrefix(dbg.Name, "<") || dbg.What == "main":
		return fmt.Sprintf("%s:%d: in function <%s:%d>", dbg.Source, dbg.CurrentLine, dbg.Source, dbg.LineDefined)
	default:
		return fmt.Sprintf("%s:%d: in function '%s'", dbg.Source, dbg.CurrentLine, dbg.Name)
	}
}

// Where returns "job.lua:14", the innermost line of Lua source that runs in L.
func Where(L *lua.LState) string { return strings.TrimSuffix(luaerr.Where(L), ": ") }

// ReturnPlace returns "job.lua:14: ", the line of the statement by which a Lua
// function returns values. With several such lines it is that where the
// function begins; "" when there is none.
func ReturnPlace(fn lua.LValue) string {
	f, ok := fn.(*lua.LFunction)
	if !ok || f.IsG {
		return ""
	}
	line := 0
	for pc, code := range f.Proto.Code {
		i := instruction(code)
		if i.op() != lua.OP_RETURN || i.b() == 1 || pc >= len(f.Proto.DbgSourcePositions) { // of no values
			continue
		}
		if at := f.Proto.DbgSourcePositions[pc]; line == 0 || line == at {
			line = at
		} else {
			line = f.Proto.LineDefined
			break
		}
	}
	if line <= 0 {
		return ""
	}
	return fmt.Sprintf("%s:%d: ", f.Proto.SourceName, line)
}

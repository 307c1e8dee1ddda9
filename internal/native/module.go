package native

import (
	"fmt"
	"io"
	"log/slog"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/args"
	"github.com/mpiclus/mpiclus-lua/internal/lua51/vm"
	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
)

// Modes of a process, as --native has them.
const (
	ModeOn      = "on"
	ModeOff     = "off"
	ModeExplain = "explain"
)

// explaining has the end of an interpreter tell what became of its loops.
var explaining bool

// Configure sets the mode of the process, "" for the default one, and who is told
// when there is no native code on this machine. It is for the start of a process.
func Configure(mode string, log *slog.Logger) error {
	logger.Store(log)
	switch mode {
	case ModeOn, "", ModeExplain:
		Enable(true)
	case ModeOff:
		Enable(false)
	default:
		return fmt.Errorf("--native %s is not known: say %s, %s or %s", mode, ModeOn, ModeOff, ModeExplain)
	}
	explaining = mode == ModeExplain
	return nil
}

// Explaining reports whether the mode of the process is to tell what became of loops.
func Explaining() bool { return explaining }

// Tell writes what became of the loops of an interpreter that ends, if the mode of
// the process is to explain that.
func Tell(L *lua.LState, w io.Writer) {
	if !explaining {
		return
	}
	if text := Explain(L); text != "" {
		fmt.Fprintf(w, "native: what became of the loops that ran often:\n%s\n", text)
	}
}

// Open is the loader of the Lua module "native".
func Open(L *lua.LState) int {
	module := L.NewTable()
	for name, f := range map[string]lua.LGFunction{"status": status, "require": require, "enabled": enabled} {
		module.RawSetString(name, L.NewFunction(f))
	}
	L.Push(module)
	return 1
}

// function reads the first argument, a function of Lua.
func function(L *lua.LState, call string) *lua.FunctionProto {
	f, ok := L.Get(1).(*lua.LFunction)
	if !ok {
		args.RaiseExpected(L, call, 1, "f", "function", L.Get(1))
	}
	if f.IsG {
		luaerr.RaiseArg(L, call, 1, "f", "a function of Lua expected: this one is no script's, and is native anyway")
	}
	return f.Proto
}

// status is native.status(f).
func status(L *lua.LState) int {
	p := function(L, "status")
	t, list := L.NewTable(), L.NewTable()
	reason := Reason(L, p)
	t.RawSetString("compiled", lua.LBool(reason == ""))
	if reason != "" {
		t.RawSetString("reason", lua.LString(reason))
	}
	for _, s := range Status(L, p) {
		row := L.NewTable()
		row.RawSetString("where", lua.LString(s.Where[:len(s.Where)-1]))
		row.RawSetString("compiled", lua.LBool(s.Compiled))
		row.RawSetString("entries", lua.LNumber(s.Entries))
		if !s.Compiled {
			row.RawSetString("reason", lua.LString(s.Reason))
		}
		vm.Append(list, row)
	}
	t.RawSetString("loops", list)
	L.Push(t)
	return 1
}

// require is native.require(f).
func require(L *lua.LState) int {
	p := function(L, "require")
	if reason := Reason(L, p); reason != "" {
		luaerr.Raise(L, luaerr.New(luaerr.Argument, "require: the function does not run as native code: %s", reason))
	}
	L.Push(L.Get(1))
	return 1
}

// enabled is native.enabled([flag]).
func enabled(L *lua.LState) int {
	was := Enabled()
	switch flag := L.Get(1).(type) {
	case lua.LBool:
		Enable(bool(flag))
	case *lua.LNilType:
	default:
		args.RaiseExpected(L, "enabled", 1, "flag", "true or false", flag)
	}
	L.Push(lua.LBool(was))
	return 1
}

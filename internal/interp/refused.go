package interp

import (
	"regexp"

	lua "github.com/yuin/gopher-lua"
)

// noName is what gopher-lua calls a Go function that was not called by a
// name in Lua source: one that pcall called, for example.
var noName = regexp.MustCompile(`(bad argument #\d+ to )(\(anonymous\)|main chunk|corountine)( \()`)

// named puts into the message of a Go function that refuses an argument how that
// function is called, where gopher-lua leaves that out. All other messages stay
// as they are. It is for a handler of errors, which runs while the stack of the
// place where the error was raised still stands below it.
func (in *Interp) named(L *lua.LState, message string) string {
	f, called := goFunction(L)
	if f == nil {
		return message
	}
	m := noName.FindStringSubmatch(message)
	if m == nil {
		return message
	}
	if name, ok := in.cfg.Codec.Names.Name(f); ok && called == m[2] { // or else it raises what another has said
		return noName.ReplaceAllString(message, "${1}'"+name+"'${3}")
	}
	return message
}

// goFunction gives the Go function that has raised an error, to a handler,
// and what gopher-lua calls it.
func goFunction(L *lua.LState) (f *lua.LFunction, called string) {
	dbg, ok := L.GetStack(0)
	if !ok {
		return nil, ""
	}
	fn, err := L.GetInfo("fn", dbg, lua.LNil)
	if f, ok := fn.(*lua.LFunction); err == nil && ok && f.IsG {
		return f, dbg.Name
	}
	return nil, ""
}

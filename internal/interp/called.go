package interp

import (
	lua "github.com/yuin/gopher-lua"
)

// called tells by which name the function at a level of the stack was called
// (0 is the function that runs), and what kind of name that is, in the words of
// debug.getinfo: "global", "local", "method", "field" or "upvalue". Both are ""
// for one that no instruction of Lua called by a name.
func called(L *lua.LState, level int) (name, what string) {
	s, ok := siteAt(L, level+1)
	if !ok {
		return "", ""
	}
	switch s.instruction().op() {
	case lua.OP_TFORLOOP:
		return "(for generator)", "local"
	case lua.OP_CALL, lua.OP_TAILCALL:
	default:
		return "", "" // a metamethod
	}
	in := of(L)
	if in == nil {
		return "", ""
	}
	if p, ok := in.operation(s); ok {
		if o := p.Operand(0); o != nil {
			return o.Name, o.Kind
		}
	}
	return "", ""
}

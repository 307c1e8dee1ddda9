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
	i := s.at(s.pc)
	switch i.op() {
	case lua.OP_TFORLOOP:
		return "(for generator)", "local"
	case lua.OP_CALL, lua.OP_TAILCALL:
	default:
		return "", "" // a metamethod
	}
	r := i.a()
	o := s.operand(r, s.pc)
	switch {
	case o.name == "" && !o.field:
		return "", ""
	case o.global:
		return o.name, "global"
	case o.field && o.sep == ":":
		return o.name, "method"
	case o.field:
		if name = o.name; !isIdentifier(name) {
			name = "?"
		}
		return name, "field"
	case s.isUpvalue(r):
		return o.name, "upvalue"
	}
	return o.name, "local"
}

// isUpvalue tells whether what a register holds was read from an upvalue.
func (s site) isUpvalue(r int) bool {
	set := s.setter(r, s.pc)
	return set >= 0 && s.at(set).op() == lua.OP_GETUPVAL
}

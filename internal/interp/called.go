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
	if name = s.callName(); name == "" {
		return "", ""
	}
	switch set := s.lastSetter(i.a()); set.op() {
	case lua.OP_GETGLOBAL:
		return name, "global"
	case lua.OP_SELF:
		return name, "method"
	case lua.OP_GETTABLE, lua.OP_GETTABLEKS:
		return name, "field"
	case lua.OP_GETUPVAL:
		return name, "upvalue"
	case lua.OP_MOVE, lua.OP_MOVEN:
		return name, "local"
	}
	return "", ""
}

// callName returns the name by which the instruction calls, as the compiler has
// noted it: "?" for a function that has none, "" where nothing is known.
func (s site) callName() string {
	for _, call := range s.fn.Proto.DbgCalls {
		if call.Pc == s.pc {
			return call.Name
		}
	}
	return ""
}

// lastSetter returns the last instruction that is written before this one and
// sets a register. What a call calls is put into its register by one
// expression, and nothing else is put there before the call.
func (s site) lastSetter(r int) (set instruction) {
	set = instruction(lua.OP_NOP << 26)
	for at := 0; at < s.pc; at = s.next(at) {
		if i := s.at(at); sets(i, r) {
			set = i
		}
	}
	return set
}

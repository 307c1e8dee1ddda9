package interp

import (
	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/lua51/vm"
)

// site is where a Lua function stands: at the instruction that it carries out.
// It is good for as long as the stack stands.
type site struct {
	fn   *lua.LFunction
	pc   int          // index of the instruction
	regs []lua.LValue // the registers of the function, and what lies above
}

// siteAt gives the site at a level of the stack. There is none in a Go
// function.
func siteAt(L *lua.LState, level int) (s site, ok bool) {
	dbg, ok := L.GetStack(level)
	if !ok {
		return s, false
	}
	fn, err := L.GetInfo("f", dbg, lua.LNil)
	if s.fn, ok = fn.(*lua.LFunction); err != nil || !ok || s.fn.IsG {
		return s, false
	}
	f, all := vm.FrameOf(dbg), vm.Registers(L)
	s.pc = f.Pc - 1
	if s.pc < 0 || s.pc >= len(s.fn.Proto.Code) || f.LocalBase < 0 || f.LocalBase >= len(all) {
		return s, false
	}
	s.regs = all[f.LocalBase:]
	return s, true
}

func (s site) register(r int) lua.LValue {
	if r < len(s.regs) && s.regs[r] != nil {
		return s.regs[r]
	}
	return lua.LNil
}

// instruction is one of gopher-lua's, in the layout of its opcode.go.
type instruction uint32

func (i instruction) op() int { return int(i >> 26) }
func (i instruction) a() int  { return int(i >> 18 & 0xff) }
func (i instruction) b() int  { return int(i & 0x1ff) }

func (s site) instruction() instruction { return instruction(s.fn.Proto.Code[s.pc]) }

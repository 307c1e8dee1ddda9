package interp

import (
	"slices"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/lua51/number"
	"github.com/mpiclus/mpiclus-lua/internal/lua51/vm"
)

// site is where a Lua function stands: what it takes to tell the names of
// the values that its next instruction works on. It is good for as long as
// the stack stands.
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
func (i instruction) c() int  { return int(i >> 9 & 0x1ff) }
func (i instruction) bx() int { return int(i & (1<<18 - 1)) }

func (i instruction) jump() int { return i.bx() - (1<<17 - 1) }

// constantBit is set in an operand that is a constant, not a register.
const constantBit = 1 << 8

func (s site) at(pc int) instruction { return instruction(s.fn.Proto.Code[pc]) }

func (s site) constant(n int) lua.LValue {
	if n < len(s.fn.Proto.Constants) {
		return s.fn.Proto.Constants[n]
	}
	return lua.LNil
}

// operand is a value as the source has it.
type operand struct {
	name   string // "x", the field's name; "" for a value without a name
	global bool
	field  bool // of object
	sep    string
	object *operand
	value  lua.LValue // as it is now; for one with an object its table's, without metamethods
}

// path is the operand as it is written, "t.x" or "comm:Send".
func (o *operand) path() string {
	switch {
	case !o.field || o.object.path() == "":
		return o.name
	case !isIdentifier(o.name):
		return o.object.path() + o.name
	default:
		return o.object.path() + o.sep + o.name
	}
}

// operand tells where the value came from that a register has before the
// instruction at pc.
func (s site) operand(r, pc int) *operand {
	unnamed := &operand{value: s.register(r)}
	if name := s.local(r, pc); name != "" {
		unnamed.name = name
		return unnamed
	}
	set := s.setter(r, pc)
	if set < 0 || !s.endsKnown() && !s.sameStatement(r, set, pc) {
		return unnamed
	}
	switch i := s.at(set); i.op() {
	case lua.OP_MOVE, lua.OP_MOVEN:
		if i.b() < i.a() {
			return s.operand(i.b(), set)
		}
	case lua.OP_GETGLOBAL:
		name := lua.LVAsString(s.constant(i.bx()))
		return &operand{name: name, global: true, value: rawGet(s.fn.Env, lua.LString(name))}
	case lua.OP_GETUPVAL:
		if n := i.b(); n < len(s.fn.Proto.DbgUpvalues) && n < len(s.fn.Upvalues) {
			return &operand{name: s.fn.Proto.DbgUpvalues[n], value: s.fn.Upvalues[n].Value()}
		}
	case lua.OP_GETTABLE, lua.OP_GETTABLEKS:
		return s.fieldOf(s.operand(i.b(), set), i.c(), set, ".")
	case lua.OP_SELF:
		object := s.operand(i.b(), set)
		if object.name == "" {
			object.value = s.register(i.a() + 1)
		}
		return s.fieldOf(object, i.c(), set, ":")
	}
	return unnamed
}

// fieldOf is the operand object.key, where key is a register or a constant.
func (s site) fieldOf(object *operand, key, pc int, sep string) *operand {
	o := &operand{field: true, object: object, sep: sep, value: lua.LNil}
	if set := s.setter(key, pc); key&constantBit == 0 && set >= 0 && s.at(set).op() == lua.OP_LOADK && s.local(key, pc) == "" {
		return fieldNamed(o, s.constant(s.at(set).bx())) // one of very many constants
	}
	if key&constantBit == 0 {
		if name := s.local(key, pc); name != "" {
			o.name = "[" + name + "]"
			o.value = rawGet(object.value, s.register(key))
		}
		return o
	}
	return fieldNamed(o, s.constant(key&^constantBit))
}

// fieldNamed completes the operand of a field by its key.
func fieldNamed(o *operand, key lua.LValue) *operand {
	switch k := key.(type) {
	case lua.LString:
		o.name = string(k)
		if !isIdentifier(o.name) {
			o.name = "[\"" + o.name + "\"]"
		}
		o.value = rawGet(o.object.value, k)
	case lua.LNumber:
		o.name = "[" + number.Text(k) + "]"
		o.value = rawGet(o.object.value, k)
	}
	return o
}

func rawGet(t, key lua.LValue) lua.LValue {
	if t, ok := t.(*lua.LTable); ok && key != lua.LNil {
		return vm.RawGet(t, key)
	}
	return lua.LNil
}

// local gives the name of the local variable that a register holds, "" if it
// holds none, or one whose name is not certain.
func (s site) local(r, pc int) string {
	known := s.fn.Proto.DbgLocals
	switch {
	case r < int(s.fn.Proto.NumParameters) && r < len(known):
		return known[r].Name
	case !s.endsKnown():
		if name := s.loopVariable(r, pc); name != "" {
			return name
		}
		return s.declared(r, pc)
	case r < len(known) && known[r].StartPc <= pc && pc <= known[r].EndPc && isIdentifier(known[r].Name): // others are of a for statement
		return known[r].Name
	}
	return ""
}

// endsKnown tells whether each local variable of the function has a register
// of its own, which then is its index in DbgLocals. The compiler writes the
// end of a local to the index that is its register: it is right only then,
// and only then the last local has one.
func (s site) endsKnown() bool {
	known := s.fn.Proto.DbgLocals
	return len(known) == 0 || known[len(known)-1].EndPc != 0
}

// loopVariable gives the name of the variable of a for statement around pc
// that a register holds, or "".
func (s site) loopVariable(r, pc int) string {
	known := s.fn.Proto.DbgLocals
	for n, l := range known {
		if l.Name != "(for control)" && l.Name != "(for step)" || n+1 == len(known) {
			continue
		}
		begin := known[n+1].StartPc // of the body, after a jump to its end
		if begin > pc {
			break
		}
		end, variables := begin, 1
		if before := s.at(begin - 1); before.op() == lua.OP_JMP || before.op() == lua.OP_FORPREP { // else the body is empty
			end += before.jump()
		}
		if s.at(end).op() == lua.OP_TFORLOOP {
			variables = s.at(end).c()
		}
		if which := r - s.at(end).a() - 3; pc < end && which >= 0 && which < variables && n+1+which < len(known) {
			return known[n+1+which].Name
		}
	}
	return ""
}

// declared gives the name of the local variable that a register holds since
// the statement that declared it, "" when it was set since then.
func (s site) declared(r, pc int) (name string) {
	for at := 0; at < pc; at = s.next(at) {
		if sets(s.at(at), r) {
			name = ""
		}
		if declares := s.declaredBy(at, r); declares != "" {
			name = declares
		}
	}
	return name
}

// declaredBy gives the name of the local variable in a register that begins
// after an instruction, the last of the statement that declares it: that one
// sets the last of the variables.
func (s site) declaredBy(at, r int) string {
	i, results := s.at(at), 1
	switch i.op() {
	case lua.OP_LOADNIL:
		results = i.b() - i.a() + 1
	case lua.OP_CALL:
		results = i.c() - 1
	case lua.OP_VARARG:
		results = i.b() - 1
	case lua.OP_SETTABLE, lua.OP_SETTABLEKS, lua.OP_SETLIST: // of a table constructor
	default:
		if !sets(i, i.a()) {
			return ""
		}
	}
	if s.at(at+1).op() == lua.OP_CLOSURE {
		return "" // a local function begins before the instruction that makes it
	}
	var names []string
	for _, l := range s.fn.Proto.DbgLocals {
		if l.StartPc == at+1 && isIdentifier(l.Name) {
			names = append(names, l.Name)
		}
	}
	if n := len(names) - results + r - i.a(); results > 0 && n >= 0 && n < len(names) {
		return names[n]
	}
	return ""
}

// locals are the names of local variables that the function sees here, as
// far as they are certain.
func (s site) locals() []string {
	names := slices.Clone(s.fn.Proto.DbgUpvalues)
	for n, l := range s.fn.Proto.DbgLocals {
		here := s.endsKnown() && l.StartPc <= s.pc && s.pc <= l.EndPc
		if (here || n < int(s.fn.Proto.NumParameters)) && isIdentifier(l.Name) {
			names = append(names, l.Name)
		}
	}
	return names
}

// next gives the instruction that is written after another.
func (s site) next(at int) int {
	switch i := s.at(at); {
	case i.op() == lua.OP_CLOSURE: // followed by what it captures
		at += int(s.fn.Proto.FunctionPrototypes[i.bx()].NumUpvalues)
	case i.op() == lua.OP_SETLIST && i.c() == 0: // followed by a number
		at++
	}
	return at + 1
}

// sameStatement tells whether what was set in a register is what the
// instruction at pc of the same statement reads: not that of a local variable
// whose name is not known, set by another statement.
func (s site) sameStatement(r, set, pc int) bool {
	if op := s.at(pc).op(); op != lua.OP_TFORLOOP && op != lua.OP_FORLOOP { // which stand after the body
		for _, l := range s.fn.Proto.DbgLocals {
			if set < l.StartPc && l.StartPc <= pc && isIdentifier(l.Name) {
				return false
			}
		}
	}
	again := false
	for at := pc; at < len(s.fn.Proto.Code); at = s.next(at) {
		i := s.at(at)
		again = again || at > pc && sets(i, r)
		jumps := i.op() == lua.OP_JMP || i.op() == lua.OP_FORLOOP
		if to := at + 1 + i.jump(); jumps && again && set < to && to <= pc {
			return false
		}
	}
	return true
}

// setter gives the instruction before pc that set a register last, -1 when
// there is none, or when that depends on the way that was taken.
func (s site) setter(r, pc int) int {
	set, sure := -1, 0 // instructions before sure may have been jumped over
	for at := 0; at < pc; at = s.next(at) {
		i := s.at(at)
		if sets(i, r) {
			set = at
			if at < sure {
				set = -1
			}
		}
		to := at + 1
		switch i.op() {
		case lua.OP_JMP, lua.OP_FORPREP:
			to += i.jump()
		case lua.OP_LOADBOOL:
			if i.c() != 0 {
				to++
			}
		}
		if to > at+1 && to <= pc {
			sure = max(sure, to)
		}
	}
	return set
}

// sets tells whether an instruction writes to a register.
func sets(i instruction, r int) bool {
	switch i.op() {
	case lua.OP_LOADNIL:
		return r >= i.a() && r <= i.b()
	case lua.OP_SELF:
		return r == i.a() || r == i.a()+1
	case lua.OP_CALL, lua.OP_TAILCALL, lua.OP_VARARG:
		return r >= i.a()
	case lua.OP_TFORLOOP:
		return r >= i.a()+2
	case lua.OP_FORLOOP:
		return r == i.a() || r == i.a()+3
	case lua.OP_SETGLOBAL, lua.OP_SETUPVAL, lua.OP_SETTABLE, lua.OP_SETTABLEKS, lua.OP_JMP, lua.OP_EQ, lua.OP_LT, lua.OP_LE,
		lua.OP_TEST, lua.OP_RETURN, lua.OP_SETLIST, lua.OP_CLOSE, lua.OP_NOP:
		return false
	default:
		return r == i.a()
	}
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

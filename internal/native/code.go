package native

import lua "github.com/yuin/gopher-lua"

// instruction is one of gopher-lua's, in the layout of its opcode.go.
type instruction uint32

func (i instruction) op() int   { return int(i >> 26) }
func (i instruction) a() int    { return int(i >> 18 & 0xff) }
func (i instruction) b() int    { return int(i & 0x1ff) }
func (i instruction) c() int    { return int(i >> 9 & 0x1ff) }
func (i instruction) bx() int   { return int(i & (1<<18 - 1)) }
func (i instruction) jump() int { return int(i&(1<<18-1)) - (1<<17 - 1) }

// constantBit is set in an operand that is a constant, not a register.
const constantBit = 1 << 8

// code is what is known of a function of Lua: where its blocks begin, and which
// registers are needed later.
type code struct {
	proto   *lua.FunctionProto
	starts  []bool // words that are instructions, not a part of the one before
	leaders []bool // instructions that others jump to
	live    []set  // registers that are needed before each instruction
	// captured are the registers that closures share.
	captured set
}

// mostCode is how long a function may be whose loops are compiled.
const mostCode = 20000

func newCode(p *lua.FunctionProto) *code {
	c := &code{proto: p, starts: make([]bool, len(p.Code)), leaders: make([]bool, len(p.Code)+1), live: make([]set, len(p.Code)+1)}
	for pc := 0; pc < len(p.Code); pc += c.size(pc) {
		c.starts[pc] = true
		next := c.next(pc)
		if len(next) != 1 || next[0] != pc+1 {
			for _, n := range next {
				c.leaders[n] = true
			}
		}
		for i := pc + 1; i < pc+c.size(pc) && c.at(pc).op() == lua.OP_CLOSURE; i++ {
			if c.at(i).op() == lua.OP_MOVE {
				c.captured.add(c.at(i).b())
			}
		}
	}
	c.findLive()
	return c
}

func (c *code) at(pc int) instruction { return instruction(c.proto.Code[pc]) }

// size is how many words an instruction has.
func (c *code) size(pc int) int {
	switch i := c.at(pc); i.op() {
	case lua.OP_CLOSURE:
		return 1 + int(c.proto.FunctionPrototypes[i.bx()].NumUpvalues)
	case lua.OP_SETLIST:
		if i.c() == 0 {
			return 2
		}
	}
	return 1
}

// next lists the instructions that may come after one.
func (c *code) next(pc int) []int {
	i := c.at(pc)
	switch i.op() {
	case lua.OP_JMP, lua.OP_FORPREP:
		return []int{pc + 1 + i.jump()}
	case lua.OP_FORLOOP:
		return []int{pc + 1 + i.jump(), pc + 1}
	case lua.OP_EQ, lua.OP_LT, lua.OP_LE, lua.OP_TEST, lua.OP_TESTSET, lua.OP_TFORLOOP:
		return []int{pc + 1, pc + 2}
	case lua.OP_LOADBOOL:
		if i.c() != 0 {
			return []int{pc + 2}
		}
	case lua.OP_RETURN:
		return nil
	}
	return []int{min(pc+c.size(pc), len(c.proto.Code))}
}

// set is a set of registers.
type set [4]uint64

func (s *set) add(r int)      { s[r>>6&3] |= 1 << (r & 63) }
func (s *set) has(r int) bool { return s[r>>6&3]>>(r&63)&1 != 0 }

func (s *set) addAll(from, to int) {
	for r := from; r <= to && r < 256; r++ {
		s.add(r)
	}
}

func (s *set) join(t set) {
	for i := range s {
		s[i] |= t[i]
	}
}

func (s *set) without(t set) (left set) {
	for i := range s {
		left[i] = s[i] &^ t[i]
	}
	return left
}

// findLive fills in live. What a local variable holds is needed as long as it is
// in scope, for messages and for who asks the library debug.
func (c *code) findLive() {
	scope := c.scopes()
	for changed := true; changed; {
		changed = false
		for pc := len(c.proto.Code) - 1; pc >= 0; pc-- {
			if !c.starts[pc] {
				continue
			}
			var after set
			for _, n := range c.next(pc) {
				after.join(c.live[n])
			}
			uses, sets := c.touches(pc)
			before := after.without(sets)
			before.join(uses)
			before.join(scope[pc])
			before.join(c.captured)
			if before != c.live[pc] {
				c.live[pc], changed = before, true
			}
		}
	}
}

// scopes gives the registers of the local variables that are in scope at each
// instruction: they stand in the order in which they were declared. gopher-lua lets
// those of a loop's body go on behind it; here they end where it repeats.
func (c *code) scopes() []set {
	all := make([]set, len(c.proto.Code))
	ends := make([]int, len(c.proto.DbgLocals))
	for i, v := range c.proto.DbgLocals {
		ends[i] = v.EndPc
	}
	for pc := range c.proto.Code {
		if op := c.at(pc).op(); !c.starts[pc] || op != lua.OP_FORLOOP && op != lua.OP_JMP || c.at(pc).jump() >= 0 {
			continue
		}
		for i, v := range c.proto.DbgLocals {
			if first := pc + 1 + c.at(pc).jump(); first <= v.StartPc && v.StartPc <= pc {
				ends[i] = min(ends[i], pc)
			}
		}
	}
	for pc := range all {
		n := 0
		for i, v := range c.proto.DbgLocals {
			if v.StartPc > pc {
				break
			}
			if pc < ends[i] {
				all[pc].add(n)
				n++
			}
		}
	}
	return all
}

// callWeight is how many plain instructions a call counts for.
const callWeight = 30

// weight is how much of the fuel one turn of a loop burns.
func (c *code) weight(first, last int) int {
	n := 0
	for pc := first; pc <= last; pc++ {
		n++
		if c.starts[pc] && c.at(pc).op() == lua.OP_CALL {
			n += callWeight
		}
	}
	return n
}

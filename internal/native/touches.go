package native

import lua "github.com/yuin/gopher-lua"

// touches gives the registers that an instruction reads, and those that hold
// something else, or nothing, after it.
func (c *code) touches(pc int) (uses, sets set) {
	i := c.at(pc)
	rk := func(n int) {
		if n&constantBit == 0 {
			uses.add(n)
		}
	}
	a, b := i.a(), i.b()
	switch i.op() {
	case lua.OP_MOVE, lua.OP_MOVEN, lua.OP_NOT:
		uses.add(b)
		sets.add(a)
	case lua.OP_UNM, lua.OP_LEN:
		rk(b)
		sets.add(a)
	case lua.OP_LOADK, lua.OP_LOADBOOL, lua.OP_GETUPVAL, lua.OP_GETGLOBAL, lua.OP_NEWTABLE:
		sets.add(a)
	case lua.OP_LOADNIL:
		sets.addAll(a, b)
	case lua.OP_GETTABLE, lua.OP_GETTABLEKS, lua.OP_ADD, lua.OP_SUB, lua.OP_MUL, lua.OP_DIV, lua.OP_MOD, lua.OP_POW:
		rk(b)
		rk(i.c())
		sets.add(a)
	case lua.OP_SETGLOBAL, lua.OP_SETUPVAL, lua.OP_TEST:
		uses.add(a)
	case lua.OP_SETTABLE, lua.OP_SETTABLEKS:
		uses.add(a)
		rk(b)
		rk(i.c())
	case lua.OP_SELF:
		rk(b)
		rk(i.c())
		sets.addAll(a, a+1)
	case lua.OP_CONCAT:
		uses.addAll(b, i.c())
		sets.add(a)
	case lua.OP_EQ, lua.OP_LT, lua.OP_LE:
		rk(b)
		rk(i.c())
	case lua.OP_TESTSET:
		uses.add(b)
	default:
		return c.touchesMany(pc)
	}
	return uses, sets
}

// touchesMany is touches of instructions with lists of registers.
func (c *code) touchesMany(pc int) (uses, sets set) {
	i := c.at(pc)
	a, b := i.a(), i.b()
	switch i.op() {
	case lua.OP_CALL:
		uses.addAll(a, a+b-1)
		if b == 0 {
			uses.addAll(a, 255)
		}
		sets.addAll(a, 255)
	case lua.OP_TAILCALL:
		uses.addAll(a, a+b-1)
		if b == 0 {
			uses.addAll(a, 255)
		}
	case lua.OP_RETURN:
		uses.addAll(a, a+b-2)
		if b == 0 {
			uses.addAll(a, 255)
		}
	case lua.OP_SETLIST:
		uses.addAll(a, a+b)
		if b == 0 {
			uses.addAll(a, 255)
		}
	case lua.OP_FORLOOP:
		uses.addAll(a, a+2)
		sets.add(a)
		sets.add(a + 3)
	case lua.OP_FORPREP:
		uses.addAll(a, a+2)
		sets.addAll(a, a+2)
	case lua.OP_TFORLOOP:
		uses.addAll(a, a+2)
		sets.addAll(a+3, 255)
	case lua.OP_CLOSURE:
		for n := pc + 1; n < pc+c.size(pc); n++ {
			if c.at(n).op() == lua.OP_MOVE {
				uses.add(c.at(n).b())
			}
		}
		sets.add(a)
	case lua.OP_VARARG:
		sets.addAll(a, 255)
	}
	return uses, sets
}

package native

import (
	"math"

	lua "github.com/yuin/gopher-lua"
)

// step translates the instruction at pc, and all the rest of the block if it
// ends there.
func (t *translator) step(pc int, i instruction) error {
	a, b := t.register(i.a()), i.b()
	switch i.op() {
	case lua.OP_MOVE, lua.OP_MOVEN: // the words behind a MOVEN are MOVEs
		if !t.copy(a, t.register(b)) {
			return t.leave(pc, "uses a value that has no type here")
		}
	case lua.OP_LOADK:
		if x, ok := t.c.code.proto.Constants[i.bx()].(lua.LNumber); ok {
			t.compute(a, opMove, constantOf(float64(x)), operand{})
		} else {
			t.load(a, t.know(source{origin: fromConstant, constant: t.c.code.proto.Constants[i.bx()]}))
		}
	case lua.OP_LOADBOOL:
		t.decide(a, opMove, operand{constant: true, value: float64(min(b, 1))}, operand{})
		if i.c() != 0 {
			return t.jump(pc + 2)
		}
	case lua.OP_LOADNIL:
		for r := i.a(); r <= b; r++ {
			t.set(t.register(r), typ{kind: null})
		}
	case lua.OP_ADD, lua.OP_SUB, lua.OP_MUL, lua.OP_DIV, lua.OP_MOD, lua.OP_POW, lua.OP_UNM:
		return t.arithmetic(pc, i)
	case lua.OP_NOT:
		return t.not(pc, i)
	case lua.OP_JMP, lua.OP_FORPREP, lua.OP_FORLOOP:
		return t.repeat(pc, i)
	case lua.OP_EQ, lua.OP_LT, lua.OP_LE:
		return t.compare(pc, i)
	case lua.OP_TEST, lua.OP_TESTSET:
		return t.choose(pc, i)
	case lua.OP_GETUPVAL, lua.OP_SETUPVAL, lua.OP_GETGLOBAL, lua.OP_SETGLOBAL:
		return t.variable(pc, i)
	case lua.OP_GETTABLE, lua.OP_SETTABLE, lua.OP_LEN, lua.OP_GETTABLEKS:
		return t.element(pc, i)
	case lua.OP_CALL, lua.OP_TAILCALL:
		return t.call(pc, i)
	case lua.OP_RETURN:
		return t.giveBack(pc, i)
	case lua.OP_NOP:
	default:
		return t.leave(pc, "%s", obstacles[i.op()])
	}
	return nil
}

// obstacles says what instructions do that loops are left for.
var obstacles = map[int]string{
	lua.OP_SETTABLEKS: "writes a field of a table",
	lua.OP_NEWTABLE:   "makes a table",
	lua.OP_SELF:       "calls a method",
	lua.OP_CONCAT:     "joins strings",
	lua.OP_TFORLOOP:   "has a for statement with 'in'",
	lua.OP_SETLIST:    "makes a table",
	lua.OP_CLOSE:      "ends the scope of a variable that a function has captured",
	lua.OP_CLOSURE:    "makes a function",
	lua.OP_VARARG:     "uses '...'",
}

var arithmetics = map[int]opcode{
	lua.OP_ADD: opAdd, lua.OP_SUB: opSub, lua.OP_MUL: opMul, lua.OP_DIV: opDiv, lua.OP_MOD: opMod,
}

func (t *translator) arithmetic(pc int, i instruction) error {
	a := t.register(i.a())
	isX, x := t.operand(i.b())
	if i.op() == lua.OP_UNM {
		if isX.kind != number {
			return t.leave(pc, "calculates with what is no number")
		}
		t.compute(a, opNeg, x, operand{})
		return nil
	}
	isY, y := t.operand(i.c())
	if isX.kind != number || isY.kind != number {
		return t.leave(pc, "calculates with what is no number")
	}
	if op, ok := arithmetics[i.op()]; ok {
		t.compute(a, op, x, y)
		return nil
	}
	switch { // as number.Power
	case y.constant && y.value == 2:
		t.compute(a, opMul, x, x)
	case y.constant && y.value == 0.5:
		t.compute(a, opRoot, x, y)
	default:
		t.emit(operation{op: opCall, name: powerName, to: variable{place: a}, x: x, y: y})
		t.set(a, typ{kind: number})
	}
	return nil
}

func (t *translator) not(pc int, i instruction) error {
	a := t.register(i.a())
	is, x := t.operand(i.b())
	switch is.kind {
	case none:
		return t.leave(pc, "uses a value that has no type here")
	case truth:
		t.decide(a, opNot, x, operand{})
	default:
		t.decide(a, opMove, constantTruth(is.kind == null), operand{})
	}
	return nil
}

func constantTruth(is bool) operand {
	if is {
		return constantOf(1)
	}
	return constantOf(0)
}

// compare translates a comparison and the jump behind it.
func (t *translator) compare(pc int, i instruction) error {
	isX, x := t.operand(i.b())
	isY, y := t.operand(i.c())
	yes, no := pc+1, pc+2
	if i.a() == 0 {
		yes, no = no, yes
	}
	if isX.kind == number && isY.kind == number {
		op := map[int]opcode{lua.OP_EQ: opEqual, lua.OP_LT: opLess, lua.OP_LE: opLessEqual}[i.op()]
		return t.test(op, x, y, yes, no)
	}
	switch {
	case i.op() != lua.OP_EQ:
		return t.leave(pc, "compares what are no numbers")
	case isX.kind == none || isY.kind == none || isX.kind == object && isY.kind == object && isX != isY:
		return t.leave(pc, "compares objects")
	case isX.kind == truth && isY.kind == truth:
		return t.test(opSame, x, y, yes, no)
	case isX == isY: // both nil, or one object
		return t.jump(yes)
	}
	return t.jump(no)
}

// test ends the block with a comparison that nothing else needs.
func (t *translator) test(op opcode, x, y operand, yes, no int) error {
	p := t.scratch()
	if p == noPlace {
		return errTooLong
	}
	to := variable{place: p, truth: true}
	t.emit(operation{op: op, to: to, x: x, y: y})
	return t.branch(operand{at: to}, yes, no)
}

// choose translates the steps of "and", "or" and if: TEST and TESTSET.
func (t *translator) choose(pc int, i instruction) error {
	from := t.register(i.a())
	if i.op() == lua.OP_TESTSET {
		from = t.register(i.b())
	}
	is := t.get(from)
	wants := i.c() != 0
	switch is.kind {
	case none:
		return t.leave(pc, "uses a value that has no type here")
	case truth:
	default:
		if (is.kind != null) != wants {
			return t.jump(pc + 2)
		}
		if i.op() == lua.OP_TESTSET {
			t.copy(t.register(i.a()), from)
		}
		return t.jump(pc + 1)
	}
	yes, no := pc+1, pc+2
	if !wants {
		yes, no = no, yes
	}
	if i.op() == lua.OP_TESTSET {
		return t.chooseValue(from, t.register(i.a()), wants, yes, no)
	}
	return t.branch(truthIn(from), yes, no)
}

// chooseValue copies a boolean on one of two ways: where it is copied it is known.
func (t *translator) chooseValue(from, to place, wants bool, yes, no int) (err error) {
	before := *t.s
	t.ended, t.now.decides, t.now.test = true, true, truthIn(from)
	// The way that copies has one of the two values; the other way must keep what
	// the place had, so the copy is a block of its own.
	copies, keeps := &t.now.yes, &t.now.no
	target, other := yes, no
	if !wants {
		copies, keeps = keeps, copies
		target, other = no, yes
	}
	if *keeps, err = t.follow(other); err != nil {
		return err
	}
	*t.s = before
	middle := &block{from: t.c, pc: t.now.pc, state: *t.s}
	t.blocks = append(t.blocks, middle)
	*copies = edge{to: middle}
	t.now = middle
	t.decide(to, opMove, constantTruth(wants), operand{})
	middle.yes, err = t.follow(target)
	return err
}

// variable translates the reading and writing of captured and global variables.
func (t *translator) variable(pc int, i instruction) error {
	a, p := t.register(i.a()), noPlace
	name := ""
	switch i.op() {
	case lua.OP_GETUPVAL, lua.OP_SETUPVAL:
		p = t.upvalue(i.b())
	default:
		name = string(t.c.code.proto.Constants[i.bx()].(lua.LString))
		p = t.global(name)
	}
	if p == noPlace {
		return t.leave(pc, "uses a variable that other functions share")
	}
	switch i.op() {
	case lua.OP_GETUPVAL, lua.OP_GETGLOBAL:
		if !t.copy(a, p) {
			return t.leave(pc, "reads global '%s'", name)
		}
		return nil
	case lua.OP_SETGLOBAL: // a new one gets a place in the order of all, and one that is no more gives it up
		if k := t.entryType(p).kind; k == none || k == null || t.get(a).kind == null {
			return t.leave(pc, "makes global '%s'", name)
		}
	}
	if !t.copy(p, a) {
		return t.leave(pc, "uses a value that has no type here")
	}
	return nil
}

// repeat translates jumps and numeric for statements.
func (t *translator) repeat(pc int, i instruction) error {
	target := pc + 1 + i.jump()
	switch i.op() {
	case lua.OP_JMP:
		if target <= pc {
			t.now.fuel, t.now.exit = t.c.code.weight(target, pc), t.way(pc, "")
		}
		return t.jump(target)
	case lua.OP_FORPREP:
		a := t.register(i.a())
		for p := a; p < a+3; p++ {
			if t.get(p).kind != number {
				return t.leave(pc, "has a for statement whose limits are no numbers")
			}
		}
		t.compute(a, opSub, numberIn(a), numberIn(a+2))
		return t.jump(target)
	}
	a := t.register(i.a())
	for p := a; p < a+3; p++ {
		if t.get(p).kind != number {
			return t.leave(pc, "has a for statement whose limits are no numbers")
		}
	}
	t.now.fuel, t.now.exit, t.now.before = t.c.code.weight(target, pc), t.way(pc, ""), true
	t.compute(a, opAdd, numberIn(a), numberIn(a+2))
	t.compute(a+3, opMove, numberIn(a), operand{})
	step := t.c.code.step(pc)
	switch {
	case step > 0:
		return t.test(opLessEqual, numberIn(a), numberIn(a+1), target, pc+1)
	case !math.IsNaN(step):
		return t.test(opLessEqual, numberIn(a+1), numberIn(a), target, pc+1)
	}
	return t.testStep(a, target, pc+1)
}

// testStep decides a for statement whose step may have either sign.
func (t *translator) testStep(a place, body, after int) error {
	up, rises, falls := t.scratch(), t.scratch(), t.scratch()
	if falls == noPlace {
		return errTooLong
	}
	t.emit(operation{op: opLess, to: variable{place: up, truth: true}, x: constantOf(0), y: numberIn(a + 2)})
	t.emit(operation{op: opLessEqual, to: variable{place: rises, truth: true}, x: numberIn(a), y: numberIn(a + 1)})
	t.emit(operation{op: opLessEqual, to: variable{place: falls, truth: true}, x: numberIn(a + 1), y: numberIn(a)})
	t.emit(operation{op: opPick, to: variable{place: rises, truth: true}, x: truthIn(rises), y: truthIn(falls), test: variable{place: up, truth: true}})
	return t.branch(truthIn(rises), body, after)
}

// step returns the step of the numeric for statement that the instruction at pc
// repeats, if its text has it, else NaN.
func (c *code) step(pc int) float64 {
	prep := pc + c.at(pc).jump() // in front of the body
	if prep < 1 || c.at(prep).op() != lua.OP_FORPREP || prep+1+c.at(prep).jump() != pc || c.leaders[prep] || !c.starts[prep-1] {
		return math.NaN()
	}
	if k := c.at(prep - 1); k.op() == lua.OP_LOADK && k.a() == c.at(pc).a()+2 {
		if x, ok := c.proto.Constants[k.bx()].(lua.LNumber); ok {
			return float64(x)
		}
	}
	return math.NaN()
}

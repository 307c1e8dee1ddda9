package native

import (
	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/lua51/vm"
)

// mostInlined is how many instructions a function may have that becomes a part of a
// loop.
const mostInlined = 400

// call translates CALL, and TAILCALL of a function of Go.
func (t *translator) call(pc int, i instruction) error {
	a, nargs, nret := t.register(i.a()), i.b()-1, i.c()-1
	is := t.get(a)
	tail := i.op() == lua.OP_TAILCALL
	if tail {
		nret = 1
	}
	switch {
	case is.kind != object:
		return t.leave(pc, "calls what is no function")
	case nargs < 0 || nret < 0 || !tail && t.opens(pc+1):
		return t.leave(pc, "calls a function with a list of arguments or results that has no fixed length")
	case tail && t.c.parent == nil:
		return t.leave(pc, "returns")
	}
	v := &t.values[is.of]
	switch {
	case v.class.intrinsic != nil:
		if !t.intrinsic(v.class.intrinsic, a, nargs) {
			return t.leave(pc, "calls 'math.%s' with what are no numbers", v.class.intrinsic.Name)
		}
		for n := 1; n < nret; n++ {
			t.set(a+place(n), typ{kind: null})
		}
		if tail {
			return t.results(a, 1)
		}
		return nil
	case v.class.proto != nil && !tail:
		return t.inline(pc, int(is.of), nargs, nret)
	}
	return t.leave(pc, "calls %s", t.callee(pc))
}

// opens reports whether an instruction takes all values up to the last one that
// was set, wherever that is.
func (t *translator) opens(pc int) bool {
	switch i := t.c.code.at(pc); i.op() {
	case lua.OP_CALL, lua.OP_TAILCALL, lua.OP_RETURN, lua.OP_SETLIST:
		return i.b() == 0
	}
	return false
}

// callee names what the instruction at pc calls.
func (t *translator) callee(pc int) string {
	a := t.c.code.at(pc).a()
	for n := pc - 1; n >= 0 && t.c.code.starts[n]; n-- {
		i := t.c.code.at(n)
		constants := t.c.code.proto.Constants
		switch {
		case i.a() != a:
		case i.op() == lua.OP_GETGLOBAL:
			return "'" + constants[i.bx()].String() + "'"
		case i.op() == lua.OP_GETTABLEKS:
			return "'" + constants[i.c()&^constantBit].String() + "'"
		default:
			return "a function of Go"
		}
	}
	return "a function of Go"
}

// intrinsic translates a call of a function of math. It reports whether the
// arguments are what that takes.
func (t *translator) intrinsic(f *vm.Intrinsic, a place, nargs int) bool {
	for n := 1; n <= nargs; n++ {
		if t.get(a+place(n)).kind != number {
			return false
		}
	}
	x, y := numberIn(a+1), numberIn(a+2)
	call := operation{op: opCall, name: f.Name, to: variable{place: a}, x: x, y: y}
	switch op, inline := inlined[f.Name]; {
	case inline && nargs >= 1:
		t.compute(a, op, x, operand{})
		return true
	case (f.Name == "max" || f.Name == "min") && nargs >= 1:
		op := map[string]opcode{"max": opMost, "min": opLeast}[f.Name]
		t.compute(a, opMove, x, operand{})
		for n := 2; n <= nargs; n++ {
			t.compute(a, op, numberIn(a), numberIn(a+place(n)))
		}
		return true
	case f.F2 != nil && nargs >= 2, f.F1 != nil && nargs >= 1, f.F0 != nil && nargs == 0:
	case f.F0 != nil && nargs == 1: // math.random(n)
		t.emit(operation{op: opSize, x: x, exit: t.guard("calls 'math.random' with what is no size")})
		p := t.scratch()
		if p == noPlace {
			return false
		}
		call.to = variable{place: p}
		t.emit(call)
		t.compute(a, opDraw, numberIn(p), x)
		return true
	default:
		return false
	}
	t.emit(call)
	t.set(a, typ{kind: number})
	return true
}

// inlined are the functions that are single operations.
var inlined = map[string]opcode{"sqrt": opSqrt, "floor": opFloor, "ceil": opCeil, "abs": opAbs}

// inline goes on in the function that is called, whose registers begin where its
// arguments are.
func (t *translator) inline(pc, fn, nargs, nret int) error {
	f := t.read[fn].(*lua.LFunction)
	p := f.Proto
	for c := t.c; c != nil; c = c.parent {
		if c.code.proto == p {
			return t.leave(pc, "calls a function that calls itself")
		}
	}
	base := t.register(t.c.code.at(pc).a()) + 1
	switch {
	case p.IsVarArg&lua.VarArgIsVarArg != 0:
		return t.leave(pc, "calls a function that takes '...'")
	case len(p.Code) > mostInlined || t.c.depth+1 >= mostDepth || base+256 > registers:
		return t.leave(pc, "calls a function that is too long, or calls too many others")
	case f.Env != t.frame.Fn.Env:
		return t.leave(pc, "calls a function with globals of its own")
	case nargs > int(p.NumUsedRegisters):
		return t.leave(pc, "calls a function with too many arguments")
	}
	key := callKey{t.c, pc}
	c := t.calls[key]
	if c == nil {
		code := t.codes[p]
		if code == nil {
			code = newCode(p)
			t.codes[p] = code
		}
		c = &call{code: code, parent: t.c, pc: pc, base: base, fn: fn, nargs: nargs, nret: nret, depth: t.c.depth + 1}
		t.calls[key] = c
		t.inlined = append(t.inlined, c)
	}
	for n := nargs; n < int(p.NumParameters); n++ {
		t.set(base+place(n), typ{kind: null})
	}
	for n := max(nargs, int(p.NumParameters)); n < 256; n++ {
		t.s[base+place(n)] = typ{}
	}
	t.c = c
	return t.jump(0)
}

// giveBack translates RETURN of a function that was called in the loop.
func (t *translator) giveBack(pc int, i instruction) error {
	switch {
	case t.c.parent == nil:
		return t.leave(pc, "returns")
	case i.b() == 0:
		return t.leave(pc, "returns a list that has no fixed length")
	}
	return t.results(t.register(i.a()), i.b()-1)
}

// results puts n values from a register on where the caller wants them, and goes
// on there.
func (t *translator) results(from place, n int) error {
	c := t.c
	to := c.base - 1
	for r := range min(n, c.nret) {
		if t.get(from+place(r)).kind == none {
			return t.leave(t.at-1, "returns a value that has no type here")
		}
	}
	for r := range c.nret {
		if r < n {
			t.copy(to+place(r), from+place(r))
		} else {
			t.set(to+place(r), typ{kind: null})
		}
	}
	t.c = c.parent
	return t.jump(c.pc + 1)
}

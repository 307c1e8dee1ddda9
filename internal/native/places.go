package native

import (
	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/lua51/vm"
)

// know returns the number of a value that is read at the entry.
func (t *translator) know(s source) int {
	if i, ok := t.known[s]; ok {
		return i
	}
	v := t.value(&s)
	t.read = append(t.read, v)
	t.values = append(t.values, value{source: s, class: classify(v), at: noPlace})
	t.known[s] = len(t.values) - 1
	return len(t.values) - 1
}

// entryType gives what a place holds at the entry, which then begins with it.
func (t *translator) entryType(p place) typ {
	s, ok := t.sources[p]
	if !ok {
		if p >= 256 {
			return typ{}
		}
		s = source{origin: fromRegister, base: own, index: int(p)}
	}
	i := t.know(s)
	t.values[i].at = p
	return t.typeOf(i)
}

// typeOf gives the type of a value that is read at the entry.
func (t *translator) typeOf(i int) typ {
	switch k := t.values[i].class.kind; k {
	case object:
		return typ{kind: object, of: int16(i)}
	default:
		return typ{kind: k}
	}
}

// get gives the type of a place.
func (t *translator) get(p place) typ { return t.resolved(p, t.s[p]) }

func (t *translator) register(r int) place { return t.c.base + place(r) }

// set gives a place another type; what it holds is for an operation to say.
func (t *translator) set(p place, is typ) {
	t.s[p] = is
	t.written[p] = true
}

// emit adds an operation.
func (t *translator) emit(o operation) { t.now.ops = append(t.now.ops, o) }

// compute adds an operation that gives a place a number.
func (t *translator) compute(p place, op opcode, x, y operand) {
	t.emit(operation{op: op, to: variable{place: p}, x: x, y: y})
	t.set(p, typ{kind: number})
}

// decide adds an operation that gives a place a boolean.
func (t *translator) decide(p place, op opcode, x, y operand) variable {
	to := variable{place: p, truth: true}
	t.emit(operation{op: op, to: to, x: x, y: y})
	t.set(p, typ{kind: truth})
	return to
}

func constantOf(x float64) operand { return operand{constant: true, value: x} }

func numberIn(p place) operand { return operand{at: variable{place: p}} }

func truthIn(p place) operand { return operand{at: variable{place: p, truth: true}} }

// scratch returns a place that the interpreter does not know.
func (t *translator) scratch() place {
	if t.next >= places {
		return noPlace
	}
	t.next++
	t.s[t.next-1] = typ{}
	return t.next - 1
}

// copy gives one place what another has. It reports whether that is anything.
func (t *translator) copy(to, from place) bool {
	is := t.get(from)
	switch is.kind {
	case none:
		return false
	case number:
		t.emit(operation{op: opMove, to: variable{place: to}, x: numberIn(from)})
	case truth:
		t.emit(operation{op: opMove, to: variable{place: to, truth: true}, x: truthIn(from)})
	}
	t.set(to, is)
	return true
}

// load gives a place a value of the entry.
func (t *translator) load(to place, i int) bool {
	is := t.typeOf(i)
	switch is.kind {
	case none:
		return false
	case number:
		t.emit(operation{op: opMove, to: variable{place: to}, x: operand{at: variable{entry: i + 1}}})
	case truth:
		t.emit(operation{op: opMove, to: variable{place: to, truth: true}, x: operand{at: variable{entry: i + 1, truth: true}}})
	}
	t.set(to, is)
	return true
}

// operand reads the operand n of an instruction, a register or a constant.
func (t *translator) operand(n int) (typ, operand) {
	if n&constantBit == 0 {
		p := t.register(n)
		is := t.get(p)
		if is.kind == truth {
			return is, truthIn(p)
		}
		return is, numberIn(p)
	}
	c := t.c.code.proto.Constants[n&^constantBit]
	if x, ok := c.(lua.LNumber); ok {
		return typ{kind: number}, constantOf(float64(x))
	}
	i := t.know(source{origin: fromConstant, constant: c})
	return t.typeOf(i), operand{at: variable{entry: i + 1}}
}

// upvalue returns the place of a captured variable of the present function: the
// register where it lives, if that is one of the loop's frame.
func (t *translator) upvalue(n int) place {
	fn := t.function(t.c.fn)
	if n >= len(fn.Upvalues) {
		return noPlace
	}
	uv := fn.Upvalues[n]
	p, ok := t.captured[uv]
	if !ok {
		p = noPlace
		if r, open := vm.OpenIn(t.L, uv); open && r >= t.frame.LocalBase {
			if p = place(r - t.frame.LocalBase); p >= 256 || !t.rootLive(int(p)) {
				return noPlace
			}
		} else if t.next < places {
			p = t.next
			t.next++
			t.sources[p] = source{origin: fromUpvalue, base: t.c.fn, index: n}
		}
		if p == noPlace {
			return p
		}
		t.captured[uv] = p
	}
	for _, a := range t.aliases {
		if a.base == t.c.fn && a.index == n {
			return p
		}
	}
	t.aliases = append(t.aliases, alias{t.c.fn, n, p})
	return p
}

// rootLive reports whether a register of the loop's frame is needed all the time,
// as those are that closures share.
func (t *translator) rootLive(r int) bool {
	c := t.codes[t.frame.Fn.Proto]
	return c.captured.has(r)
}

// global returns the place of a global variable.
func (t *translator) global(name string) place {
	p, ok := t.globals[name]
	if !ok {
		if t.next >= places {
			return noPlace
		}
		p = t.next
		t.next++
		t.globals[name] = p
		t.sources[p] = source{origin: fromGlobal, base: own, name: name}
	}
	return p
}

// describe names a place for people.
func (t *translator) describe(p place) string {
	if s, ok := t.sources[p]; ok {
		if s.origin == fromGlobal {
			return "global '" + s.name + "'"
		}
		return "a captured variable"
	}
	proto := t.c.code.proto
	n := int(p - t.c.base)
	for _, v := range proto.DbgLocals {
		if v.StartPc < t.at && t.at <= v.EndPc {
			if n == 0 {
				return "'" + v.Name + "'"
			}
			n--
		}
	}
	return "a value"
}

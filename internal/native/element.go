package native

import (
	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/array"
)

// element translates what is done with the elements and fields of an object.
func (t *translator) element(pc int, i instruction) error {
	switch i.op() {
	case lua.OP_GETTABLE:
		return t.loadElement(pc, i)
	case lua.OP_SETTABLE:
		return t.storeElement(pc, i)
	case lua.OP_LEN:
		is, _ := t.operand(i.b())
		if is.kind != object || !t.values[is.of].class.array {
			return t.leave(pc, "takes the length of what is no array")
		}
		a := t.register(i.a())
		t.emit(operation{op: opLength, to: variable{place: a}, array: int(is.of)})
		t.set(a, typ{kind: number})
		return nil
	}
	return t.field(pc, i)
}

// field translates the reading of a field of a table by its name. No loop writes
// fields of tables, so it is read at the entry.
func (t *translator) field(pc int, i instruction) error {
	is, _ := t.operand(i.b())
	name, ok := t.c.code.proto.Constants[i.c()&^constantBit].(lua.LString)
	if !ok || i.c()&constantBit == 0 {
		return t.leave(pc, "reads a field of a table")
	}
	if is.kind != object || !t.values[is.of].class.table || t.read[is.of] == t.frame.Fn.Env {
		return t.leave(pc, "reads field '%s' of what is no plain table", name)
	}
	if !t.load(t.register(i.a()), t.know(source{origin: fromField, base: int(is.of), name: string(name)})) {
		return t.leave(pc, "reads field '%s' of what is no plain table", name)
	}
	return nil
}

// arrayOf returns the array that is an object, if its elements can be used.
func (t *translator) arrayOf(is typ) (index int, elements array.Type, ok bool) {
	if is.kind != object || !t.values[is.of].class.array {
		return 0, 0, false
	}
	elements = t.values[is.of].class.typ
	return int(is.of), elements, elements != array.Complex64 && elements != array.Complex128
}

func (t *translator) loadElement(pc int, i instruction) error {
	is, _ := t.operand(i.b())
	isKey, key := t.operand(i.c())
	index, elements, ok := t.arrayOf(is)
	if !ok || isKey.kind != number {
		return t.leave(pc, "reads an element of what is no array of real numbers")
	}
	a := t.register(i.a())
	exit := t.guard("reads an element that is not there, or no number")
	t.emit(operation{op: opLoad, to: variable{place: a, truth: elements == array.Bool}, x: key, array: index, typ: elements, exit: exit})
	t.set(a, typ{kind: kindOf(elements)})
	return nil
}

func kindOf(elements array.Type) kind {
	if elements == array.Bool {
		return truth
	}
	return number
}

func (t *translator) storeElement(pc int, i instruction) error {
	isKey, key := t.operand(i.b())
	isValue, v := t.operand(i.c())
	index, elements, ok := t.arrayOf(t.get(t.register(i.a())))
	if !ok || isKey.kind != number {
		return t.leave(pc, "writes an element of what is no array of real numbers")
	}
	if isValue.kind != kindOf(elements) {
		return t.leave(pc, "writes into an array what it does not hold")
	}
	exit := t.guard("writes an element that is not there, or a number that it does not hold")
	t.emit(operation{op: opStore, x: key, y: v, array: index, typ: elements, exit: exit})
	return nil
}

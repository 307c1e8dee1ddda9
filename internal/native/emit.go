package native

import (
	"math"
	"slices"

	"github.com/mpiclus/mpiclus-lua/internal/lua51/vm"
)

// emitter writes the blocks of a loop as a WebAssembly function. Its arguments are
// the numbers and booleans of the entry, and where each array is and how long it
// is; its results the way out, the fuel that is left, and all places that it has
// written.
type emitter struct {
	*text
	module
	types   []byte           // of the function's parameters and locals
	params  int              // how many of them are parameters
	locals  map[variable]int // of variables
	entries map[int]int      // of values of the entry: an array has its length in the next one
	way     int
	fuel    int
	temp    [3]int // locals for what is between two operations: f64, i64, f64
	labels  []label
	calls   map[string]int
	whole   map[variable]bool
	outputs []variable // that are results, behind the way and the fuel
}

// label is something that code can leave: by its end, or a loop for its beginning.
type label struct {
	kind labelKind
	way  int
	of   *block
}

type labelKind uint8

const (
	plainLabel labelKind = iota
	wayLabel             // in front of the code that leaves
	leaveLabel           // in front of the results
	loopLabel
	blockLabel
)

// emit writes a loop whose blocks are in order.
func emit(t *text, order []*block, whole map[variable]bool) *emitter {
	e := &emitter{text: t, locals: map[variable]int{}, entries: map[int]int{}, calls: map[string]int{}, whole: whole}
	var params bytecode
	for i, v := range t.values {
		switch {
		case v.class.kind == number:
			e.entries[i] = e.param(&params, wasmF64)
		case v.class.kind == truth:
			e.entries[i] = e.param(&params, wasmI32)
		case v.class.array:
			e.entries[i] = e.param(&params, wasmI32)
			e.param(&params, wasmI64)
			e.memory = true
		}
	}
	e.params = len(e.types)
	e.way, e.fuel = e.local(wasmI32), e.local(wasmI32)
	e.temp = [3]int{e.local(wasmF64), e.local(wasmI64), e.local(wasmF64)}
	e.begin()
	e.open(wasmBlock, label{kind: leaveLabel})
	for i := range t.ways {
		e.open(wasmBlock, label{kind: wayLabel, way: i})
	}
	e.tree(order[0])
	e.body.add(wasmUnreachable)
	for i := len(t.ways) - 1; i >= 0; i-- {
		e.close()
		e.int32(int64(i))
		e.op(wasmLocalSet, e.way)
		e.op(wasmBr, e.depth(label{kind: leaveLabel}))
	}
	e.close()
	e.run = signature{params: string(params), results: e.results()}
	e.module.locals = e.types[e.params:]
	return e
}

func (e *emitter) param(params *bytecode, t byte) int {
	params.add(t)
	return e.local(t)
}

func (e *emitter) local(t byte) int {
	e.types = append(e.types, t)
	return len(e.types) - 1
}

// begin gives places what they have at the entry.
func (e *emitter) begin() {
	e.int32(int64(fullFuel))
	e.op(wasmLocalSet, e.fuel)
	for i, v := range e.values {
		if v.at == noPlace || v.class.kind != number && v.class.kind != truth {
			continue
		}
		e.op(wasmLocalGet, e.entries[i])
		e.op(wasmLocalSet, e.localOf(variable{place: v.at, truth: v.class.kind == truth}))
	}
}

// results writes what the function gives, and tells the types.
func (e *emitter) results() string {
	types := []byte{wasmI32, wasmI32}
	e.op(wasmLocalGet, e.way)
	e.op(wasmLocalGet, e.fuel)
	for p := range place(places) {
		for _, v := range []variable{{place: p}, {place: p, truth: true}} {
			if l, ok := e.locals[v]; ok && e.written[p] {
				e.op(wasmLocalGet, l)
				types = append(types, e.types[l])
				e.outputs = append(e.outputs, v)
			}
		}
	}
	return string(types)
}

// localOf returns the local of a variable.
func (e *emitter) localOf(v variable) int {
	if v.entry > 0 {
		return e.entries[v.entry-1]
	}
	l, ok := e.locals[v]
	if !ok {
		t := byte(wasmF64)
		if v.truth {
			t = wasmI32
		}
		l = e.local(t)
		e.locals[v] = l
	}
	return l
}

func (e *emitter) op(code byte, n int) {
	e.body.add(code)
	e.body.unsigned(uint64(n))
}

func (e *emitter) int32(n int64) {
	e.body.add(wasmI32Const)
	e.body.signed(n)
}

func (e *emitter) int64(n int64) {
	e.body.add(wasmI64Const)
	e.body.signed(n)
}

func (e *emitter) float(x float64) {
	e.body.add(wasmF64Const)
	e.body.float(x)
}

func (e *emitter) open(code byte, l label) {
	e.body.add(code, wasmNil)
	e.labels = append(e.labels, l)
}

func (e *emitter) close() {
	e.body.add(wasmEnd)
	e.labels = e.labels[:len(e.labels)-1]
}

// depth is how many labels are inside of one.
func (e *emitter) depth(l label) int {
	for i := len(e.labels) - 1; i >= 0; i-- {
		if e.labels[i] == l {
			return len(e.labels) - 1 - i
		}
	}
	panic("native: a way leads where there is no label")
}

// leaveIf leaves the loop if the topmost value is not 0.
func (e *emitter) leaveIf(way int) { e.op(wasmBrIf, e.depth(label{kind: wayLabel, way: way})) }

// tree writes a block and all that it dominates.
func (e *emitter) tree(b *block) {
	if b.repeats {
		e.open(wasmLoop, label{kind: loopLabel, of: b})
		defer e.close()
	}
	var merges []*block
	for _, n := range b.inside {
		if n.merges {
			merges = append(merges, n)
		}
	}
	slices.SortFunc(merges, func(x, y *block) int { return y.order - x.order })
	for _, n := range merges {
		e.open(wasmBlock, label{kind: blockLabel, of: n})
	}
	e.write(b)
	slices.Reverse(merges)
	for _, n := range merges {
		e.close()
		e.tree(n)
	}
}

// write writes a block and the ways on from it.
func (e *emitter) write(b *block) {
	if b.fuel > 0 && b.before {
		e.burn(b)
	}
	for i := range b.ops {
		e.operation(&b.ops[i])
	}
	if b.fuel > 0 && !b.before {
		e.burn(b)
	}
	if !b.decides {
		e.goOn(b, b.yes)
		return
	}
	e.operand(b.test, true)
	yes, no := e.target(b, b.yes), e.target(b, b.no)
	switch {
	case yes >= 0:
		e.op(wasmBrIf, yes)
		e.goOn(b, b.no)
	case no >= 0:
		e.body.add(wasmI32Eqz)
		e.op(wasmBrIf, no)
		e.goOn(b, b.yes)
	default:
		e.open(wasmIf, label{})
		e.goOn(b, b.yes)
		e.body.add(wasmElse)
		e.goOn(b, b.no)
		e.close()
	}
}

// target is the depth of the label that an edge leads to, -1 if what it leads to
// stands here.
func (e *emitter) target(b *block, to edge) int {
	switch {
	case to.to == nil:
		return e.depth(label{kind: wayLabel, way: to.exit})
	case to.to.order <= b.order:
		return e.depth(label{kind: loopLabel, of: to.to})
	case to.to.merges:
		return e.depth(label{kind: blockLabel, of: to.to})
	}
	return -1
}

func (e *emitter) goOn(b *block, to edge) {
	if d := e.target(b, to); d >= 0 {
		e.op(wasmBr, d)
		return
	}
	e.tree(to.to)
}

// burn takes fuel, and leaves the loop if there is none left.
func (e *emitter) burn(b *block) {
	e.op(wasmLocalGet, e.fuel)
	e.int32(int64(min(b.fuel, fullFuel/2))) // the first turn is always possible
	e.body.add(wasmI32Sub)
	e.op(wasmLocalTee, e.fuel)
	e.int32(0)
	e.body.add(wasmI32LtS)
	e.leaveIf(b.exit)
}

// function returns the number of a Go function that the loop calls.
func (e *emitter) function(name string) int {
	n, ok := e.calls[name]
	if !ok {
		n = len(e.imports)
		e.calls[name] = n
		e.imports = append(e.imports, imported{name, signatureOf(e.intrinsicOf(name))})
	}
	return n
}

// intrinsicOf finds what is known of a function by its name.
func (e *emitter) intrinsicOf(name string) *vm.Intrinsic {
	for _, v := range e.values {
		if f := v.class.intrinsic; f != nil && f.Name == name {
			return f
		}
	}
	return power
}

const maxWhole = 1 << 53

var infinity = math.Inf(1)

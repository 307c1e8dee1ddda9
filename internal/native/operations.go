package native

import (
	"math"

	"github.com/mpiclus/mpiclus-lua/internal/array"
	luanumber "github.com/mpiclus/mpiclus-lua/internal/lua51/number"
	"github.com/mpiclus/mpiclus-lua/internal/lua51/vm"
)

// operand writes the value of an operand, a boolean as 0 or 1.
func (e *emitter) operand(o operand, isTruth bool) {
	switch {
	case !o.constant:
		e.op(wasmLocalGet, e.localOf(o.at))
	case isTruth:
		e.int32(int64(o.value))
	default:
		e.float(o.value)
	}
}

func (e *emitter) numbers(all ...operand) {
	for _, o := range all {
		e.operand(o, false)
	}
}

// simple are the operations that are single instructions of one or two numbers.
var simple = map[opcode]struct {
	code     byte
	operands int
}{
	opAdd: {wasmF64Add, 2}, opSub: {wasmF64Sub, 2}, opMul: {wasmF64Mul, 2}, opDiv: {wasmF64Div, 2},
	opNeg: {wasmF64Neg, 1}, opFloor: {wasmF64Floor, 1}, opCeil: {wasmF64Ceil, 1}, opAbs: {wasmF64Abs, 1},
	opLess: {wasmF64Lt, 2}, opLessEqual: {wasmF64Le, 2}, opEqual: {wasmF64Eq, 2},
}

// operation writes one operation.
func (e *emitter) operation(o *operation) {
	if s, ok := simple[o.op]; ok {
		e.numbers([]operand{o.x, o.y}[:s.operands]...)
		e.body.add(s.code)
		e.op(wasmLocalSet, e.localOf(o.to))
		return
	}
	switch o.op {
	case opStore:
		e.store(o)
		return
	case opSize:
		e.size(o)
		return
	case opLoad:
		e.load(o)
	default:
		e.compound(o)
	}
	e.op(wasmLocalSet, e.localOf(o.to))
}

// squareRootOfLess is what math.sqrt gives for a number below 0.
var squareRootOfLess = math.Copysign(math.NaN(), -1)

// compound writes an operation that leaves its result on the stack.
func (e *emitter) compound(o *operation) {
	switch o.op {
	case opMove:
		e.operand(o.x, o.to.truth)
	case opNot:
		e.operand(o.x, true)
		e.body.add(wasmI32Eqz)
	case opSame:
		e.operand(o.x, true)
		e.operand(o.y, true)
		e.body.add(wasmI32Eq)
	case opPick:
		e.operand(o.x, true)
		e.operand(o.y, true)
		e.op(wasmLocalGet, e.localOf(o.test))
		e.body.add(wasmSelect)
	case opMod: // as number.Modulo
		e.numbers(o.x, o.x, o.y)
		e.body.add(wasmF64Div, wasmF64Floor)
		e.numbers(o.y)
		e.body.add(wasmF64Mul, wasmF64Sub)
	case opSqrt:
		e.float(squareRootOfLess)
		e.numbers(o.x)
		e.body.add(wasmF64Sqrt)
		e.numbers(o.x)
		e.float(0)
		e.body.add(wasmF64Lt, wasmSelect)
	case opRoot:
		e.root(o)
	case opMost, opLeast:
		e.numbers(o.y, o.x, o.y, o.x)
		e.body.add(map[opcode]byte{opMost: wasmF64Gt, opLeast: wasmF64Lt}[o.op], wasmSelect)
	case opDraw:
		e.numbers(o.x, o.y)
		e.body.add(wasmF64Mul, wasmF64Floor)
		e.float(1)
		e.body.add(wasmF64Add)
	case opLength:
		e.op(wasmLocalGet, e.entries[o.array]+1)
		e.body.add(wasmF64ConvI64S)
	case opCall:
		n := e.function(o.name)
		e.numbers([]operand{o.x, o.y}[:len(e.imports[n].params)]...)
		e.op(wasmCall, n)
	}
}

// root writes x ^ 0.5, as number.Power.
func (e *emitter) root(o *operation) {
	e.numbers(o.x)
	e.float(0)
	e.body.add(wasmF64Ge)
	e.numbers(o.x)
	e.float(infinity)
	e.body.add(wasmF64Lt, wasmI32And, wasmIf, wasmF64)
	e.numbers(o.x)
	e.float(0)
	e.body.add(wasmF64Add, wasmF64Sqrt, wasmElse)
	e.numbers(o.x, o.y)
	e.op(wasmCall, e.function(powerName))
	e.body.add(wasmEnd)
}

// size leaves the loop unless x is a whole number from 1 to 2^53.
func (e *emitter) size(o *operation) {
	e.within(o.x, 1, maxWhole, o.exit)
	e.numbers(o.x, o.x)
	e.body.add(wasmF64Floor, wasmF64Ne)
	e.leaveIf(o.exit)
}

// within leaves the loop unless low <= x <= high.
func (e *emitter) within(x operand, low, high float64, exit int) {
	e.numbers(x)
	e.float(low)
	e.body.add(wasmF64Ge)
	e.numbers(x)
	e.float(high)
	e.body.add(wasmF64Le, wasmI32And, wasmI32Eqz)
	e.leaveIf(exit)
}

// The bits of magic + x count up with x, for whole x below 2^51; all other x give
// what is beyond any length.
const magic = 3 << 51

// address leaves the address of an element on the stack, or the loop if there is
// none with that index.
func (e *emitter) address(o *operation) {
	e.numbers(o.x)
	e.float(magic)
	e.body.add(wasmF64Add)
	if !e.isWhole(o.x) {
		e.op(wasmLocalTee, e.temp[0])
		e.float(magic)
		e.body.add(wasmF64Sub)
		e.numbers(o.x)
		e.body.add(wasmF64Ne)
		e.leaveIf(o.exit)
		e.op(wasmLocalGet, e.temp[0])
	}
	e.body.add(wasmI64Bits)
	e.int64(int64(math.Float64bits(magic)) + 1)
	e.body.add(wasmI64Sub)
	e.op(wasmLocalTee, e.temp[1])
	e.op(wasmLocalGet, e.entries[o.array]+1)
	e.body.add(wasmI64GeU)
	e.leaveIf(o.exit)
	e.op(wasmLocalGet, e.entries[o.array])
	e.op(wasmLocalGet, e.temp[1])
	e.body.add(wasmI32WrapI64)
	if m := memories[o.typ]; m.shift > 0 {
		e.int32(int64(m.shift))
		e.body.add(wasmI32Shl)
	}
	e.body.add(wasmI32Add)
}

func (e *emitter) isWhole(x operand) bool {
	if x.constant {
		return x.value == math.Trunc(x.value)
	}
	return e.whole[x.at]
}

// memories says how elements lie in memory: the instructions that load and store
// them, with what makes a number of what is loaded, and the limits of what they
// hold. In 64 bits those are of what a number tells exactly.
var memories = map[array.Type]struct {
	load, number, store byte
	shift               int
	low, high           float64
}{
	array.Int8:    {0x2c, wasmF64ConvI32S, 0x3c, 0, math.MinInt8, math.MaxInt8},
	array.Int16:   {0x2e, wasmF64ConvI32S, 0x3d, 1, math.MinInt16, math.MaxInt16},
	array.Int32:   {0x28, wasmF64ConvI32S, 0x3e, 2, math.MinInt32, math.MaxInt32},
	array.Int64:   {0x29, wasmF64ConvI64S, 0x37, 3, -maxWhole, maxWhole},
	array.Uint8:   {0x2d, wasmF64ConvI32U, 0x3c, 0, 0, math.MaxUint8},
	array.Uint16:  {0x2f, wasmF64ConvI32U, 0x3d, 1, 0, math.MaxUint16},
	array.Uint32:  {0x28, wasmF64ConvI32U, 0x3e, 2, 0, math.MaxUint32},
	array.Uint64:  {0x29, wasmF64ConvI64U, 0x37, 3, 0, maxWhole},
	array.Float32: {0x2a, wasmF64Promote, 0x38, 2, 0, 0},
	array.Float64: {0x2b, 0, 0x39, 3, 0, 0},
	array.Bool:    {0x2d, 0, 0x3a, 0, 0, 1},
}

// access writes an instruction that loads or stores.
func (e *emitter) access(code byte, shift int) {
	e.body.add(code)
	e.body.unsigned(uint64(shift))
	e.body.unsigned(0)
}

// load leaves the value of an element on the stack. One of 64 bits that no number
// tells exactly is left to the interpreter.
func (e *emitter) load(o *operation) {
	m := memories[o.typ]
	e.address(o)
	e.access(m.load, m.shift)
	switch {
	case o.typ == array.Bool:
		e.int32(0)
		e.body.add(wasmI32Ne)
	case m.number != 0:
		e.body.add(m.number)
	}
	if o.typ == array.Int64 || o.typ == array.Uint64 {
		e.op(wasmLocalTee, e.temp[2])
		e.body.add(wasmF64Abs)
		e.float(maxWhole)
		e.body.add(wasmF64Ge)
		e.leaveIf(o.exit)
		e.op(wasmLocalGet, e.temp[2])
	}
}

// store writes an element, if it can hold the value.
func (e *emitter) store(o *operation) {
	m := memories[o.typ]
	switch o.typ {
	case array.Float64, array.Bool:
	case array.Float32:
		e.numbers(o.y)
		e.body.add(wasmF32Demote, wasmF64Promote, wasmF64Abs)
		e.float(infinity)
		e.body.add(wasmF64Eq)
		e.numbers(o.y)
		e.body.add(wasmF64Abs)
		e.float(infinity)
		e.body.add(wasmF64Ne, wasmI32And)
		e.leaveIf(o.exit)
	default:
		e.within(o.y, m.low, m.high, o.exit)
		e.numbers(o.y, o.y)
		e.body.add(wasmF64Trunc, wasmF64Ne)
		e.leaveIf(o.exit)
	}
	e.address(o)
	e.operand(o.y, o.typ == array.Bool)
	switch o.typ {
	case array.Float64, array.Bool:
	case array.Float32:
		e.body.add(wasmF32Demote)
	default:
		e.body.add(wasmSaturating, wasmI64TruncSatS)
	}
	e.access(m.store, m.shift)
}

// power is the operator ^.
var power = &vm.Intrinsic{Name: powerName, F2: luanumber.Power}

const powerName = "^"

// signatureOf is the type of a Go function that a loop calls.
func signatureOf(f *vm.Intrinsic) signature {
	switch {
	case f.F2 != nil:
		return signature{params: "\x7c\x7c", results: "\x7c"}
	case f.F1 != nil:
		return signature{params: "\x7c", results: "\x7c"}
	}
	return signature{results: "\x7c"}
}

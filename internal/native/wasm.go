package native

import (
	"encoding/binary"
	"math"
)

// The binary format of WebAssembly 1.0 with results of several values
// (https://www.w3.org/TR/wasm-core-2/, chapter 5), as much of it as loops need.

const (
	wasmI32 = 0x7f
	wasmI64 = 0x7e
	wasmF64 = 0x7c
	wasmNil = 0x40 // a block without a result

	wasmUnreachable = 0x00
	wasmBlock       = 0x02
	wasmLoop        = 0x03
	wasmIf          = 0x04
	wasmElse        = 0x05
	wasmEnd         = 0x0b
	wasmBr          = 0x0c
	wasmBrIf        = 0x0d
	wasmCall        = 0x10
	wasmSelect      = 0x1b
	wasmLocalGet    = 0x20
	wasmLocalSet    = 0x21
	wasmLocalTee    = 0x22
	wasmI32Const    = 0x41
	wasmI64Const    = 0x42
	wasmF64Const    = 0x44
	wasmI32Eqz      = 0x45
	wasmI32Eq       = 0x46
	wasmI32Ne       = 0x47
	wasmI32LtS      = 0x48
	wasmI64GeU      = 0x5a
	wasmF64Eq       = 0x61
	wasmF64Ne       = 0x62
	wasmF64Lt       = 0x63
	wasmF64Gt       = 0x64
	wasmF64Le       = 0x65
	wasmF64Ge       = 0x66
	wasmI32Add      = 0x6a
	wasmI32Sub      = 0x6b
	wasmI32And      = 0x71
	wasmI32Shl      = 0x74
	wasmI64Sub      = 0x7d
	wasmF64Abs      = 0x99
	wasmF64Neg      = 0x9a
	wasmF64Ceil     = 0x9b
	wasmF64Floor    = 0x9c
	wasmF64Trunc    = 0x9d
	wasmF64Sqrt     = 0x9f
	wasmF64Add      = 0xa0
	wasmF64Sub      = 0xa1
	wasmF64Mul      = 0xa2
	wasmF64Div      = 0xa3
	wasmI32WrapI64  = 0xa7
	wasmF32Demote   = 0xb6
	wasmF64ConvI32S = 0xb7
	wasmF64ConvI32U = 0xb8
	wasmF64ConvI64S = 0xb9
	wasmF64ConvI64U = 0xba
	wasmF64Promote  = 0xbb
	wasmI64Bits     = 0xbd // i64.reinterpret_f64

	wasmSaturating   = 0xfc // prefix
	wasmI64TruncSatS = 0x06
)

// bytecode is a part of a module.
type bytecode []byte

func (b *bytecode) add(bytes ...byte) { *b = append(*b, bytes...) }

func (b *bytecode) unsigned(n uint64) { *b = binary.AppendUvarint(*b, n) }

func (b *bytecode) signed(n int64) {
	for {
		low := byte(n & 0x7f)
		n >>= 7
		if n == 0 && low&0x40 == 0 || n == -1 && low&0x40 != 0 {
			b.add(low)
			return
		}
		b.add(low | 0x80)
	}
}

func (b *bytecode) float(x float64) { *b = binary.LittleEndian.AppendUint64(*b, math.Float64bits(x)) }

func (b *bytecode) name(s string) {
	b.unsigned(uint64(len(s)))
	b.add([]byte(s)...)
}

// vector adds bytes with their number in front.
func (b *bytecode) vector(v bytecode) {
	b.unsigned(uint64(len(v)))
	b.add(v...)
}

func (b *bytecode) types(all []byte) {
	b.unsigned(uint64(len(all)))
	b.add(all...)
}

// signature is the type of a function.
type signature struct{ params, results string }

// module is what becomes a WebAssembly module with one function, "run".
type module struct {
	imports []imported
	run     signature
	memory  bool
	locals  []byte
	body    bytecode
}

// functionName is what a Go function is called in the module of its own.
const functionName = "call"

// imported is a function of Go, in a module of its name.
type imported struct {
	name string
	signature
}

// bytes gives the module in the binary format.
func (m *module) bytes() []byte {
	out := bytecode("\x00asm\x01\x00\x00\x00")
	section := func(id byte, build func(b *bytecode)) {
		var b bytecode
		build(&b)
		out.add(id)
		out.vector(b)
	}
	section(1, func(b *bytecode) {
		b.unsigned(uint64(len(m.imports) + 1))
		for _, f := range append(m.imports[:len(m.imports):len(m.imports)], imported{signature: m.run}) {
			b.add(0x60)
			b.types([]byte(f.params))
			b.types([]byte(f.results))
		}
	})
	section(2, func(b *bytecode) {
		b.unsigned(uint64(len(m.imports)))
		for i, f := range m.imports {
			b.name(f.name)
			b.name(functionName)
			b.add(0x00)
			b.unsigned(uint64(i))
		}
	})
	section(3, func(b *bytecode) {
		b.unsigned(1)
		b.unsigned(uint64(len(m.imports)))
	})
	if m.memory {
		section(5, func(b *bytecode) {
			b.unsigned(1)
			b.add(0x01)
			b.unsigned(windowPages)
			b.unsigned(windowPages + 1)
		})
	}
	section(7, func(b *bytecode) {
		b.unsigned(1)
		b.name("run")
		b.add(0x00)
		b.unsigned(uint64(len(m.imports)))
	})
	section(10, func(b *bytecode) {
		var f bytecode
		f.unsigned(uint64(len(m.locals)))
		for _, t := range m.locals {
			f.add(1, t)
		}
		f.add(m.body...)
		f.add(wasmEnd)
		b.unsigned(1)
		b.vector(f)
	})
	return out
}

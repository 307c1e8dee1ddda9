package tree

import lua "github.com/yuin/gopher-lua"

// Multi is the number of values in an instruction SETLIST that stands for all
// that the call or the vararg before has left, from the batch after C on.
// gopher-lua's own mark for that, 0, is for batch C.
const Multi = 511

// repair puts right what gopher-lua compiled, in place, in a function and those
// inside it.
func repair(proto *lua.FunctionProto, p *jumps, constants *pool) {
	constants.settle(proto)
	batch := map[int]int{} // by register, of the table that is written there
	raw := map[int]int{}   // as gopher-lua has it
	code, lines := proto.Code, proto.DbgSourcePositions
	for pc := 0; pc < len(code); pc++ {
		op, a := int(code[pc]>>26), int(code[pc]>>18&0xff)
		if line := lines[pc]; line >= jumpLine {
			j := p.list[line-jumpLine]
			lines[pc] = j.line
			if op == lua.OP_CLOSE {
				code[pc] = closing(j)
			}
		}
		switch op {
		case lua.OP_NEWTABLE:
			batch[a], raw[a] = 0, 0
		case lua.OP_SETLIST:
			b, c := code[pc]&0x1ff, int(code[pc]>>9&0x1ff)
			if c != 0 && c == raw[a] && b == uint32(lua.FieldsPerFlush) { // again, for a field with a name
				code[pc] = instruction(lua.OP_NOP, 0, 0, 0)
				continue
			}
			batch[a]++
			raw[a] = c
			switch {
			case c == 0: // the number is in the next word
				pc++
				code[pc] = uint32(batch[a])
			case batch[a] == maxFlushes+1: // only b == 0 comes here
				code[pc] = instruction(lua.OP_SETLIST, a, Multi, maxFlushes)
			default:
				code[pc] = instruction(lua.OP_SETLIST, a, b, batch[a])
			}
		case lua.OP_CLOSURE:
			pc += int(proto.FunctionPrototypes[code[pc]&(1<<18-1)].NumUpvalues)
		}
	}
	for _, inner := range proto.FunctionPrototypes {
		repair(inner, p, constants)
	}
}

// closing gives the instruction that closes what a jump leaves.
func closing(j jump) uint32 {
	if !j.close {
		return instruction(lua.OP_NOP, 0, 0, 0)
	}
	return instruction(lua.OP_CLOSE, j.first, 0, 0)
}

func instruction(op, a int, b uint32, c int) uint32 {
	return uint32(op)<<26 | uint32(a)<<18 | uint32(c)<<9 | b
}

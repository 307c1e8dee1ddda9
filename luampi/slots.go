package luampi

import (
	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/mpi"
	"github.com/mpiclus/mpiclus-lua/internal/mpi/table"
)

// slot gives a C int as a slot holds it.
func slot(n int) uint64 { return uint64(uint32(int32(n))) }

// argument returns argument i, as the table has it and as the script gave it.
func (x *call) argument(i int) (*table.Arg, lua.LValue) { return &x.row.Args[i], x.at[i] }

// argOf returns the number of the argument that lies in a slot.
func (x *call) argOf(slotOf int) int {
	for i := range x.row.Args {
		if x.row.Args[i].Slot == slotOf {
			return i
		}
	}
	return 0
}

// put fills the slot of argument i.
func (x *call) put(i int, value uint64) { x.c.S[x.row.Args[i].Slot] = value }

// word returns what is in the slot of result i.
func (x *call) word(i int) uint64 { return x.c.S[x.row.Results[i].Slot] }

// again makes the call's frame one of another line, for the next step.
func (x *call) again(row *table.Call, comm uint64) *mpi.Call {
	x.c.Reset()
	x.c.Prepare(row)
	x.c.As = x.row.Name
	x.c.S[table.SlotComm] = comm
	return x.c
}

// setBytes puts memory into the slots of the send or receive array.
func (m *module) setBytes(c *mpi.Call, slotOf int, b []byte) {
	c.S[slotOf] = c.Hold(addressOf(b))
	c.S[slotOf+1], c.S[slotOf+2] = slot(len(b)), m.byteType
	if slotOf == table.SlotSend { // what is received may be shorter
		c.Bytes += len(b)
	}
}

// setWords puts 64-bit numbers into the slots of an array, count for each
// rank.
func (m *module) setWords(c *mpi.Call, slotOf int, words []uint64, count int) {
	c.S[slotOf] = c.Hold(addressOf(words))
	c.S[slotOf+1], c.S[slotOf+2] = slot(count), m.wordType
}

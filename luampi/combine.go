package luampi

import (
	"context"
	"strings"
	"unsafe"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/array"
	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
	"github.com/mpiclus/mpiclus-lua/internal/mpi"
	"github.com/mpiclus/mpiclus-lua/internal/mpi/table"
)

// A reduction with an op of the script that does not sit in the library, one
// that was only started or that can be left, is a collective that moves the
// operands of all ranks, and the op runs in rank order in the task that waits
// for it. The library never calls such an op, on whichever visit to MPI: so it
// runs in its own task, may wait, and may be stopped (docs/adr/0010).

// operands are what a rank combines: blocks of n elements, one of each rank,
// in rank order.
type operands struct {
	op       *handle
	datatype uint64
	n        int // elements of a block
	size     int // bytes of an element
	blocks   []byte
	stride   int            // bytes from one block to the next
	end      int            // the block to end before; 0 combines none
	skip     int            // bytes of each block before what this rank combines
	into     unsafe.Pointer // of n elements, nil where nothing is wanted
}

// combines reports whether the call is such a reduction, or Reduce_local.
func (x *call) combines() bool {
	return x.op != nil && x.op.op != nil && !x.c.Sits() && (x.row.Class == table.Coll || x.row.Name == "Reduce_local")
}

// combine makes such a reduction, or starts it.
func (x *call) combine() error {
	if x.row.Class == table.Local {
		return x.combineHere()
	}
	o, err := x.operands()
	if err != nil {
		return err
	}
	x.after = func(L *lua.LState) error { return x.m.fold(L, o) }
	if x.row.Other {
		return x.await()
	}
	if err := x.occupy(); err != nil {
		return err
	}
	err = x.await()
	x.vacate()
	if err != nil {
		return err
	}
	return x.after(x.L)
}

// combineHere is Reduce_local, which is nothing of the library.
func (x *call) combineHere() error {
	s := *x.c.S
	o := &operands{op: x.op, datatype: s[table.SlotSend+2], n: int(int32(s[table.SlotSend+1]))}
	if err := x.m.sizeOf(o); err != nil {
		return err
	}
	if o.n == 0 {
		return nil
	}
	defer x.m.combines(x.send.address, x.recv.address)()
	return x.m.apply(x.L, o, x.send.address, x.recv.address)
}

// operands turns the frame, whose slots were read, into one of the collective
// that moves the operands.
func (x *call) operands() (*operands, error) {
	s := *x.c.S
	ranks, me := x.comm.Peers(), x.comm.Rank
	o := &operands{op: x.op, datatype: s[table.SlotSend+2], end: ranks, into: x.recv.address}
	if err := x.m.sizeOf(o); err != nil {
		return nil, err
	}
	own := x.send.address
	if x.send.inPlace {
		own = x.recv.address
	}
	if x.comm.Inter && strings.HasPrefix(x.base(), "Reduce_scatter") { // which would take what is for the own group
		return nil, luaError("mpi.%s with an op of a script does not work on inter-communicators", x.row.Name)
	}
	m := &mover{x: x, o: o, own: own, datatype: o.datatype}
	switch x.base() {
	case "Reduce":
		m.gather(s)
	case "Allreduce":
		m.allgather(int(int32(s[table.SlotSend+1])))
	case "Scan", "Exscan":
		m.allgather(int(int32(s[table.SlotSend+1])))
		if o.end = me; x.base() == "Scan" {
			o.end++
		}
	case "Reduce_scatter_block":
		m.alltoall(int(int32(s[table.SlotRecv+1])))
	case "Reduce_scatter":
		m.alltoallv(append([]int32(nil), x.counts(table.SlotRCounts)...), me)
	}
	return o, nil
}

// sizeOf fills in how long an element is, of a type that the op works on.
func (m *module) sizeOf(o *operands) error {
	if t, ok := m.elements[o.datatype]; ok {
		o.size = t.Size()
		return nil
	}
	if r, ok := m.plugins.records.of(o.datatype); ok && o.op.plugin != nil {
		o.size = r.element.Size() * r.length
		return nil
	}
	if o.op.plugin != nil {
		return luaerr.New(luaerr.Argument, "%s works on arrays of plain elements only", o.op.plugin.Name())
	}
	return errPlain
}

// mover fills in the frame of the collective that moves operands.
type mover struct {
	x        *call
	o        *operands
	own      unsafe.Pointer // the operand of this rank
	datatype uint64
}

// begin makes the frame one of a line, in the form that does not wait for the
// others, and the blocks for what comes.
func (v *mover) begin(name string, n, ranks int) *mpi.Call {
	if v.x.row.Other {
		name = table.ByName[name].NonBlocking()
	}
	if why := array.TooLarge(array.Uint8, n*ranks*v.o.size); why != "" {
		v.x.arg(0, "the operands of all ranks: %s", why)
	}
	v.o.n, v.o.stride = n, n*v.o.size
	v.o.blocks = make([]byte, n*ranks*v.o.size, max(n*ranks*v.o.size, 1))
	c := v.x.again(table.ByName[name], v.x.comm.Handle)
	c.S[table.SlotSend], c.S[table.SlotSend+1], c.S[table.SlotSend+2] = c.Hold(v.own), slot(n), v.datatype
	c.S[table.SlotRecv], c.S[table.SlotRecv+1], c.S[table.SlotRecv+2] = c.Hold(addressOf(v.o.blocks)), slot(n), v.datatype
	c.Hold(v.o.into)
	c.Bytes = n * v.o.size
	return c
}

func (v *mover) allgather(n int) { v.begin("Allgather", n, v.o.end) }

func (v *mover) gather(s [table.Slots]uint64) {
	n, ranks := int(int32(s[table.SlotSend+1])), 0
	if v.x.root {
		ranks = v.o.end
	} else {
		v.o.end, v.o.into = 0, nil
	}
	if v.x.root && v.x.comm.Inter {
		n = int(int32(s[table.SlotRecv+1]))
	}
	c := v.begin("Gather", n, ranks)
	c.S[table.SlotRoot] = s[table.SlotRoot]
}

func (v *mover) alltoall(n int) { v.begin("Alltoall", n, v.o.end) }

// alltoallv deals out parts of different lengths, of which each rank combines
// its own. Two groups whose parts differ exchange all.
func (v *mover) alltoallv(counts []int32, me int) {
	ranks, n := v.o.end, int(counts[me])
	displs := packed(counts)
	if v.x.comm.Inter {
		last := len(counts) - 1
		v.begin("Allgather", int(displs[last]+counts[last]), ranks)
		v.o.skip = int(displs[me]) * v.o.size
		v.o.n = n
		return
	}
	c := v.begin("Alltoallv", n, ranks)
	rcounts := make([]int32, ranks)
	for r := range rcounts {
		rcounts[r] = int32(n)
	}
	rdispls := packed(rcounts)
	for at, list := range map[int][]int32{table.SlotSCounts: counts, table.SlotSDispls: displs, table.SlotRCounts: rcounts, table.SlotRDispls: rdispls} {
		c.S[at] = c.Hold(unsafe.Pointer(unsafe.SliceData(list)))
	}
}

// fold combines the blocks in rank order and writes what comes out.
func (m *module) fold(L *lua.LState, o *operands) error {
	bytes := o.n * o.size
	if o.into == nil || bytes == 0 || o.end == 0 {
		return nil
	}
	defer m.combines(o.into)()
	block := func(r int) unsafe.Pointer { return unsafe.Pointer(&o.blocks[r*o.stride+o.skip]) }
	sum := block(0)
	for r := 1; r < o.end; r++ {
		if err := m.apply(L, o, sum, block(r)); err != nil {
			return err
		}
		sum = block(r)
	}
	copy(unsafe.Slice((*byte)(o.into), bytes), unsafe.Slice((*byte)(sum), bytes))
	return nil
}

// combines notes memory of arrays that an op reads or writes when the script's code has
// run, until the result is called: a window that it belongs to must not be freed there.
func (m *module) combines(memory ...unsafe.Pointer) (over func()) {
	for _, p := range memory {
		m.combined[p]++
	}
	return func() {
		for _, p := range memory {
			if m.combined[p]--; m.combined[p] == 0 {
				delete(m.combined, p)
			}
		}
	}
}

// apply runs the op once.
func (m *module) apply(L *lua.LState, o *operands, in, inout unsafe.Pointer) error {
	if o.op.run != nil {
		return o.op.run(L, in, inout, o.n, o.datatype)
	}
	return m.in.Wait(L, func(ctx context.Context) error {
		return o.op.op.Direct(ctx, in, inout, o.n, o.datatype)
	})
}

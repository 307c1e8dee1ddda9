package luampi

import (
	"context"
	"unsafe"

	"github.com/mpiclus/mpiclus-lua/internal/array"
	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
	"github.com/mpiclus/mpiclus-lua/internal/mpi"
	"github.com/mpiclus/mpiclus-lua/internal/mpi/table"
)

// Libraries take numbers without a sign for such with one in MAX and MIN (MPI 3.1,
// section 5.9.2, has each compared as what it is): MPICH 4.0 all of them, Open MPI
// 4.1 MPI_UNSIGNED_LONG, and MPI_OFFSET the other way round. Each type is tried when
// a process starts. Elements of an array have the type that the array has,
// whatever name of it the script gave; where the library is wrong with that as well
// an op of this package takes its place, and accesses to windows, which take none,
// are refused.

// openOrders tries the types of arrays of whole numbers.
func (m *module) openOrders() {
	for t, handle := range m.types {
		switch t := array.Type(t); t {
		case array.Int8, array.Int16, array.Int32, array.Int64:
			m.orders.wrong[t] = !m.s.Orders(handle, t.Size(), true)
		case array.Uint8, array.Uint16, array.Uint32, array.Uint64:
			m.orders.wrong[t] = !m.s.Orders(handle, t.Size(), false)
		}
	}
	m.orders.ops = map[string]*handle{}
	for name, greatest := range map[string]bool{"MAX": true, "MIN": false} {
		op := &mpi.Op{Commutes: true, Direct: m.extreme(greatest)}
		m.orders.ops[name] = &handle{class: "op", name: name, groups: opGroups[name], value: m.s.OwnOp(op), op: op}
	}
}

// order makes a reduction by MAX or MIN one that compares as the type of the arrays
// does.
func (x *call) order() {
	if x.op == nil || x.op.name != "MAX" && x.op.name != "MIN" {
		return
	}
	sends, receives := x.orderOf(&x.send, table.SlotSend), x.orderOf(&x.recv, table.SlotRecv)
	wrong := sends || receives
	if x.send.inPlace {
		x.c.S[table.SlotSend+2] = x.c.S[table.SlotRecv+2]
	}
	if x.row.HasWin() && x.send.derived && x.send.content.known {
		wrong = x.m.orders.wrong[x.send.content.of]
	}
	switch {
	case !wrong:
	case x.row.HasWin():
		i := x.argOf(table.SlotOp)
		x.arg(i, "this MPI library compares numbers without a sign as if they had one in mpi.%s: take int64 or float64 elements in the window", x.op.name)
	default:
		x.op = x.m.orders.ops[x.op.name]
		x.c.S[table.SlotOp], x.c.Op = x.op.value, x.op.op
	}
}

// orderOf gives elements of a plain type the type that arrays have, and reports
// whether the library is wrong with it.
func (x *call) orderOf(b *buffer, slot int) (wrong bool) {
	c := x.m.basics[x.c.S[slot+2]]
	if b.typ == 0 || !c.known || x.m.types[c.of] == 0 {
		return false
	}
	b.typ = x.m.types[c.of]
	x.c.S[slot+2] = b.typ
	return x.m.orders.wrong[c.of]
}

// extreme returns MAX or MIN of whole numbers, as a library calls it.
func (m *module) extreme(greatest bool) func(ctx context.Context, in, inout unsafe.Pointer, n int, datatype uint64) error {
	return func(_ context.Context, in, inout unsafe.Pointer, n int, datatype uint64) error {
		t, plain := m.elements[datatype]
		if !plain {
			return luaerr.New(luaerr.Argument, "MAX and MIN work on plain elements only")
		}
		switch t {
		case array.Int8:
			extremes[int8](in, inout, n, greatest)
		case array.Int16:
			extremes[int16](in, inout, n, greatest)
		case array.Int32:
			extremes[int32](in, inout, n, greatest)
		case array.Int64:
			extremes[int64](in, inout, n, greatest)
		case array.Uint8:
			extremes[uint8](in, inout, n, greatest)
		case array.Uint16:
			extremes[uint16](in, inout, n, greatest)
		case array.Uint32:
			extremes[uint32](in, inout, n, greatest)
		case array.Uint64:
			extremes[uint64](in, inout, n, greatest)
		default:
			return luaerr.New(luaerr.Argument, "MAX and MIN of %s are the library's", t)
		}
		return nil
	}
}

func extremes[T int8 | int16 | int32 | int64 | uint8 | uint16 | uint32 | uint64](in, inout unsafe.Pointer, n int, greatest bool) {
	a, b := unsafe.Slice((*T)(in), n), unsafe.Slice((*T)(inout), n)
	for i := range a {
		if greatest {
			b[i] = max(a[i], b[i])
		} else {
			b[i] = min(a[i], b[i])
		}
	}
}

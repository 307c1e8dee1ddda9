package luampi

import (
	"math"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/array"
	"github.com/mpiclus/mpiclus-lua/internal/lua51/vm"
	"github.com/mpiclus/mpiclus-lua/internal/mpi"
	"github.com/mpiclus/mpiclus-lua/internal/mpi/table"
)

var reductionKinds = family{
	table.Op:           {read: (*call).readOp, result: (*call).handleResult},
	table.Op1:          {byHand: true, methods: "op"},
	table.Function:     {byHand: true},
	table.Reduce:       {read: (*call).readReduce, memory: (*call).sentMemory},
	table.Reduced:      {read: (*call).readReduced, memory: (*call).reducedMemory, skips: (*call).noArray},
	table.RootReduced:  {read: takesOnRoot((*call).readReduced), memory: (*call).reducedMemory, skips: (*call).noArray},
	table.ExReduced:    {read: (*call).readExReduced, memory: (*call).reducedMemory, skips: (*call).noArray},
	table.BlockReduced: {read: (*call).readBlockReduced, memory: (*call).reducedPart, skips: (*call).noArray},
	table.PartReduced:  {read: (*call).readPartReduced, memory: (*call).reducedPart, skips: (*call).noArray},
}

func (x *call) readOp(i int) {
	h := toHandle(x.at[i], "op")
	if h == nil || h.name == "OP_NULL" {
		x.expected(i, "op", x.at[i])
	}
	x.alive(i, h)
	if h.op != nil && x.row.HasWin() {
		x.arg(i, "accesses to windows take the ops of MPI alone (MPI 3.1, section 11.3.4)")
	}
	x.put(i, h.value)
	x.op, x.c.Op = h, h.op
}

// isReduction reports whether the arguments are two arrays, an op and a communicator.
func isReduction(row *table.Call) bool {
	a := row.Args
	return row.Class == table.Coll && len(a) == 4 && a[0].Kind == table.Reduce && a[1].Kind == table.Reduced && a[2].Kind == table.Op && a[3].Kind == table.Comm
}

// readPlainReduction reads the arguments of a reduction of two arrays that are alike by an
// op of MPI, all given and plainly right: what an iteration does in every step. Otherwise
// the result is false, and read tells what is wrong or fills in what is missing.
func (x *call) readPlainReduction(base int, comm *mpi.Comm) bool {
	m, args := x.m, vm.Args(x.L, base)
	if comm == nil && len(args) == 4 {
		if comm = toComm(args[3]); comm == nil {
			return false
		}
		args = args[:3]
	}
	if comm == nil {
		comm = m.world
	}
	if len(args) != 3 || comm.Inter || comm.Unusable() != "" {
		return false
	}
	from, ok1 := array.To(args[0])
	into, ok2 := array.To(args[1])
	op := toHandle(args[2], "op")
	if !ok1 || !ok2 || !from.Contiguous() || !into.Contiguous() || op == nil || op.freed || op.groups&groupOf(from.Type()) == 0 ||
		(op.name == "MAX" || op.name == "MIN") && m.orders.wrong[from.Type()] ||
		from.Type() != into.Type() || from.Len() != into.Len() || from.Len() > math.MaxInt32 || memoryOf(from).meets(memoryOf(into)) {
		return false
	}
	s, typ, n := x.c.S, m.types[from.Type()], slot(from.Len())
	s[table.SlotSend], s[table.SlotSend+1], s[table.SlotSend+2] = x.c.Hold(addressOf(from.Bytes())), n, typ
	s[table.SlotRecv], s[table.SlotRecv+1], s[table.SlotRecv+2] = x.c.Hold(addressOf(into.Bytes())), n, typ
	s[table.SlotOp], s[table.SlotComm] = op.value, comm.Handle
	x.c.Bytes = 2 * len(from.Bytes())
	x.comm, x.op, x.out, x.at[1] = comm, op, into, args[1]
	return true
}

// readReduce reads what a reduction combines: an array, IN_PLACE, or a number
// that becomes an array of one element.
func (x *call) readReduce(i int) {
	switch v := x.at[i].(type) {
	case lua.LNumber, lua.LBool:
		x.scalar = true
		x.send = x.arrayBuffer(i, x.scalarArray(i, v))
	default:
		x.send = x.plainBuffer(i, v, false)
		x.need(i, &x.send, x.collective())
	}
	x.set(table.SlotSend, &x.send, x.send.count)
	x.checkPlain(i, &x.send)
	if x.send.arr != nil && !x.send.derived {
		x.checkOp(i, x.send.arr.Type())
	}
}

// checkPlain refuses other elements than those of arrays to an op of the script. All
// ranks do so, also those on which the library would not call it.
func (x *call) checkPlain(i int, b *buffer) {
	if x.op.name != "" || x.op.plugin != nil || b.inPlace {
		return
	}
	if _, plain := x.m.elements[b.typ]; !plain {
		x.arg(i, "%s", errPlain.Message)
	}
}

// scalarArray returns a number as an array: of int64 for the bitwise and
// logical ops, which floating-point numbers do not have, else of float64.
func (x *call) scalarArray(i int, v lua.LValue) *array.Array {
	name, groups := x.op.name, x.op.groups
	b, isBool := v.(lua.LBool)
	integers := groups&(onLogical|onBits) != 0 && groups&onOrdered == 0
	if !integers {
		if isBool {
			x.arg(i, "number or array expected, got boolean: %s takes numbers", name)
		}
		a := array.New(array.Float64, 1)
		array.Of[float64](a)[0] = float64(v.(lua.LNumber))
		return a
	}
	a := array.New(array.Int64, 1)
	switch {
	case bool(b):
		array.Of[int64](a)[0] = 1
	case isBool:
	default:
		n, ok := number(v)
		if !ok {
			x.arg(i, "%s takes integers, got %v", name, v)
		}
		array.Of[int64](a)[0] = int64(n)
	}
	return a
}

// checkOp raises when the op does not work on a type: what libraries then do
// ranges from an error to nonsense.
func (x *call) checkOp(i int, t array.Type) {
	x.checkPluginOp(i, t)
	name := x.op.name
	if name == "" {
		return // the script's own op takes what its function takes
	}
	if x.op.groups&groupOf(t) != 0 {
		return
	}
	if _, reduces := opGroups[name]; !reduces {
		x.arg(i, "mpi.%s is no op of a reduction", name)
	}
	x.arg(i, "mpi.%s does not work on %s", name, t)
}

// readReduced reads where the result goes; a missing array is made.
func (x *call) readReduced(i int) {
	x.recv = x.plainBuffer(i, x.at[i], true)
	switch {
	case x.recv.missing && x.send.inPlace:
		x.arg(i, "array expected: IN_PLACE has what to send there")
	case x.recv.missing && x.row.Args[i].Required:
		x.arg(i, "array expected, got nil")
	case x.recv.missing:
		x.recv = x.likeSent(i)
	default:
		x.need(i, &x.recv, false)
		x.scalar = false
	}
	if x.send.inPlace {
		x.checkInPlace(i)
		x.c.S[table.SlotSend+1], x.c.S[table.SlotSend+2] = slot(x.recv.count), x.recv.typ
	} else {
		x.sameType(i)
		if x.recv.count < x.send.count {
			x.arg(i, "array of at least %d elements expected, got %d", x.send.count, x.recv.count)
		}
	}
	x.set(table.SlotRecv, &x.recv, x.recv.count)
}

// checkInPlace refuses an op that does not work on what is combined in place.
func (x *call) checkInPlace(i int) {
	x.checkPlain(i, &x.recv)
	if !x.recv.derived {
		x.checkOp(i, x.recv.arr.Type())
	}
}

func (x *call) sameType(i int) {
	s, r := &x.send, &x.recv
	if s.typ == r.typ || s.content.known && s.content == r.content && s.layout.plain() && r.layout.plain() {
		return
	}
	x.arg(i, "%s array expected as the other one, got %s", s.content, r.content)
}

// likeSent makes an array of the type and shape of what is sent.
func (x *call) likeSent(i int) buffer {
	a := x.send.arr
	if dims := a.Shape(); len(dims) > 1 && x.send.count == a.Len() {
		return x.arrayBuffer(i, array.NewShaped(a.Type(), dims...))
	}
	return x.newBuffer(i, x.send.count)
}

// readExReduced is readReduced for Exscan, where rank 0 gets nothing.
func (x *call) readExReduced(i int) {
	given := x.at[i] != lua.LNil
	x.readReduced(i)
	if x.comm.Rank == 0 && !given {
		x.out = nil
	}
}

func (x *call) readBlockReduced(i int) {
	x.recv = x.plainBuffer(i, x.at[i], true)
	n := x.places(true)
	if x.send.inPlace {
		x.need(i, &x.recv, false)
		x.checkInPlace(i)
		x.set(table.SlotRecv, &x.recv, x.parts(i, &x.recv, true))
		return
	}
	part := x.parts(0, &x.send, false)
	if x.recv.missing {
		x.recv = x.newBuffer(i, part)
	}
	x.need(i, &x.recv, false)
	x.sameType(i)
	if x.recv.count < part {
		x.arg(i, "array of %d elements expected for a part of %d among %d ranks, got %d", part, x.send.count, n, x.recv.count)
	}
	x.set(table.SlotRecv, &x.recv, part)
}

func (x *call) readPartReduced(i int) {
	x.recv = x.plainBuffer(i, x.at[i], true)
	counts := x.counts(table.SlotRCounts)
	total, mine := 0, int(counts[x.comm.Rank])
	for _, n := range counts {
		total += int(n)
	}
	if x.recv.missing {
		x.recv = x.newBuffer(i, mine)
	}
	x.need(i, &x.recv, false)
	needed, have := total, x.send.count
	if x.send.inPlace {
		have = x.recv.count
		x.checkInPlace(i)
	} else {
		x.sameType(i)
		if x.recv.count < mine {
			x.arg(i, "array of %d elements expected, got %d", mine, x.recv.count)
		}
	}
	if have < needed {
		x.arg(0, "array of %d elements expected (the sum of the counts), got %d", needed, have)
	}
	x.set(table.SlotRecv, &x.recv, mine)
}

// reducedMemory is what a reduction writes: as much as it reads.
func (x *call) reducedMemory() []span {
	return []span{elementSpan(&x.recv, 0, min(x.recv.count, x.send.count))}
}

func (x *call) reducedPart() []span {
	return []span{elementSpan(&x.recv, 0, int(int32(x.c.S[table.SlotRecv+1])))}
}

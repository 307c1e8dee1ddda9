package luampi

import (
	"math"
	"strings"
	"unsafe"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/args"
	"github.com/mpiclus/mpiclus-lua/internal/array"
	"github.com/mpiclus/mpiclus-lua/internal/lua51/vm"
	"github.com/mpiclus/mpiclus-lua/internal/mpi/table"
)

// buffer is an array argument: address, count and type as MPI takes them.
type buffer struct {
	arr     *array.Array
	address unsafe.Pointer
	count   int
	typ     uint64
	inPlace bool
	missing bool
	derived bool // the type is not the array's own
	typed   bool // the script named a type
	layout  layoutOf
	content content
}

// isArray reports whether a value can stand for an array argument.
func (x *call) isArray(v lua.LValue) bool {
	if t, ok := v.(*lua.LTable); ok {
		v = vm.GetInt(t, 1) // {array, count, type}
	}
	ud, ok := v.(*lua.LUserData)
	if !ok {
		return false
	}
	_, ok = ud.Value.(*array.Array)
	return ok || ud == x.m.inPlace
}

// buffer reads an array argument; nil is missing.
func (x *call) buffer(i int, v lua.LValue) (b buffer) {
	if v == lua.LNil {
		b.missing = true
		return b
	}
	if t, ok := v.(*lua.LTable); ok {
		return x.spec(i, t)
	}
	ud, ok := v.(*lua.LUserData)
	if !ok {
		x.arg(i, "array expected, got %s%s", args.Kind(v), x.hint())
	}
	a, ok := array.To(ud)
	switch {
	case ok:
		return x.arrayBuffer(i, a)
	case ud == x.m.inPlace:
		b.inPlace = true
	default:
		x.arg(i, "array expected, got %s%s", args.Kind(v), x.hint())
	}
	return b
}

func (x *call) arrayBuffer(i int, a *array.Array) buffer {
	b := buffer{arr: a, count: a.Len(), typ: x.m.types[a.Type()], content: content{of: a.Type(), known: true}}
	if raw := a.Bytes(); len(raw) > 0 {
		b.address = unsafe.Pointer(unsafe.SliceData(raw))
	}
	x.countFits(i, b.count)
	return b
}

// newBuffer makes the array of n elements that a call returns, of the type of the
// array that it sends.
func (x *call) newBuffer(i int, n int) buffer {
	t := x.send.arr.Type()
	if x.send.derived && !(x.send.layout.plain() && x.send.content.of == t) {
		x.arg(i, "array expected: one is made only where what is sent are elements of an array")
	}
	x.countFits(i, n)
	if why := array.TooLarge(t, n); why != "" {
		x.arg(i, "%s", why)
	}
	return x.arrayBuffer(i, array.New(t, n))
}

// countFits refuses numbers of elements that no count of MPI holds.
func (x *call) countFits(i, n int) {
	if n > math.MaxInt32 {
		x.arg(i, "%d elements are more than MPI's counts hold (%d): send views of it", n, math.MaxInt32)
	}
}

// hint names the lower-case twin in the error of a value that is no array.
func (x *call) hint() string {
	name := x.row.Name
	twin := string(name[0]|0x20) + name[1:]
	if _, ok := table.ByName[twin]; ok && twin != name {
		return "; mpi." + twin + " takes any value"
	}
	return ""
}

// set puts a buffer into the slots of its side.
func (x *call) set(slotOf int, b *buffer, count int) {
	s := x.c.S
	if b.inPlace {
		s[slotOf] = x.m.inPlace.Value.(*special).value
	} else {
		s[slotOf] = x.c.Hold(b.address)
	}
	s[slotOf+1] = slot(count)
	s[slotOf+2] = b.typ
	if b.arr != nil {
		x.c.Bytes += count * b.arr.Type().Size()
	}
}

// need raises unless the buffer is there.
func (x *call) need(i int, b *buffer, inPlaceToo bool) {
	if b.missing {
		x.arg(i, "array expected, got nil%s", x.hint())
	}
	if b.inPlace && !inPlaceToo {
		x.arg(i, "IN_PLACE is not allowed here")
	}
	if b.inPlace && x.comm.Inter {
		x.arg(i, "IN_PLACE is not for inter-communicators")
	}
}

// readArray reads one array argument by the rule of its kind.
func (x *call) readArray(i int, kind table.Kind) {
	if rule := arrayRules[kind]; rule != nil {
		rule(x, i)
		return
	}
	panic("luampi: no rule for arrays of kind " + kind.String())
}

var arrayRules [table.PartReduced + 1]func(x *call, i int)

func init() {
	arrayRules = [table.PartReduced + 1]func(x *call, i int){
		table.Send: (*call).readSend, table.Recv: (*call).readRecv, table.InOut: (*call).readInOut,
		table.SendN: (*call).readSendN, table.RecvN: (*call).readRecvN,
		table.RootSendN: (*call).readRootSendN, table.RootRecvN: (*call).readRootRecvN,
		table.SendV: (*call).readSendV, table.RecvV: (*call).readRecvV,
		table.RootSendV: (*call).readRootSendV, table.RootRecvV: (*call).readRootRecvV,
		table.SendW: (*call).readSendW, table.RecvW: (*call).readRecvW,
		table.Reduce: (*call).readReduce, table.Reduced: (*call).readReduced, table.RootReduced: (*call).readRootReduced,
		table.ExReduced: (*call).readExReduced, table.BlockReduced: (*call).readBlockReduced, table.PartReduced: (*call).readPartReduced,
	}
}

// collective reports whether the call is one in which a send array may be
// IN_PLACE.
func (x *call) collective() bool { return x.row.Class == table.Coll }

func (x *call) readSend(i int) {
	x.send = x.buffer(i, x.at[i])
	x.need(i, &x.send, x.collective())
	x.set(table.SlotSend, &x.send, x.send.count)
}

func (x *call) readInOut(i int) {
	x.send = x.buffer(i, x.at[i])
	x.need(i, &x.send, false)
	x.set(table.SlotSend, &x.send, x.send.count)
	x.out = x.send.arr
}

// readRecv reads the receive array of a message or of a Scatter, where the
// root may keep its part in place.
func (x *call) readRecv(i int) {
	x.recv = x.buffer(i, x.at[i])
	x.need(i, &x.recv, x.collective() && x.root)
	if x.recv.inPlace {
		x.recv.typ = x.send.typ
	}
	x.set(table.SlotRecv, &x.recv, x.recv.count)
	x.out = x.recv.arr
}

// places returns how many parts an array has: one for each rank or, in a
// collective of neighbours, for each of those.
func (x *call) places(receives bool) int {
	switch {
	case x.comm.Inter && strings.Contains(x.row.Name, "educe_scatter"): // which deals out to the own group (MPI 3.1, section 5.10)
		return x.comm.Size
	case !x.ofNeighbours():
		return x.comm.Peers()
	case receives:
		return x.comm.In
	}
	return x.comm.Out
}

// ofNeighbours reports whether the call is a collective of neighbours.
func (x *call) ofNeighbours() bool {
	return strings.HasPrefix(x.row.Name, "Neighbor_") || strings.HasPrefix(x.row.Name, "Ineighbor_")
}

// parts returns the elements of each part of an array.
func (x *call) parts(i int, b *buffer, receives bool) int {
	n := x.places(receives)
	if n == 0 {
		return 0
	}
	if b.count%n != 0 {
		x.arg(i, "%d elements cannot be cut in %d equal parts", b.count, n)
	}
	return b.count / n
}

func (x *call) readSendN(i int) {
	x.send = x.buffer(i, x.at[i])
	x.need(i, &x.send, true)
	count := 0
	if !x.send.inPlace {
		count = x.parts(i, &x.send, false)
	}
	x.set(table.SlotSend, &x.send, count)
}

// readRecvN reads an array that takes one part from each rank; a missing one
// is made.
func (x *call) readRecvN(i int) {
	x.recv = x.buffer(i, x.at[i])
	part, n := int(int32(x.c.S[table.SlotSend+1])), x.places(true)
	if x.recv.missing {
		if x.send.inPlace {
			x.arg(i, "array expected: IN_PLACE has what to send there")
		}
		if n > 0 && x.base() == "Neighbor_alltoall" && x.comm.Out == 0 {
			x.arg(i, "array expected: nothing that this rank sends tells how long the parts are that it gets")
		}
		x.recv = x.newBuffer(i, part*n)
	}
	x.need(i, &x.recv, false)
	count := x.parts(i, &x.recv, true)
	switch {
	case !x.ofNeighbours():
	case n == 0: // Open MPI neither sends nor receives where one of both counts is 0, even of no parts
		count, x.recv.typ, x.recv.address = part, x.send.typ, nowhere()
	case x.comm.Out == 0 && x.base() == "Neighbor_alltoall":
		part = count
		x.c.S[table.SlotSend], x.c.S[table.SlotSend+1], x.c.S[table.SlotSend+2] = x.c.Hold(nowhere()), slot(count), x.recv.typ
	}
	if !x.send.inPlace && x.send.typ == x.recv.typ && count != part && n > 0 && !x.comm.Inter {
		x.arg(i, "array of %d elements expected for %d from each of %d ranks, got %d", part*n, part, n, x.recv.count)
	}
	x.set(table.SlotRecv, &x.recv, count)
	x.out = x.recv.arr
}

// nowhere returns an address for parts of which there are none: MPICH refuses one of
// nil where there is a count.
func nowhere() unsafe.Pointer { return unsafe.Pointer(new(int64)) }

func (x *call) readRootRecvN(i int) {
	if x.root {
		x.readRecvN(i)
		return
	}
	if x.send.inPlace {
		x.arg(0, "IN_PLACE is for the root only")
	}
	x.recv = buffer{typ: x.send.typ}
	x.set(table.SlotRecv, &x.recv, 0)
}

func (x *call) readRootSendN(i int) {
	if x.root {
		x.readSendN(i)
		if x.send.inPlace {
			x.arg(i, "IN_PLACE is for the receive array here")
		}
		return
	}
	x.send = buffer{typ: x.m.types[array.Uint8]}
	x.set(table.SlotSend, &x.send, 0)
}

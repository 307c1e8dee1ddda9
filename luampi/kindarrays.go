package luampi

import (
	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/array"
	"github.com/mpiclus/mpiclus-lua/internal/mpi/table"
)

var arrayKinds = family{
	table.Send:  {read: (*call).readSend, memory: (*call).sentMemory},
	table.Recv:  {read: (*call).readRecv, memory: (*call).receivedMemory},
	table.InOut: {read: (*call).readInOut},
	table.Array: {result: (*call).arrayResult},
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
	switch part := x.ownPart(); {
	case x.recv.inPlace:
		x.recv.typ = x.send.typ
	case x.recv.alike(&x.send) && x.recv.elements() < part:
		x.arg(i, "array of at least %d elements expected, which this rank deals out to itself, got %d", part, x.recv.elements())
	}
	x.set(table.SlotRecv, &x.recv, x.recv.count)
}

// ownPart returns how many elements the root of a Scatter deals out to itself; 0 in
// other calls and on other ranks.
func (x *call) ownPart() int {
	switch {
	case !x.collective() || !x.root || x.comm.Inter:
	case x.row.Takes(table.RootSendN):
		return int(int32(x.c.S[table.SlotSend+1]))
	case x.row.Takes(table.RootSendV):
		return int(x.counts(table.SlotSCounts)[x.comm.Rank])
	}
	return 0
}

// arrayResult returns the array that a collective filled: the script's own
// value where it gave one, a number for a number.
func (x *call) arrayResult(int) lua.LValue {
	if x.out == nil {
		return lua.LNil
	}
	for i := range x.row.Args {
		if a, ok := array.To(x.at[i]); ok && a == x.out {
			return x.at[i]
		}
	}
	if x.scalar && !x.row.Other {
		switch x.out.Type() {
		case array.Int64:
			n := array.Of[int64](x.out)[0]
			if _, isBool := x.at[0].(lua.LBool); isBool {
				return lua.LBool(n != 0)
			}
			return lua.LNumber(n)
		default:
			return lua.LNumber(array.Of[float64](x.out)[0])
		}
	}
	return array.ToLua(x.L, x.out)
}

func (x *call) sentMemory() []span { return []span{elementSpan(&x.send, 0, x.send.count)} }

func (x *call) receivedMemory() []span { return []span{elementSpan(&x.recv, 0, x.recv.count)} }

// noArray reports whether something else stands where an array may be missing.
func (x *call) noArray(a *table.Arg, v lua.LValue) bool { return !a.Required && !x.isArray(v) }

package luampi

import (
	"math"
	"unsafe"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/array"
	"github.com/mpiclus/mpiclus-lua/internal/mpi"
	"github.com/mpiclus/mpiclus-lua/internal/mpi/table"
)

// isMessage tells whether the arguments are array, peer, tag and communicator.
func isMessage(row *table.Call) bool {
	a := row.Args
	return len(a) == 4 && (a[0].Kind == table.Send || a[0].Kind == table.Recv) &&
		(a[1].Kind == table.Dest || a[1].Kind == table.Source) && (a[2].Kind == table.Tag || a[2].Kind == table.AnyTag)
}

// readMessage reads the arguments of a message when all are given and plainly
// right: the path of a program that sends many. Otherwise it is false and
// read tells what is wrong or fills in what is missing.
func (x *call) readMessage(base int, comm *mpi.Comm) bool {
	L, m := x.L, x.m
	top := base + 2
	if comm == nil {
		if comm = m.s.World(); L.GetTop() != top {
			top++
			if comm = toComm(L.Get(base + 3)); comm == nil {
				return false
			}
		}
	}
	ud, ok := L.Get(base).(*lua.LUserData)
	if !ok || L.GetTop() != top || comm.Unusable() != "" {
		return false
	}
	a, ok := ud.Value.(*array.Array)
	peer, isRank := L.Get(base + 1).(lua.LNumber)
	tag, isTag := L.Get(base + 2).(lua.LNumber)
	rank, number := int(peer), int(tag)
	if !ok || !isRank || !isTag || a.Len() > math.MaxInt32 || lua.LNumber(rank) != peer || lua.LNumber(number) != tag ||
		rank < 0 || rank >= comm.Peers() || number < 0 || number > m.limits.maxTag {
		return false
	}
	first := x.row.Args[0].Slot
	raw := a.Bytes()
	s := x.c.S
	s[first] = x.c.Hold(unsafe.Pointer(unsafe.SliceData(raw)))
	s[first+1], s[first+2] = uint64(a.Len()), m.types[a.Type()]
	s[table.SlotPeer], s[table.SlotTag], s[table.SlotComm] = uint64(rank), uint64(number), comm.Handle
	x.c.Bytes = len(raw)
	x.plain = true
	return true
}

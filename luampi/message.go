package luampi

import (
	"math"
	"unsafe"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/array"
	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
	"github.com/mpiclus/mpiclus-lua/internal/mpi"
	"github.com/mpiclus/mpiclus-lua/internal/mpi/table"
)

// isMessage tells whether the arguments are array, peer, tag and communicator.
func isMessage(row *table.Call) bool {
	a := row.Args
	return len(a) == 4 && (a[0].Kind == table.Send || a[0].Kind == table.Recv) &&
		(a[1].Kind == table.Dest || a[1].Kind == table.Source) && (a[2].Kind == table.Tag || a[2].Kind == table.AnyTag)
}

// messages gives the implementation of a call that sends or receives one
// message and waits for it: what programs do a million times a second. Its
// plain form, all arguments given and right, goes through a call that is at
// hand and prepared already; all else goes the way of every other call.
func (m *module) messages(row *table.Call) implementation {
	general, receives := m.generic(row), len(row.Results) > 0
	var ready *call
	return func(L *lua.LState, base int, comm *mpi.Comm) int {
		x := ready
		if x == nil {
			x = &call{m: m, row: row, c: m.s.NewCall(row.Name)}
			ready = x
		}
		data := x.readMessage(L, base, comm)
		if data == nil {
			return general(L, base, comm)
		}
		if !x.c.Repeat() {
			ready = nil // another task may come while this one waits
			x.L = L
			x.c.Hold(unsafe.Pointer(unsafe.SliceData(data)))
			if err := x.finish(); err != nil {
				luaerr.Raise(L, luaerr.From(err))
			}
		}
		n := 0
		if receives {
			n = m.pushStatus(L, x.c.Status(), 1)
		}
		if ready == nil {
			ready = x
		} else if ready != x {
			x.c.Release()
		}
		m.s.Sweep()
		return n
	}
}

// finish waits for a message that did not come at once, or tells what is
// wrong with it. After an error the call is not used again.
func (x *call) finish() error {
	err := x.c.Err()
	if !x.c.Over() {
		err = x.wait()
	}
	if err != nil {
		err = x.explained(err)
		x.c.Release()
		return err
	}
	x.L, x.task = nil, nil
	x.c.Reset()
	return nil
}

// readPlain reads the arguments of a message that is not waited for, if they
// are plain.
func (x *call) readPlain(base int, comm *mpi.Comm) bool {
	data := x.readMessage(x.L, base, comm)
	if data == nil {
		return false
	}
	x.c.Hold(unsafe.Pointer(unsafe.SliceData(data)))
	x.plain = true
	return true
}

// readMessage reads the arguments of a message when all are given and plainly
// right, and gives the memory of its array, which the caller keeps alive.
// Otherwise the result is nil, and read tells what is wrong or fills in what
// is missing.
func (x *call) readMessage(L *lua.LState, base int, comm *mpi.Comm) []byte {
	m, top := x.m, L.GetTop()
	if comm == nil {
		comm = m.world
		if top == base+3 {
			comm = toComm(L.Get(top))
			top--
		}
	}
	if top != base+2 || comm == nil || comm.Unusable() != "" {
		return nil
	}
	a, ok := array.To(L.Get(base))
	peer, isRank := L.Get(base + 1).(lua.LNumber)
	tag, isTag := L.Get(base + 2).(lua.LNumber)
	rank, number := int(peer), int(tag)
	if !ok || !isRank || !isTag || a.Len() > math.MaxInt32 || lua.LNumber(rank) != peer || lua.LNumber(number) != tag ||
		rank < 0 || rank >= comm.Peers() || number < 0 || number > m.limits.maxTag {
		return nil
	}
	first := x.row.Args[0].Slot
	raw := a.Bytes()
	s := x.c.S
	s[first] = uint64(uintptr(unsafe.Pointer(unsafe.SliceData(raw))))
	s[first+1], s[first+2] = uint64(a.Len()), m.types[a.Type()]
	s[table.SlotPeer], s[table.SlotTag], s[table.SlotComm] = uint64(rank), uint64(number), comm.Handle
	x.c.Bytes = len(raw)
	return raw
}

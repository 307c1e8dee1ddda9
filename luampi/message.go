package luampi

import (
	"math"
	"unsafe"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/array"
	"github.com/mpiclus/mpiclus-lua/internal/lua51/vm"
	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
	"github.com/mpiclus/mpiclus-lua/internal/mpi"
	"github.com/mpiclus/mpiclus-lua/internal/mpi/table"
)

// isMessage reports whether the arguments are array, peer, tag and communicator.
func isMessage(row *table.Call) bool {
	a := row.Args
	return len(a) == 4 && (a[0].Kind == table.Send || a[0].Kind == table.Recv) &&
		(a[1].Kind == table.Dest || a[1].Kind == table.Source) && (a[2].Kind == table.Tag || a[2].Kind == table.AnyTag)
}

// courier carries out a call that sends or receives one message and waits for
// it: what programs do a million times a second. Its plain form, mpi.Send(a, 1, 0)
// with a right array, rank and tag, goes through a call that is at hand and prepared
// already; mpi.Send(a, 1) and all else goes the way of every other call.
type courier struct {
	m        *module
	row      *table.Call
	general  implementation
	receives bool
	ready    *call  // nil while it waits, since another task may come then
	begun    []byte // what ready sends or receives, if it did not come at once
}

func (m *module) courier(row *table.Call) *courier {
	return &courier{m: m, row: row, general: m.generic(row), receives: len(row.Results) > 0}
}

// shortcut is what the interpreter tries before it makes a call of the function: the
// message is through at once, or carry, which the call comes to, goes on with it.
func (k *courier) shortcut(args []lua.LValue, comm *mpi.Comm, taken int) (lua.LValue, bool) {
	k.dropBegun()
	x := k.ready
	if x == nil || taken > 0 || k.m.elsewhere() {
		return nil, false
	}
	data := x.readMessage(args, comm)
	if data == nil {
		return nil, false
	}
	if !x.c.Repeat() {
		k.begun = data
		return nil, false
	}
	k.m.sweep()
	return nil, true
}

// carry is the implementation of the call.
func (k *courier) carry(L *lua.LState, base int, comm *mpi.Comm) int {
	if k.begun != nil && !k.goesOn(vm.Args(L, base)) {
		k.dropBegun()
	}
	if k.begun == nil && k.m.elsewhere() {
		k.m.enterWorld(L, k.row)
	}
	x, data, done := k.ready, k.begun, false
	if data != nil {
		k.begun = nil
	} else {
		if x == nil {
			x = &call{m: k.m, row: k.row, c: k.m.s.NewCall(k.row.Name)}
			k.ready = x
		}
		if data = x.readMessage(vm.Args(L, base), comm); data == nil {
			return k.general(L, base, comm)
		}
		done = x.c.Repeat()
	}
	if !done {
		k.ready = nil
		x.L = L
		x.c.Hold(unsafe.Pointer(unsafe.SliceData(data)))
		if err := x.finish(); err != nil {
			luaerr.Raise(L, luaerr.From(err))
		}
	}
	n := 0
	if k.receives && vm.Takes(L, 1) {
		L.Push(k.m.statusValue(x.c.Status()))
		n = 1
	}
	if k.ready == nil {
		k.ready = x
	} else if k.ready != x {
		x.c.Release()
	}
	k.m.sweep()
	return n
}

// goesOn reports whether the call has the array of the message that its shortcut
// has begun.
func (k *courier) goesOn(args []lua.LValue) bool {
	if len(args) == 0 {
		return false
	}
	a, ok := array.To(args[0])
	return ok && a.Contiguous() && unsafe.SliceData(a.Bytes()) == unsafe.SliceData(k.begun)
}

// dropBegun gives up a message that a shortcut has begun and no function has
// gone on with: what MPI may touch stays.
func (k *courier) dropBegun() {
	if k.begun == nil {
		return
	}
	x := k.ready
	x.c.Hold(unsafe.Pointer(unsafe.SliceData(k.begun)))
	x.c.Abandon()
	k.ready, k.begun = nil, nil
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
	x.to = envelope{}
	data := x.readMessage(vm.Args(x.L, base), comm)
	if data == nil {
		return false
	}
	x.c.Hold(unsafe.Pointer(unsafe.SliceData(data)))
	x.plain = true
	return true
}

// readMessage reads the arguments of a message when all are given and plainly
// right, and returns the memory of its array, which the caller keeps alive.
// Otherwise the result is nil, and read tells what is wrong or fills in what
// is missing.
func (x *call) readMessage(args []lua.LValue, comm *mpi.Comm) []byte {
	m := x.m
	if comm == nil && len(args) == 4 {
		if comm = toComm(args[3]); comm == nil {
			return nil
		}
		args = args[:3]
	}
	if comm == nil {
		comm = m.world // always usable: a renewal that fails ends the job
	} else if comm.Unusable() != "" {
		return nil
	}
	if len(args) != 3 {
		return nil
	}
	a, ok := array.To(args[0])
	peer, isRank := args[1].(lua.LNumber)
	tag, isTag := args[2].(lua.LNumber)
	if !ok || !isRank || !isTag || !a.Contiguous() || a.Len() > math.MaxInt32 {
		return nil
	}
	s := x.c.S
	if to := (envelope{peer, tag, comm.Peers()}); to != x.to {
		rank, number := int(peer), int(tag)
		if lua.LNumber(rank) != peer || lua.LNumber(number) != tag ||
			rank < 0 || rank >= to.peers || number < 0 || number > m.limits.maxTag {
			return nil
		}
		s[table.SlotPeer], s[table.SlotTag] = uint64(rank), uint64(number)
		x.to = to
	}
	first := x.row.Args[0].Slot
	raw := a.Bytes()
	s[first] = uint64(uintptr(unsafe.Pointer(unsafe.SliceData(raw))))
	s[first+1], s[first+2] = uint64(a.Len()), m.types[a.Type()]
	s[table.SlotComm] = comm.Handle
	if x.comm != comm {
		x.comm = comm // for who waits
	}
	x.c.Bytes = len(raw)
	return raw
}

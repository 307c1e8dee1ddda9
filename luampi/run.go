package luampi

import (
	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/mpi"
	"github.com/mpiclus/mpiclus-lua/internal/mpi/table"
)

// described returns the implementation of a call that has none written by hand,
// and notes its shortcut.
func (m *module) described(row *table.Call) implementation {
	if isMessage(row) && row.Class == table.P2P && !row.Other && m.hooks[row.Name] == nil {
		k := m.courier(row)
		m.shortcuts[row.Name] = k.shortcut
		return k.carry
	}
	return m.generic(row)
}

// generic returns the implementation of a call that its line describes fully.
func (m *module) generic(row *table.Call) implementation {
	hook := m.hooks[row.Name]
	plain := func(*call, int, *mpi.Comm) bool { return false }
	switch {
	case isMessage(row):
		plain = (*call).readPlain
	case isReduction(row):
		plain = (*call).readPlainReduction
	}
	return func(L *lua.LState, base int, comm *mpi.Comm) int {
		x := m.begin(L, row)
		if !plain(x, base, comm) {
			x.read(base, comm)
		}
		if hook != nil {
			hook(x)
		}
		if x.msg != nil {
			x.msg.handle = mpi.Constant("MESSAGE_NULL") // nobody else may have it
		}
		x.run()
		n := x.push()
		x.end()
		return n
	}
}

// run makes the call and raises its error. An object that the call frees is out
// of use as soon as it begins, and in use again when it fails.
func (x *call) run() {
	h := x.frees
	if h != nil {
		h.freed = true
	}
	err := x.compare()
	switch {
	case err != nil:
	case x.combines():
		err = x.combine()
	default:
		err = x.try()
	}
	if err == nil && x.file != nil {
		err = x.wroteAll()
	}
	if x.then != nil {
		err = x.then(err)
	}
	if h != nil {
		if h.freed = err == nil; h.freed {
			x.m.forget(h)
		}
	}
	if err != nil {
		if x.undo != nil {
			x.undo()
		}
		if x.msg != nil && !x.c.Begun() {
			x.msg.handle = x.c.S[table.SlotX]
		}
		x.fail(x.explained(err))
	}
}

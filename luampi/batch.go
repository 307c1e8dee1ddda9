package luampi

import (
	"fmt"
	"slices"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/lua51/vm"
	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
	"github.com/mpiclus/mpiclus-lua/internal/mpi"
	"github.com/mpiclus/mpiclus-lua/internal/mpi/table"
)

// batch is a list of requests that a call waits for, and what came of them.
// Batches are used again: programs wait for a few requests in every step.
type batch struct {
	list     []*request
	raw      []*mpi.Request // of list
	done     []int          // which are complete
	statuses []mpi.Status   // of all
}

// keptBatch is how many requests a batch that is used again has room for.
const keptBatch = 4096

// several returns the call on a list of requests.
func (m *module) several(row *table.Call, until mpi.Until, test bool) implementation {
	return func(L *lua.LState, base int, _ *mpi.Comm) int {
		b := m.takeBatch()
		b.list = m.readRequests(L, row.Name, L.Get(base), b.list)
		for _, q := range b.list {
			m.refuseBusy(L, row.Name, q)
			b.raw = append(b.raw, q.r)
		}
		b.statuses = slices.Grow(b.statuses, len(b.list))[:len(b.list)]
		x := m.begin(L, row)
		x.mustAwait(until, b.raw)
		done, err := true, error(nil)
		if test {
			done, err = x.look()
		} else {
			err = x.await()
		}
		if !x.c.Over() {
			x.c.StopWaiting()
			if err != nil {
				x.fail(err)
			}
		}
		n := 0
		if done {
			n = x.c.Completed(b.raw, func(i int, st mpi.Status) {
				b.done = append(b.done, i)
				b.statuses[i] = st
			})
		}
		if err != nil {
			m.failSeveral(x, err, b)
		}
		for _, i := range b.done {
			if err := m.shortWrite(L, b.raw[i], &b.statuses[i]); err != nil {
				x.fail(err)
			}
		}
		x.end()
		results := m.pushSeveral(L, until, test, done, n, b)
		m.giveBatch(b)
		return results
	}
}

func (m *module) takeBatch() *batch {
	last := len(m.batches) - 1
	if last < 0 {
		return &batch{}
	}
	b := m.batches[last]
	m.batches = m.batches[:last]
	return b
}

// giveBatch takes back what takeBatch gave. After an error it is left to the
// garbage collector.
func (m *module) giveBatch(b *batch) {
	if cap(b.list) > keptBatch {
		return
	}
	clear(b.list)
	clear(b.raw)
	b.list, b.raw, b.done, b.statuses = b.list[:0], b.raw[:0], b.done[:0], b.statuses[:0]
	m.batches = append(m.batches, b)
}

// failSeveral raises the error of a wait for several requests: of the first
// that failed, not the library's "error is in the status".
func (m *module) failSeveral(x *call, err error, b *batch) {
	for _, i := range b.done {
		m.keepUnread(b.list[i])
	}
	for _, i := range b.done {
		if code := b.statuses[i].Error(); code != 0 && code != mpi.Int("ERR_PENDING") {
			err = m.explained(x.L, x.errorOf(code, i), b.raw[i].Row, b.raw[i].Room, &b.statuses[i])
			break
		}
	}
	x.fail(err)
}

// errorOf returns the error of a code that the status of request i has.
func (x *call) errorOf(code, i int) error {
	class, _ := x.asks("Error_class", slot(code))
	c := x.m.s.NewCall("Error_string")
	defer c.Release()
	c.S[table.SlotX] = slot(code)
	_ = x.m.do(x.L, c)
	return mpi.NewError(x.row.Name, code, class, fmt.Sprintf("%s (request %d)", c.Text(), i+1))
}

// pushSeveral pushes what a until gives.
func (m *module) pushSeveral(L *lua.LState, until mpi.Until, test, done bool, n int, b *batch) int {
	top := L.GetTop()
	if test && until != mpi.Some {
		L.Push(lua.LBool(done))
		if !done {
			return 1
		}
	}
	switch until {
	case mpi.All:
		m.pushStatuses(L, b, L.GetTop()-top+1)
	case mpi.Any:
		if n < 0 {
			L.Push(lua.LNil)
			L.Push(m.statusValue(mpi.NullStatus()))
			break
		}
		i := b.done[0]
		L.Push(lua.LNumber(i + 1))
		m.pushCompleted(L, b.list[i])
	case mpi.Some:
		if n < 0 {
			L.Push(lua.LNil)
			return 1
		}
		t := L.CreateTable(len(b.done), 0)
		for _, i := range b.done {
			vm.Append(t, lua.LNumber(i+1))
		}
		L.Push(t)
		m.pushStatuses(L, b, L.GetTop()-top+1)
	}
	return L.GetTop() - top
}

// pushStatuses pushes the list of statuses, result n of the function, and all
// that is left of its results, unless nobody takes it. The value of a twin's
// request takes the place of its status.
func (m *module) pushStatuses(L *lua.LState, b *batch, n int) {
	taken := vm.Takes(L, n)
	var t *lua.LTable
	if taken {
		t = L.CreateTable(len(b.done), 0)
	}
	for k, i := range b.done {
		var v lua.LValue
		if q := b.list[i]; q.finish != nil || q.value != nil {
			if m.settle(L, q); q.err != nil {
				for _, i := range b.done[k+1:] {
					m.keepUnread(b.list[i])
				}
				luaerr.Raise(L, luaerr.From(q.err))
			}
			v = q.value
		}
		if v == nil && taken {
			v = m.statusValue(b.statuses[i])
		}
		if taken {
			vm.SetInt(t, k+1, v)
		}
	}
	if taken {
		L.Push(t)
	}
}

package luampi

import (
	"context"
	"fmt"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/interp"
	"github.com/mpiclus/mpiclus-lua/internal/mpi"
	"github.com/mpiclus/mpiclus-lua/internal/mpi/table"
)

// looker is one look at requests while MPI is in use by another task.
type looker struct {
	c    *mpi.Call
	done bool
}

// Wait implements interp.Waiter.
func (l *looker) Wait(ctx context.Context) (err error) {
	l.done, err = l.c.LookSoon(ctx)
	return err
}

// several gives the call on a list of requests.
func (m *module) several(row *table.Call, family mpi.Family, test bool) implementation {
	return func(L *lua.LState, base int, _ *mpi.Comm) int {
		list := m.readRequests(L, row.Name, L.Get(base))
		raw := make([]*mpi.Request, len(list))
		for i, q := range list {
			raw[i] = q.r
		}
		x := m.begin(L, row)
		x.c.AwaitRequests(family, raw)
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
		var indices []int
		statuses := make([]mpi.Status, len(list))
		n := 0
		if done {
			n = x.c.Completed(raw, func(i int, st mpi.Status) {
				indices = append(indices, i)
				statuses[i] = st
			})
		}
		if err != nil {
			m.failSeveral(x, err, raw, indices, statuses)
		}
		x.end()
		return m.pushSeveral(L, family, test, done, n, list, indices, statuses)
	}
}

// failSeveral raises the error of a wait for several requests: of the first
// that failed, not the library's "error is in the status".
func (m *module) failSeveral(x *call, err error, list []*mpi.Request, indices []int, statuses []mpi.Status) {
	for _, i := range indices {
		if code := statuses[i].Error(); code != 0 && code != mpi.Int("ERR_PENDING") {
			err = m.explained(x.L, x.errorOf(code, i), list[i].Row, list[i].Room, &statuses[i])
			break
		}
	}
	x.fail(err)
}

// errorOf gives the error of a code that the status of request i has.
func (x *call) errorOf(code, i int) error {
	ask := func(name string) *mpi.Call {
		c := x.m.s.NewCall(name)
		c.S[table.SlotX] = slot(code)
		_ = x.m.do(x.L, c)
		return c
	}
	class, text := ask("Error_class"), ask("Error_string")
	defer class.Release()
	defer text.Release()
	return mpi.NewError(x.row.Name, code, class.Result(0), fmt.Sprintf("%s (request %d)", text.Text(), i+1))
}

// pushSeveral pushes what a family gives.
func (m *module) pushSeveral(L *lua.LState, family mpi.Family, test, done bool, n int, list []*request, indices []int, statuses []mpi.Status) int {
	top := L.GetTop()
	if test && family != mpi.Some {
		L.Push(lua.LBool(done))
		if !done {
			return 1
		}
	}
	switch family {
	case mpi.All:
		L.Push(m.statusList(L, list, indices, statuses))
	case mpi.Any:
		if n < 0 {
			L.Push(lua.LNil)
			L.Push(m.statusValue(mpi.NullStatus()))
			break
		}
		i := indices[0]
		L.Push(lua.LNumber(i + 1))
		m.pushCompleted(L, list[i])
	case mpi.Some:
		if n < 0 {
			L.Push(lua.LNil)
			return 1
		}
		t := L.NewTable()
		for _, i := range indices {
			t.Append(lua.LNumber(i + 1))
		}
		L.Push(t)
		L.Push(m.statusList(L, list, indices, statuses))
	}
	return L.GetTop() - top
}

// statusList makes the list of statuses; the value of a twin's request takes
// the place of its status.
func (m *module) statusList(L *lua.LState, list []*request, indices []int, statuses []mpi.Status) *lua.LTable {
	t, taken := L.NewTable(), interp.Takes(L, 1)
	for k, i := range indices {
		if list[i].finish != nil || list[i].value != nil {
			top := L.GetTop()
			m.pushCompleted(L, list[i])
			t.RawSetInt(k+1, L.Get(top+1))
			L.SetTop(top)
			continue
		}
		if taken {
			t.RawSetInt(k+1, m.statusValue(statuses[i]))
		}
	}
	return t
}

package luampi

import (
	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/array"
	"github.com/mpiclus/mpiclus-lua/internal/lua51/vm"
	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
	"github.com/mpiclus/mpiclus-lua/internal/mpi"
	"github.com/mpiclus/mpiclus-lua/internal/mpi/table"
)

var typeKinds = family{
	table.Type:   {read: (*call).readHandle, result: (*call).handleResult, methods: "type"},
	table.Types:  {read: (*call).readTypeList, result: (*call).typesResult},
	table.STypes: {read: (*call).readTypes},
	table.RTypes: {read: (*call).readTypes},
}

func (x *call) readTypeList(i int) {
	a, v := x.argument(i)
	list := x.handles(i, v)
	x.sameLength(i, a, len(list))
	x.putList(i, len(list), x.holdTypes(list))
}

func (x *call) typesResult(i int) lua.LValue {
	r := &x.row.Results[i]
	return listOf(x.L, x.c.Handles(r.Slot, x.countOf(r)), func(h uint64) lua.LValue { return x.m.handleObject("type", h) })
}

// handles reads a list of types.
func (x *call) handles(i int, v lua.LValue) []*handle {
	t, ok := v.(*lua.LTable)
	if !ok {
		x.expected(i, "list of types", v)
	}
	list := make([]*handle, x.entries(i, t))
	for k := range list {
		list[k] = x.datatype(i, vm.GetInt(t, k+1))
	}
	return list
}

// readTypes reads the types of an Alltoallw, one for each rank.
func (x *call) readTypes(i int) {
	a, v := x.argument(i)
	list := x.handles(i, v)
	if n := x.places(a.Kind == table.RTypes); len(list) != n {
		x.arg(i, "%d types expected, one for each rank, got %d", n, len(list))
	}
	x.put(i, x.holdTypes(list))
	if a.Kind == table.STypes {
		x.stypes = list
	} else {
		x.rtypes = list
	}
}

// datatype reads a type: one of MPI or the name of an array's type.
func (x *call) datatype(i int, v lua.LValue) *handle {
	if name, ok := v.(lua.LString); ok {
		if t, ok := array.ParseType(string(name)); ok {
			v = x.m.known["type"][x.m.types[t]]
		}
	}
	h := toHandle(v, "type")
	if h == nil {
		x.expected(i, "type", v)
	}
	x.alive(i, h)
	x.refuseNull(i, h)
	x.keep = append(x.keep, h)
	return h
}

// typeLayout asks MPI for the layout of a type, once.
func (m *module) typeLayout(L *lua.LState, h *handle) *layoutOf {
	if h.layout != nil {
		return h.layout
	}
	ask := func(name string) (int, int, uint64) {
		c := m.s.NewCall(name)
		defer c.Release()
		c.S[table.SlotX] = h.value
		if err := m.do(L, c); err != nil {
			luaerr.Raise(L, luaerr.From(err))
		}
		return int(int64(c.S[table.SlotR])), int(int64(c.S[table.SlotR+1])), c.S[table.SlotR]
	}
	_, extent, _ := ask("Type_get_extent")
	low, span, _ := ask("Type_get_true_extent")
	_, _, basic := ask("own_basic")
	l := &layoutOf{extent: extent, low: low, end: low + span, content: m.basics[basic]}
	if l.size, _, _ = ask("Type_size"); l.size == 0 { // no data: the bounds that libraries return then mean nothing
		l.low, l.end = 0, 0
	}
	h.layout = l
	return l
}

// holdTypes puts handles of types into memory as C has them.
func (x *call) holdTypes(list []*handle) uint64 {
	values := make([]uint64, len(list))
	for i, h := range list {
		values[i] = h.value
	}
	return kept(x, mpi.PackHandles(values))
}

package luampi

import (
	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/lua51/vm"
	"github.com/mpiclus/mpiclus-lua/internal/mpi/table"
)

// sameLength checks a list that must be as long as the one before it.
func (x *call) sameLength(i int, a *table.Arg, n int) {
	if !a.Same {
		return
	}
	before := &x.row.Args[i-1]
	if want := int(int32(x.c.S[before.Slot])); n != want {
		x.arg(i, "list of %d expected, as '%s' is, got %d", want, before.Name, n)
	}
}

// int64s reads a list of whole numbers; at least one entry has memory.
func (x *call) int64s(i int, v lua.LValue) []int64 {
	t, ok := v.(*lua.LTable)
	if !ok {
		x.noList(i, v)
	}
	n := x.entries(i, t)
	list := make([]int64, n, n+1)
	for k := range list {
		n, ok := number(vm.GetInt(t, k+1))
		if !ok {
			x.arg(i, "entry %d: %s", k+1, notWhole(vm.GetInt(t, k+1), "whole number"))
		}
		list[k] = int64(n)
	}
	return list
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
func (x *call) readTypes(i int, a *table.Arg, v lua.LValue) {
	list := x.handles(i, v)
	if n := x.places(a.Kind == table.RTypes); len(list) != n {
		x.arg(i, "%d types expected, one for each rank, got %d", n, len(list))
	}
	x.c.S[a.Slot] = x.holdTypes(list)
	if a.Kind == table.STypes {
		x.stypes = list
	} else {
		x.rtypes = list
	}
}

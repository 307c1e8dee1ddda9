package luampi

import (
	"fmt"
	"math"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/args"
	"github.com/mpiclus/mpiclus-lua/internal/array"
	"github.com/mpiclus/mpiclus-lua/internal/lua51/vm"
	"github.com/mpiclus/mpiclus-lua/internal/mpi"
	"github.com/mpiclus/mpiclus-lua/internal/mpi/table"
)

var listKinds = family{
	table.SCounts: {read: (*call).readCounts},
	table.RCounts: {read: (*call).readCounts},
	table.SDispls: {read: (*call).readDispls, skips: isComm},
	table.RDispls: {read: (*call).readDispls, skips: isComm},
	table.Ints:    {read: (*call).readInts, result: (*call).intsResult},
	table.Aints:   {read: (*call).readAints, result: (*call).aintsResult},
	table.Weights: {read: (*call).readWeights},
	table.Triples: {read: (*call).readTriples},
}

func (x *call) readCounts(i int) {
	switch a, v := x.argument(i); {
	case x.leavesPartsToRoot():
	case v == lua.LNil && i > 0 && x.at[i-1] == lua.LValue(x.m.inPlace): // of no meaning then (MPI 3.1, section 5.8)
		x.setList(a.Slot, make([]int32, x.places(false)))
	default:
		x.setList(a.Slot, x.perRank(i, v, "count", a.Kind == table.RCounts))
	}
}

func (x *call) readDispls(i int) {
	switch a, v := x.argument(i); {
	case x.leavesPartsToRoot():
	case v == lua.LNil:
		x.setList(a.Slot, packed(x.lists[a.Slot-table.SlotSCounts-1]))
	default:
		x.setList(a.Slot, x.perRank(i, v, "displacement", a.Kind == table.RDispls))
	}
}

// leavesPartsToRoot reports whether counts have a meaning on the root only, which
// is another rank.
func (x *call) leavesPartsToRoot() bool {
	return !x.root && x.row.Takes(table.RootSendV, table.RootRecvV)
}

func (x *call) readInts(i int) {
	a, v := x.argument(i)
	list := x.int32s(i, v)
	x.sameLength(i, a, len(list))
	x.allInRange(i, list)
	x.putList(i, len(list), kept(x, list))
}

func (x *call) readAints(i int) {
	a, v := x.argument(i)
	list := x.int64s(i, v)
	x.sameLength(i, a, len(list))
	x.putList(i, len(list), kept(x, list))
}

func (x *call) readWeights(i int) {
	x.put(i, mpi.Constant("UNWEIGHTED"))
	if x.at[i] != lua.LNil {
		list, before := x.int32s(i, x.at[i]), &x.row.Args[i-1]
		if want := int(int32(x.c.S[before.Slot])); len(list) != want {
			x.arg(i, "%d weights expected, one for each of '%s', got %d", want, before.Name, len(list))
		}
		x.allInRange(i, list)
		x.put(i, kept(x, list))
	}
}

// readTriples reads ranges of a group's ranks.
func (x *call) readTriples(i int) {
	var flat []int32
	ranges, ok := x.at[i].(*lua.LTable)
	if !ok {
		x.expected(i, "list of {first, last, stride}", x.at[i])
	}
	for k := range x.entries(i, ranges) {
		entry := vm.GetInt(ranges, k+1)
		if entry.Type() == lua.LTNumber {
			x.arg(i, "entry %d: %s", k+1, args.Expected("list of {first, last, stride}", entry))
		}
		triple := x.int32s(i, entry)
		if len(triple) != 3 {
			x.arg(i, "entry %d is no {first, last, stride}", k+1)
		}
		flat = append(flat, triple...)
	}
	x.checkRanges(i, flat)
	x.putList(i, len(flat)/3, kept(x, flat))
}

// putList fills the two slots of a list: its length and its address.
func (x *call) putList(i, n int, address uint64) {
	at := x.row.Args[i].Slot
	x.c.S[at], x.c.S[at+1] = slot(n), address
}

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

// setList puts a list of C ints into a slot.
func (x *call) setList(slotOf int, list []int32) {
	x.lists[slotOf-table.SlotSCounts] = list
	x.c.S[slotOf] = kept(x, list)
}

// kept returns where a list begins in memory, which lasts as long as the call; also of
// an empty one.
func kept[T any](x *call, list []T) uint64 {
	if len(list) == 0 {
		list = make([]T, 1)
	}
	x.keep = append(x.keep, list)
	return x.c.Hold(addressOf(list))
}

// counts returns the list of numbers in a slot.
func (x *call) counts(slotOf int) []int32 { return x.lists[slotOf-table.SlotSCounts] }

// perRank reads a list of one number that is not negative for each rank.
func (x *call) perRank(i int, v lua.LValue, what string, receives bool) []int32 {
	list := x.int32s(i, v)
	if n := x.places(receives); len(list) != n {
		x.arg(i, "%d %ss expected, one for each rank, got %d", n, what, len(list))
	}
	for k, n := range list {
		if n < 0 {
			x.arg(i, "the %s of rank %d is negative (%d)", what, k, n)
		}
	}
	return list
}

// int32s reads a list of C ints: a table or an array of integers.
func (x *call) int32s(i int, v lua.LValue) []int32 {
	if a, ok := array.To(v); ok {
		if list := array.Of[int32](a.Packed()); list != nil || a.Len() == 0 {
			return append([]int32(nil), list...)
		}
		x.arg(i, "list or int32 array expected, got %s array", a.Type())
	}
	t, ok := v.(*lua.LTable)
	if !ok {
		x.noList(i, v)
	}
	list := make([]int32, x.entries(i, t))
	for k := range list {
		v := vm.GetInt(t, k+1)
		if b, ok := v.(lua.LBool); ok {
			if b {
				list[k] = 1
			}
			continue
		}
		n, ok := number(v)
		if !ok {
			x.arg(i, "entry %d: %s", k+1, notWhole(v, "whole number"))
		}
		if n < math.MinInt32 || n > math.MaxInt32 {
			x.arg(i, "entry %d: %d does not fit a C int", k+1, n)
		}
		list[k] = int32(n)
	}
	return list
}

// noList raises that argument i is no list of numbers, and says what list a number
// or boolean may have been meant for.
func (x *call) noList(i int, v lua.LValue) {
	text := args.Expected("list", v)
	switch n, isNumber := number(v); {
	case isNumber && x.row.Name == "Dims_create" && n > 1 && n <= maxDims:
		text += fmt.Sprintf(": %d lengths that MPI chooses are {0%s}, one that is given is {%d}", n, strings.Repeat(", 0", n-1), n)
	case v.Type() == lua.LTNumber || v.Type() == lua.LTBool:
		text += fmt.Sprintf(": a list of one is {%s}", args.Show(v))
	}
	x.arg(i, "%s", text)
}

// maxDims is of how many dimensions a grid is at most that noList shows.
const maxDims = 6

// packed returns the displacements of parts that follow one another.
func packed(counts []int32) []int32 {
	displs := make([]int32, len(counts))
	for i := 1; i < len(counts); i++ {
		displs[i] = displs[i-1] + counts[i-1]
	}
	return displs
}

// entries returns the number of entries of a list in argument i; it refuses a
// table that is no list.
func (x *call) entries(i int, t *lua.LTable) int {
	n, wrong := args.List(t)
	x.refuse(i, wrong)
	return n
}

// int64s reads a list of whole numbers.
func (x *call) int64s(i int, v lua.LValue) []int64 {
	t, ok := v.(*lua.LTable)
	if !ok {
		x.noList(i, v)
	}
	list := make([]int64, x.entries(i, t))
	for k := range list {
		n, ok := number(vm.GetInt(t, k+1))
		if !ok {
			x.arg(i, "entry %d: %s", k+1, notWhole(vm.GetInt(t, k+1), "whole number"))
		}
		list[k] = int64(n)
	}
	return list
}

func (x *call) intsResult(i int) lua.LValue {
	r := &x.row.Results[i]
	return listOf(x.L, x.c.Ints(r.Slot, x.countOf(r)), func(n int32) lua.LValue { return lua.LNumber(n) })
}

func (x *call) aintsResult(i int) lua.LValue {
	r := &x.row.Results[i]
	return listOf(x.L, x.c.Words(r.Slot, x.countOf(r)), func(n uint64) lua.LValue { return lua.LNumber(int64(n)) })
}

func (x *call) countOf(r *table.Arg) int { return int(int32(x.c.S[r.CountOf])) }

// listOf makes a list of what value makes of each entry.
func listOf[T any](L *lua.LState, entries []T, value func(T) lua.LValue) *lua.LTable {
	t := L.CreateTable(len(entries), 0)
	for _, e := range entries {
		vm.Append(t, value(e))
	}
	return t
}

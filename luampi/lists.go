package luampi

import (
	"fmt"
	"math"
	"strings"
	"unsafe"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/args"
	"github.com/mpiclus/mpiclus-lua/internal/array"
	"github.com/mpiclus/mpiclus-lua/internal/lua51/vm"
	"github.com/mpiclus/mpiclus-lua/internal/mpi"
	"github.com/mpiclus/mpiclus-lua/internal/mpi/table"
)

// readList reads an argument that is a list.
func (x *call) readList(i int, a *table.Arg, v lua.LValue) {
	switch a.Kind {
	case table.SCounts, table.RCounts:
		if !x.root && x.partsOnRoot() {
			return
		}
		x.setList(a.Slot, x.perRank(i, v, "count", a.Kind == table.RCounts))
	case table.SDispls, table.RDispls:
		if !x.root && x.partsOnRoot() {
			return
		}
		if v == lua.LNil {
			x.setList(a.Slot, packed(x.lists[a.Slot-table.SlotSCounts-1]))
			return
		}
		x.setList(a.Slot, x.perRank(i, v, "displacement", a.Kind == table.RDispls))
	case table.STypes, table.RTypes:
		x.readTypes(i, a, v)
	case table.Ints:
		list := x.int32s(i, v)
		x.sameLength(i, a, len(list))
		x.allInRange(i, list)
		x.c.S[a.Slot] = slot(len(list))
		x.c.S[a.Slot+1] = x.hold32(list)
	case table.Weights:
		x.c.S[a.Slot] = mpi.Constant("UNWEIGHTED")
		if v != lua.LNil {
			list, before := x.int32s(i, v), &x.row.Args[i-1]
			if want := int(int32(x.c.S[before.Slot])); len(list) != want {
				x.arg(i, "%d weights expected, one for each of '%s', got %d", want, before.Name, len(list))
			}
			x.allInRange(i, list)
			x.c.S[a.Slot] = x.hold32(list)
		}
	case table.Aints:
		list := x.int64s(i, v)
		x.sameLength(i, a, len(list))
		x.c.S[a.Slot] = slot(len(list))
		x.keep = append(x.keep, list)
		x.c.S[a.Slot+1] = x.c.Hold(unsafe.Pointer(unsafe.SliceData(list)))
	case table.Types:
		list := x.handles(i, v)
		x.sameLength(i, a, len(list))
		x.c.S[a.Slot] = slot(len(list))
		x.c.S[a.Slot+1] = x.holdTypes(list)
	case table.Triples:
		var flat []int32
		ranges, ok := v.(*lua.LTable)
		if !ok {
			x.expected(i, "list of {first, last, stride}", v)
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
		x.c.S[a.Slot] = slot(len(flat) / 3)
		x.c.S[a.Slot+1] = x.hold32(flat)
	default:
		panic("luampi: cannot read arguments of kind " + a.Kind.String())
	}
}

// partsOnRoot reports whether counts have a meaning on the root only.
func (x *call) partsOnRoot() bool {
	for i := range x.row.Args {
		if k := x.row.Args[i].Kind; k == table.RootSendV || k == table.RootRecvV {
			return true
		}
	}
	return false
}

// setList puts a list of C ints into a slot.
func (x *call) setList(slotOf int, list []int32) {
	x.lists[slotOf-table.SlotSCounts] = list
	x.c.S[slotOf] = x.hold32(list)
}

func (x *call) hold32(list []int32) uint64 {
	if len(list) == 0 {
		list = make([]int32, 1)
	}
	x.keep = append(x.keep, list)
	return x.c.Hold(unsafe.Pointer(unsafe.SliceData(list)))
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
		if list := array.Of[int32](a); list != nil || a.Len() == 0 {
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

// readV reads an array that is cut in parts of given counts.
func (x *call) readV(i int, slotOf int, b *buffer) {
	counts, displs := x.lists[slotOf-table.SlotSCounts], x.lists[slotOf+1-table.SlotSCounts]
	end := 0
	for r, n := range counts {
		if n > 0 {
			end = max(end, int(displs[r])+int(n))
		}
	}
	if b.missing {
		*b = x.newBuffer(i, end)
	}
	if !b.inPlace && b.count < end {
		x.arg(i, "array of at least %d elements expected (greatest displacement + count), got %d", end, b.count)
	}
}

func (x *call) readSendV(i int) {
	x.send = x.buffer(i, x.at[i])
	x.need(i, &x.send, x.collective())
	x.readV(i, table.SlotSCounts, &x.send)
	x.set(table.SlotSend, &x.send, x.send.count)
}

func (x *call) readRecvV(i int) {
	x.recv = x.buffer(i, x.at[i])
	if x.recv.missing && x.send.inPlace {
		x.arg(i, "array expected: IN_PLACE has what to send there")
	}
	x.readV(i, table.SlotRCounts, &x.recv)
	x.need(i, &x.recv, false)
	if counts := x.counts(table.SlotRCounts); x.row.Args[0].Kind == table.Send && len(counts) == x.comm.Size && !x.send.inPlace && !x.comm.Inter &&
		x.send.typ == x.recv.typ && int(counts[x.comm.Rank]) != x.send.count {
		x.arg(0, "array of %d elements expected, as the counts say, got %d", counts[x.comm.Rank], x.send.count)
	}
	x.set(table.SlotRecv, &x.recv, x.recv.count)
	x.out = x.recv.arr
}

func (x *call) readRootSendV(i int) {
	if x.root {
		x.readSendV(i)
		return
	}
	x.send = buffer{typ: x.m.types[array.Uint8]}
	x.set(table.SlotSend, &x.send, 0)
}

func (x *call) readRootRecvV(i int) {
	if x.root {
		x.readRecvV(i)
		return
	}
	if x.send.inPlace {
		x.arg(0, "IN_PLACE is for the root only")
	}
	x.recv = buffer{typ: x.send.typ}
	x.set(table.SlotRecv, &x.recv, 0)
}

// entries returns the number of entries of a list in argument i; it refuses a
// table that is no list.
func (x *call) entries(i int, t *lua.LTable) int {
	n, wrong := args.List(t)
	if wrong != "" {
		x.arg(i, "%s", wrong)
	}
	return n
}

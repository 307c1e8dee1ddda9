package luampi

import (
	"fmt"
	"math"
	"strconv"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/args"
	"github.com/mpiclus/mpiclus-lua/internal/mpi"
	"github.com/mpiclus/mpiclus-lua/internal/mpi/table"
)

var numberKinds = family{
	table.Int:     {read: (*call).readInt, skips: noInteger, result: func(x *call, i int) lua.LValue { return lua.LNumber(int32(x.word(i))) }},
	table.Aint:    {read: (*call).readAint, skips: noNumber, result: func(x *call, i int) lua.LValue { return lua.LNumber(int64(x.word(i))) }},
	table.Bool:    {read: (*call).readBool, result: func(x *call, i int) lua.LValue { return lua.LBool(int32(x.word(i)) != 0) }},
	table.Double:  {result: func(x *call, i int) lua.LValue { return lua.LNumber(x.c.Double(x.row.Results[i].Slot)) }},
	table.Root:    {read: (*call).readRoot, skips: isComm},
	table.Dest:    {read: (*call).readPeer},
	table.Source:  {read: (*call).readPeer, skips: isComm},
	table.Source2: {read: (*call).readPeer},
	table.Tag:     {read: (*call).readTag, skips: isComm},
	table.AnyTag:  {read: (*call).readTag, skips: isComm},
	table.AnyTag2: {read: (*call).readTag},
}

// noNumber reports whether an object that a call is about stands where a number, or
// hints, may be missing.
func noNumber(_ *call, a *table.Arg, v lua.LValue) bool {
	return a.Optional && (toComm(v) != nil || object[window](v) != nil)
}

// noInteger does that where hints may follow the number.
func noInteger(x *call, a *table.Arg, v lua.LValue) bool {
	h := object[handle](v)
	return a.Optional && h != nil && h.class != "info" || noNumber(x, a, v)
}

// isComm reports whether a communicator stands where something else may be missing.
func isComm(_ *call, _ *table.Arg, v lua.LValue) bool { return toComm(v) != nil }

// number reads an integer; ok is false if v is none.
func number(v lua.LValue) (n int, ok bool) {
	f, isNumber := v.(lua.LNumber)
	if !isNumber || float64(f) != math.Trunc(float64(f)) || math.Abs(float64(f)) > 1<<53 {
		return 0, false
	}
	return int(f), true
}

// whole reads an argument that must be a whole number; what names it in the
// error for a value of another kind.
func (x *call) whole(i int, v lua.LValue, what string) int {
	n, ok := number(v)
	if !ok {
		x.arg(i, "%s", notWhole(v, what))
	}
	return n
}

// notWhole reports why a value is no whole number.
func notWhole(v lua.LValue, what string) string {
	f, isNumber := v.(lua.LNumber)
	if !isNumber {
		return fmt.Sprintf("%s expected, got %s", what, args.Kind(v))
	}
	text := strconv.FormatFloat(float64(f), 'g', -1, 64) // all digits: 0.9999999999999999 is not 1
	if math.Abs(float64(f)) > 1<<53 {
		return "whole number up to 2^53 expected, got " + text
	}
	return "whole number expected, got " + text
}

// given returns the number of argument i or, if it is left out, that of the table.
func (x *call) given(i int) lua.LValue {
	a, v := x.argument(i)
	if v != lua.LNil || !a.Optional {
		return v
	}
	n, err := strconv.Atoi(a.Default)
	if err != nil {
		n = mpi.Int(a.Default)
	}
	return lua.LNumber(n)
}

func (x *call) readInt(i int) {
	n := x.whole(i, x.given(i), "whole number")
	if n != int(int32(n)) {
		x.arg(i, "%d does not fit a C int", n)
	}
	x.inRange(i, n)
	x.put(i, slot(n))
}

func (x *call) readAint(i int) {
	n := x.whole(i, x.given(i), "whole number")
	x.inRange(i, n)
	x.put(i, uint64(int64(n)))
}

func (x *call) readBool(i int) {
	a, v := x.argument(i)
	x.put(i, 0)
	if lua.LVAsBool(v) || v == lua.LNil && a.Default == "true" {
		x.put(i, 1)
	}
}

// readPeer reads a destination or source.
func (x *call) readPeer(i int) {
	a, v := x.argument(i)
	l, sends := &x.m.limits, a.Kind == table.Dest
	if v == lua.LNil && !sends {
		x.put(i, slot(l.anySource))
		return
	}
	n := x.whole(i, v, "rank")
	if n == l.procNull && !sends {
		x.c.FromNull()
	}
	if (n < 0 || n >= x.comm.Peers()) && n != l.procNull && (n != l.anySource || sends) {
		x.arg(i, "rank %d is not in a communicator of %d", n, x.comm.Peers())
	}
	x.put(i, slot(n))
}

func (x *call) readTag(i int) {
	a, v := x.argument(i)
	l, wild, n := &x.m.limits, a.Kind != table.Tag, 0
	if v == lua.LNil && wild {
		n = l.anyTag
	} else if v != lua.LNil {
		n = x.whole(i, v, "tag")
		if (!wild || n != l.anyTag) && (n < 0 || n > l.maxTag) {
			x.arg(i, "%s", x.m.noTag(n))
		}
	}
	x.put(i, slot(n))
}

// readRoot reads a root, and notes whether this process is it.
func (x *call) readRoot(i int) {
	v, l := x.at[i], &x.m.limits
	if v == lua.LNil {
		v = lua.LNumber(0)
	}
	n := x.whole(i, v, "rank")
	x.root = n == x.comm.Rank
	if x.comm.Inter {
		x.root = n == l.root
	}
	if (n < 0 || n >= x.comm.Peers()) && !(x.comm.Inter && (n == l.root || n == l.procNull)) {
		x.arg(i, "rank %d is not in a communicator of %d", n, x.comm.Peers())
	}
	x.put(i, slot(n))
}

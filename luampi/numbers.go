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

func (x *call) integer(i int, v lua.LValue, a *table.Arg) int {
	if v == lua.LNil && a.Optional {
		if n, ok := number(parseNumber(a.Default)); ok {
			return n
		}
		return mpi.Int(a.Default)
	}
	n := x.whole(i, v, "whole number")
	if n != int(int32(n)) {
		x.arg(i, "%d does not fit a C int", n)
	}
	x.inRange(i, n)
	return n
}

// peer reads a destination or source.
func (x *call) peer(i int, v lua.LValue, kind table.Kind) int {
	l := &x.m.limits
	if v == lua.LNil && kind != table.Dest {
		return l.anySource
	}
	n := x.whole(i, v, "rank")
	if n == l.procNull && kind != table.Dest {
		x.c.FromNull()
	}
	if n >= 0 && n < x.comm.Peers() || n == l.procNull || n == l.anySource && kind != table.Dest {
		return n
	}
	x.arg(i, "rank %d is not in a communicator of %d", n, x.comm.Peers())
	return 0
}

func (x *call) tag(i int, v lua.LValue, wild bool) int {
	l := &x.m.limits
	switch {
	case v == lua.LNil && wild:
		return l.anyTag
	case v == lua.LNil:
		return 0
	}
	n := x.whole(i, v, "tag")
	switch {
	case wild && n == l.anyTag:
	case n < 0 || n > l.maxTag:
		x.arg(i, "%s", x.m.noTag(n))
	}
	return n
}

func (x *call) rootRank(i int, v lua.LValue) int {
	l := &x.m.limits
	if v == lua.LNil {
		v = lua.LNumber(0)
	}
	n := x.whole(i, v, "rank")
	if x.comm.Inter {
		x.root = n == l.root
		if n == l.root || n == l.procNull {
			return n
		}
	} else {
		x.root = n == x.comm.Rank
	}
	if n < 0 || n >= x.comm.Peers() {
		x.arg(i, "rank %d is not in a communicator of %d", n, x.comm.Peers())
	}
	return n
}

package native

import (
	"math"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/array"
)

// wholeNumbers finds the variables that hold whole numbers only, or none (NaN,
// infinite): an index of that kind needs no check of it. It goes by the numbers of
// this entry; what it says of those is then asked of each entry (value.whole).
func wholeNumbers(t *text, order []*block, read []lua.LValue) map[variable]bool {
	indexes := false
	defs := map[variable][]*operation{}
	for _, b := range order {
		for i := range b.ops {
			o := &b.ops[i]
			indexes = indexes || o.op == opLoad || o.op == opStore
			if o.op != opStore && o.op != opSize && !o.to.truth {
				defs[o.to] = append(defs[o.to], o)
			}
		}
	}
	if !indexes {
		return nil
	}
	whole := map[variable]bool{}
	for v := range defs {
		whole[v] = true
	}
	for i := range t.values {
		v := &t.values[i]
		x, ok := read[i].(lua.LNumber)
		if !ok {
			continue
		}
		is := isWhole(float64(x))
		whole[variable{entry: i + 1}] = is
		if v.at != noPlace {
			whole[variable{place: v.at}] = is
		}
	}
	for changed := true; changed; {
		changed = false
		for v, all := range defs {
			for _, o := range all {
				if whole[v] && !o.isWhole(whole) {
					whole[v], changed = false, true
				}
			}
		}
	}
	for i := range t.values {
		v := &t.values[i]
		if v.class.kind == number {
			v.whole = whole[variable{entry: i + 1}] && (v.at == noPlace || whole[variable{place: v.at}])
			if v.at != noPlace && !v.whole {
				whole[variable{entry: i + 1}] = false
			}
		}
	}
	return whole
}

func isWhole(x float64) bool { return x == math.Trunc(x) }

// isWhole reports whether an operation makes whole numbers of such.
func (o *operation) isWhole(whole map[variable]bool) bool {
	is := func(x operand) bool {
		if x.constant {
			return isWhole(x.value)
		}
		return whole[x.at]
	}
	switch o.op {
	case opMove, opNeg, opAbs:
		return is(o.x)
	case opAdd, opSub, opMul, opMod, opMost, opLeast:
		return is(o.x) && is(o.y)
	case opFloor, opCeil, opLength, opDraw:
		return true
	case opLoad:
		return o.typ != array.Float32 && o.typ != array.Float64
	}
	return false
}

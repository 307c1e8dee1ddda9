package luampi

import (
	"math"

	"github.com/mpiclus/mpiclus-lua/internal/args"
	"github.com/mpiclus/mpiclus-lua/internal/mpi"
	"github.com/mpiclus/mpiclus-lua/internal/mpi/table"
)

// Libraries multiply counts, strides and extents without a check of the product:
// a type with a place that 64 bits do not hold then counts as short, and a message
// of it reads and writes where no array is. So no type is made that has a place
// beyond farthest, or more bytes of data than that.

// measure is what bounds the places of a type, in bytes.
type measure struct {
	far    float64 // its farthest place
	extent float64
	data   float64
}

// measureType asks MPI for the measure of a type. Of a type that MPI refuses it
// is 0: the call that is to use the type reports what is wrong.
func (x *call) measureType(datatype uint64) (t measure) {
	ask := func(name string) (a, b float64) {
		c := x.m.s.NewCall(name)
		defer c.Release()
		c.S[table.SlotX] = datatype
		if x.m.do(x.L, c) != nil {
			return 0, 0
		}
		return float64(int64(c.S[table.SlotR])), float64(int64(c.S[table.SlotR+1]))
	}
	low, extent := ask("Type_get_extent")
	t.data, _ = ask("Type_size")
	t.extent = math.Abs(extent)
	t.far = max(math.Abs(low), math.Abs(low+extent))
	if t.data > 0 {
		first, span := ask("Type_get_true_extent")
		t.far = max(t.far, math.Abs(first), math.Abs(first+span))
	}
	return t
}

// made is what bounds the type that a call makes: how far its elements reach from
// its origin, and how much data they have, in bytes.
type made struct{ span, data float64 }

// add counts elements that lie one behind another from a place on.
func (s *made) add(t measure, place, elements float64) {
	s.span = max(s.span, math.Abs(place)+math.Abs(elements)*t.extent+t.far)
	s.data += math.Abs(elements) * t.data
}

// typeHooks are the checks of calls that make types.
func (m *module) typeHooks(hooks map[string]func(x *call)) {
	const x0 = table.SlotX
	number := func(x *call, n int) float64 { return float64(int32(x.c.S[x0+n])) }
	long := func(x *call, n int) float64 { return float64(int64(x.c.S[x0+n])) }
	ints := func(x *call, n int) []int32 { return x.c.Ints(x0+n+1, int(number(x, n))) }
	longs := func(x *call, n int) []uint64 { return x.c.Words(x0+n+1, int(number(x, n))) }
	// The elements are of the type in slot typeSlot, counted from SlotX; -1 where
	// each has a type of its own.
	hook := func(name string, typeSlot int, count func(x *call, t measure, s *made)) {
		hooks[name] = func(x *call) {
			s := &made{}
			t := measure{}
			if typeSlot >= 0 {
				t = x.measureType(x.c.S[x0+typeSlot])
			}
			count(x, t, s)
			if s.span > farthest || s.data > farthest {
				x.arg(0, "the type would reach over %.4g bytes and have %.4g bytes of data: no memory is that large", s.span, s.data)
			}
		}
	}
	hook("Type_contiguous", 1, func(x *call, t measure, s *made) { s.add(t, 0, number(x, 0)) })
	hook("Type_vector", 3, func(x *call, t measure, s *made) {
		s.add(t, number(x, 0)*number(x, 2)*t.extent, number(x, 1))
		s.data *= math.Abs(number(x, 0))
	})
	hook("Type_create_hvector", 3, func(x *call, t measure, s *made) {
		s.add(t, number(x, 0)*long(x, 2), number(x, 1))
		s.data *= math.Abs(number(x, 0))
	})
	hook("Type_indexed", 4, func(x *call, t measure, s *made) {
		displs := ints(x, 2)
		for i, n := range ints(x, 0) {
			s.add(t, float64(displs[i])*t.extent, float64(n))
		}
	})
	hook("Type_create_hindexed", 4, func(x *call, t measure, s *made) {
		displs := longs(x, 2)
		for i, n := range ints(x, 0) {
			s.add(t, float64(int64(displs[i])), float64(n))
		}
	})
	hook("Type_create_indexed_block", 3, func(x *call, t measure, s *made) {
		for _, d := range ints(x, 1) {
			s.add(t, float64(d)*t.extent, number(x, 0))
		}
	})
	hook("Type_create_hindexed_block", 3, func(x *call, t measure, s *made) {
		for _, d := range longs(x, 1) {
			s.add(t, float64(int64(d)), number(x, 0))
		}
	})
	hook("Type_create_struct", -1, func(x *call, _ measure, s *made) {
		displs, types := longs(x, 2), x.c.Handles(x0+5, int(number(x, 4)))
		for i, n := range ints(x, 0) {
			s.add(x.measureType(types[i]), float64(int64(displs[i])), float64(n))
		}
	})
	hook("Type_create_subarray", 7, func(x *call, t measure, s *made) {
		x.checkPart(ints(x, 0), ints(x, 2), ints(x, 4))
		s.add(t, 0, product(ints(x, 0)))
	})
	hook("Type_create_darray", 11, func(x *call, t measure, s *made) {
		x.checkDealt(ints(x, 2), ints(x, 4), ints(x, 6), ints(x, 8))
		s.add(t, 0, product(ints(x, 2)))
	})
	hooks["Type_get_contents"] = func(x *call) {
		h := toHandle(x.at[0], "type")
		switch {
		case h == nil:
			x.arg(0, "a type that is made of others expected, got %s", args.Show(x.at[0]))
		case h.name != "":
			x.arg(0, "a type that is made of others expected, got %s", x.m.text(h))
		}
	}
	hooks["Type_match_size"] = func(x *call) {
		if _, ok := x.asks("Type_match_size", x.c.S[x0], x.c.S[x0+1]); !ok {
			x.arg(1, "there is no such type of %d bytes", int32(x.c.S[x0+1]))
		}
	}
	hook("Type_create_resized", 0, func(x *call, t measure, s *made) {
		s.add(t, math.Abs(long(x, 1))+math.Abs(long(x, 2)), 1)
	})
}

// product returns the product of a list, 1 of an empty one.
func product(list []int32) float64 {
	p := 1.0
	for _, n := range list {
		p *= float64(n)
	}
	return p
}

// checkPart checks that a part of an array lies inside of it.
func (x *call) checkPart(sizes, subsizes, starts []int32) {
	for i, size := range sizes {
		if subsizes[i] > size {
			x.arg(1, "entry %d is %d: 1 to %d expected, since the array has %d there", i+1, subsizes[i], size, size)
		}
		if last := size - subsizes[i]; starts[i] > last {
			x.arg(2, "entry %d is %d: 0 to %d expected, since %d of %d elements follow", i+1, starts[i], last, subsizes[i], size)
		}
	}
}

// checkDealt checks how a grid is dealt out: libraries divide by what they are
// given.
func (x *call) checkDealt(sizes, distribs, blocks, ranks []int32) {
	for i := range sizes {
		switch block := blocks[i]; {
		case distribs[i] == int32(mpi.Int("DISTRIBUTE_NONE")):
			if ranks[i] != 1 {
				x.arg(5, "entry %d is %d: a dimension that is not dealt out has one rank", i+1, ranks[i])
			}
		case block == int32(mpi.Int("DISTRIBUTE_DFLT_DARG")):
		case block < 1:
			x.arg(4, "entry %d is %d: 1 or more, or mpi.DISTRIBUTE_DFLT_DARG, expected", i+1, block)
		case distribs[i] == int32(mpi.Int("DISTRIBUTE_BLOCK")) && int64(block)*int64(ranks[i]) < int64(sizes[i]):
			x.arg(4, "entry %d is %d: %d ranks with blocks of %d do not hold %d elements", i+1, block, ranks[i], block, sizes[i])
		case block > sizes[i]:
			blocks[i] = sizes[i] // deals out the same, and sums with it do not overflow
		}
	}
	size, rank := int32(x.c.S[table.SlotX]), int32(x.c.S[table.SlotX+1])
	if n := product(ranks); n != float64(size) {
		x.arg(5, "the product is %.0f, and there are %d ranks", n, size)
	}
	if rank >= size {
		x.arg(1, "rank %d is not one of %d", rank, size)
	}
}

package stdlib

import (
	"math"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/philox"
)

// random is the generator of math.random: Philox4x64-10. All code of an
// interpreter draws from one sequence. It begins at a place of its own in each
// process, so that the workers of a job do not draw the same numbers, and where
// the job has a seed at the same place in each run; the same seed gives the same
// sequence in each process.
type random struct{ source *philox.Stream }

func newRandom(L *lua.LState) *random { return &random{philox.Of(L).Stream(philox.NameMath)} }

// draw gives the next number, from 0 to less than 1.
func (r *random) draw() float64 { return float64(r.source.Uint64()>>11) * 0x1p-53 }

// next is math.random([from,] [to]): a number from 0 to less than 1, or a
// whole number of an interval.
func (r *random) next(L *lua.LState) int {
	x := r.draw()
	switch L.GetTop() {
	case 0:
		L.Push(lua.LNumber(x))
	case 1:
		to := checkInteger(L, 1)
		if to < 1 {
			argError(L, 1, "interval is empty")
		}
		L.Push(numberValue(math.Floor(x*float64(to)) + 1))
	case 2:
		from, to := checkInteger(L, 1), checkInteger(L, 2)
		if from > to {
			argError(L, 2, "interval is empty")
		}
		size := float64(to) - float64(from) + 1
		L.Push(numberValue(math.Floor(x*size) + float64(from)))
	default:
		raise(L, "wrong number of arguments")
	}
	return 1
}

// seed is math.randomseed(x): it begins the sequence that belongs to x.
func (r *random) seed(L *lua.LState) int {
	x := checkNumber(L, 1) + 0 // -0 is 0
	r.source = philox.New(philox.Lane{Seed: math.Float64bits(x), Rank: philox.NoRank, Name: philox.NameMath})
	return 0
}

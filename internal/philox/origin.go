package philox

import (
	"math/rand/v2"

	lua "github.com/yuin/gopher-lua"
)

// Origin is what all streams of a process that nobody gave a seed begin from.
type Origin struct {
	Seed  uint64
	Given bool // the seed was given to the whole job (run --seed)
	Group int  // as in Lane
	Rank  int  // of this process, Master for one that has none
}

// originKey is where the origin of an interpreter lies in Lua's registry.
const originKey = "mpiclus.random"

// Keep makes o the origin of an interpreter, before anything draws from it. Where
// no seed was given it draws one, so that processes do not draw the same numbers.
func (o Origin) Keep(L *lua.LState) {
	if !o.Given {
		o.Seed = rand.Uint64()
	}
	L.G.Registry.RawSetString(originKey, &lua.LUserData{Value: o})
}

// Of returns the origin of an interpreter; one that has none gets it.
func Of(L *lua.LState) Origin {
	if ud, ok := L.G.Registry.RawGetString(originKey).(*lua.LUserData); ok {
		if o, ok := ud.Value.(Origin); ok {
			return o
		}
	}
	Origin{Rank: Master}.Keep(L)
	return Of(L)
}

// The names of the streams that parts of this software draw from. A script's
// streams have other names: theirs cannot begin with a zero byte.
const (
	NameMath   = "\x00math"   // math.random
	NameArray  = "\x00array"  // array.rand and array.randn
	NameModule = "\x00random" // the functions of the module random
)

// Stream returns this process's stream of a name, at its beginning.
func (o Origin) Stream(name string) *Stream {
	return New(Lane{Seed: o.Seed, Group: o.Group, Rank: o.Rank, Name: name})
}

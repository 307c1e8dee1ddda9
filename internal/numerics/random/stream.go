package random

import (
	"fmt"
	"math/rand/v2"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/numerics/function"
	"github.com/mpiclus/mpiclus-lua/internal/philox"
)

// kind is what errors call a stream.
const kind = "random stream"

// Stream is a stream as scripts see it: the Value of a userdata.
type Stream struct {
	lane   philox.Lane
	source *philox.Stream
	rand   *rand.Rand
}

func newStream(l philox.Lane) *Stream {
	source := philox.New(l)
	return &Stream{lane: l, source: source, rand: rand.New(source)}
}

// Kind names a stream in errors about arguments.
func (*Stream) Kind() string { return kind }

// String says which stream it is.
func (s *Stream) String() string {
	rank := fmt.Sprintf("rank %d", s.lane.Rank)
	switch s.lane.Rank {
	case philox.NoRank:
		rank = "the same on all ranks"
	case philox.Master:
		rank = "of the master"
	}
	return fmt.Sprintf("random stream (seed %d, %s, name %q, %d drawn)", s.lane.Seed, rank, s.lane.Name, s.source.Position())
}

// Travel refuses: each rank would draw the same numbers.
func (s *Stream) Travel() (kind string, data []byte, err error) {
	return "", nil, fmt.Errorf("a random stream stays in its process, since a copy would draw the same numbers again: make it where it is used, with random.stream{seed =, name =}")
}

// moduleKey is where the stream of the module's own functions lies in Lua's
// registry.
const moduleKey = "mpiclus.random.module"

// of returns the stream that a call draws from: of its method, or the module's.
func of(c *function.Call) *Stream {
	if c.IsMethod() {
		return c.Self().(*Stream)
	}
	if ud, ok := c.G.Registry.RawGetString(moduleKey).(*lua.LUserData); ok {
		return ud.Value.(*Stream)
	}
	o := philox.Of(c.LState)
	return keep(c, newStream(philox.Lane{Seed: o.Seed, Group: o.Group, Rank: o.Rank, Name: philox.NameModule}))
}

func keep(c *function.Call, s *Stream) *Stream {
	c.G.Registry.RawSetString(moduleKey, &lua.LUserData{Value: s})
	return s
}

func seek(c *function.Call) int {
	of(c).source.Seek(uint64(c.Whole(1, "position", 0, function.MaxWhole)))
	return c.Return(c.Get(1))
}

func position(c *function.Call) int {
	return c.Return(lua.LNumber(of(c).source.Position()))
}

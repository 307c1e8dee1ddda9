// Package random is the Lua module "random": streams of random numbers that
// never overlap, and what is drawn from them.
package random

import (
	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/args"
	"github.com/mpiclus/mpiclus-lua/internal/numerics/function"
	"github.com/mpiclus/mpiclus-lua/internal/philox"
)

// Rows lists the functions of the module.
func Rows() []function.Row {
	return append([]function.Row{
		{Name: "stream", Args: "[options]", Doc: "A stream of its own, with the methods below. Options: `seed` (the job's unless given), `rank` (this process's unless given; `false`: the same for all ranks), `name`.", Run: stream},
		{Name: "seed", Args: "n", Doc: "Has the module's own functions go on with the stream of a seed, of this rank.", Run: seed},
	}, drawRows()...)
}

// MethodRows lists the methods of streams.
func MethodRows() []function.Row {
	return append([]function.Row{
		{Name: "seek", Args: "position", Doc: "Goes to a place of the stream, at once: 0 is its beginning; gives the stream.", Run: seek},
		{Name: "position", Args: "", Doc: "How many numbers of 64 bits were drawn; a draw may take several.", Run: position},
	}, drawRows()...)
}

// Open is the loader of the module.
func Open(L *lua.LState) int {
	L.Push(function.Module(L, "random", Rows()))
	return 1
}

func seed(c *function.Call) int {
	n := uint64(c.Whole(1, "n", 0, function.MaxWhole))
	keep(c, newStream(philox.Lane{Seed: n, Rank: philox.Of(c.LState).Rank, Name: philox.NameModule}))
	return 0
}

// stream is random.stream(options).
func stream(c *function.Call) int {
	o, options := philox.Of(c.LState), c.Options(1, "seed", "rank", "name")
	l := philox.Lane{Seed: o.Seed, Group: o.Group, Rank: o.Rank}
	if options.Get("seed") != lua.LNil {
		l.Seed, l.Group = uint64(options.Whole("seed", 0, 0, function.MaxWhole)), 0
	}
	switch rank := options.Get("rank"); rank {
	case lua.LNil:
	case lua.LFalse:
		if options.Get("seed") == lua.LNil && !o.Given {
			options.Fail("rank", "a stream that is the same on all ranks needs a seed that all know: say seed = n as well, or run --seed N")
		}
		l.Rank, l.Group = philox.NoRank, 0
	default:
		if _, ok := rank.(lua.LNumber); !ok {
			options.Fail("rank", "%s", args.Expected("rank or false", rank))
		}
		l.Rank = options.Whole("rank", 0, 0, 1<<31-1)
	}
	switch name := options.Get("name").(type) {
	case *lua.LNilType:
	case lua.LString, lua.LNumber:
		if l.Name = name.String(); l.Name != "" && l.Name[0] == 0 {
			options.Fail("name", "a name must not begin with a zero byte")
		}
	default:
		options.Fail("name", "%s", args.Expected("string or number", name))
	}
	return c.Return(&lua.LUserData{Value: newStream(l), Env: c.Env, Metatable: function.Metatable(c.LState, kind, MethodRows())})
}

// drawRows lists what is drawn from a stream: functions of the module, and methods.
func drawRows() []function.Row {
	return append(continuousRows(), append(wholeRows(), listRows()...)...)
}

// Package modules lists the Lua modules that every process has, whether it
// is in MPI or not: a new one is one line here.
package modules

import (
	"context"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/interp"
	"github.com/mpiclus/mpiclus-lua/internal/luacsv"
	"github.com/mpiclus/mpiclus-lua/internal/luafs"
	"github.com/mpiclus/mpiclus-lua/internal/luajson"
	"github.com/mpiclus/mpiclus-lua/internal/luaplot"
	"github.com/mpiclus/mpiclus-lua/internal/native"
	"github.com/mpiclus/mpiclus-lua/internal/npy"
	"github.com/mpiclus/mpiclus-lua/internal/numerics"
	"github.com/mpiclus/mpiclus-lua/internal/numerics/random"
	"github.com/mpiclus/mpiclus-lua/internal/numerics/sparse"
	"github.com/mpiclus/mpiclus-lua/internal/numerics/stats"
)

// Common adds the modules to an interpreter.
func Common(in *interp.Interp) {
	for name, open := range map[string]lua.LGFunction{
		"array":  numerics.Extend(npy.Opener(in)),
		"csv":    luacsv.Opener(in),
		"fs":     luafs.Opener(in),
		"json":   luajson.Opener(func() error { return context.Cause(in.Current().Context()) }),
		"native": native.Open,
		"plot":   luaplot.Opener(in, luaplot.Beside),
		"random": random.Open,
		"sparse": sparse.Open,
		"stats":  stats.Open,
	} {
		in.AddModule(name, open)
	}
	in.Codec().Register(sparse.TravelKind, sparse.Decode)
}

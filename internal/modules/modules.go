// Package modules lists the Lua modules that every process has, whether it
// is in MPI or not: a new one is one line here.
package modules

import (
	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/interp"
	"github.com/mpiclus/mpiclus-lua/internal/numerics"
	"github.com/mpiclus/mpiclus-lua/internal/numerics/random"
	"github.com/mpiclus/mpiclus-lua/internal/numerics/sparse"
	"github.com/mpiclus/mpiclus-lua/internal/numerics/stats"
)

// Common adds the modules to an interpreter.
func Common(in *interp.Interp) {
	for name, open := range map[string]lua.LGFunction{
		"array":  numerics.OpenArray,
		"random": random.Open,
		"sparse": sparse.Open,
		"stats":  stats.Open,
	} {
		in.AddModule(name, open)
	}
	in.Codec().Register(sparse.TravelKind, sparse.Decode)
}

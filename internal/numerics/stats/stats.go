// Package stats is the Lua module "stats": statistics of samples, tests,
// regression and distributions, most of them gonum's. (The sample plugin of that
// name is plugins/stats.)
package stats

import (
	"slices"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/numerics/function"
)

// Open is the loader of the module.
func Open(L *lua.LState) int {
	t := function.Module(L, "stats", slices.Concat(SampleRows(), TestRows(), DistributionRows()))
	L.Push(t)
	return 1
}

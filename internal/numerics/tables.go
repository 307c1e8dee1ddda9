// Package numerics adds to the module "array" the tables of functions that are
// packages of their own: array.fft and its like.
package numerics

import (
	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/numerics/fft"
	"github.com/mpiclus/mpiclus-lua/internal/numerics/integrate"
	"github.com/mpiclus/mpiclus-lua/internal/numerics/interpolate"
	"github.com/mpiclus/mpiclus-lua/internal/numerics/linalg"
	"github.com/mpiclus/mpiclus-lua/internal/numerics/optimize"
)

// Extend returns the loader of the module "array" that open is, with these tables in
// the module.
func Extend(open lua.LGFunction) lua.LGFunction {
	return func(L *lua.LState) int {
		results := open(L)
		module := L.Get(-1).(*lua.LTable)
		for name, table := range map[string]func(L *lua.LState) *lua.LTable{
			"fft": fft.Table, "optimize": optimize.Table, "integrate": integrate.Table, "interpolate": interpolate.Table,
		} {
			module.RawSetString(name, table(L))
		}
		linalg.Add(L, module.RawGetString("linalg").(*lua.LTable))
		return results
	}
}

// Package optimize is the Lua table "array.optimize": minima of functions of a
// script, through gonum, and their roots.
package optimize

import (
	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/numerics/function"
)

// Rows lists the functions.
func Rows() []function.Row {
	return []function.Row{
		{Name: "minimize", Args: "f, start [, options]", Doc: "A minimum of f(x) near a vector or number: a table (below). Options: `gradient` (a function that gives the slopes; by differences unless given), `method` (\"bfgs\" unless given, \"lbfgs\", \"nelder-mead\"), `tolerance`, `limit` (of calls of f, 10,000 and 100 for each variable unless given).", Run: minimize},
		{Name: "root", Args: "f, a, b [, options]", Doc: "A number between a and b where f, which has different signs there, is 0. Options: `tolerance` (of x, 1e-12 unless given), `limit` (of steps, 200 unless given).", Run: root},
	}
}

// Table makes the Lua table.
func Table(L *lua.LState) *lua.LTable { return function.Module(L, "array.optimize", Rows()) }

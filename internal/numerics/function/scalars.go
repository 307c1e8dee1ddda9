package function

import (
	"math"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/args"
)

// MaxWhole is 2^53: beyond it numbers of Lua are not all whole numbers.
const MaxWhole = 1 << 53

// Number reads a number, NaN and infinities included.
func (c *Call) Number(n int, name string) float64 {
	v, ok := c.Arg(n).(lua.LNumber)
	if !ok {
		c.Expected(n, name, "number")
	}
	return float64(v)
}

// NumberOr is Number, with a value for an argument that is missing.
func (c *Call) NumberOr(n int, name string, missing float64) float64 {
	if !c.Given(n) {
		return missing
	}
	return c.Number(n, name)
}

// Finite reads a number that is neither NaN nor infinite.
func (c *Call) Finite(n int, name string) float64 {
	v := c.Number(n, name)
	if v-v != 0 {
		c.Fail(n, name, "finite number expected, got %s", args.Show(lua.LNumber(v)))
	}
	return v
}

// Whole reads a whole number from low to high.
func (c *Call) Whole(n int, name string, low, high int) int {
	v := c.Number(n, name)
	switch {
	case v != math.Trunc(v) || v-v != 0:
		c.Fail(n, name, "%s is no whole number", args.Show(lua.LNumber(v)))
	case v < float64(low) && low == 0:
		c.Fail(n, name, "%s is negative", args.Show(lua.LNumber(v)))
	case v < float64(low) || v > float64(high):
		c.Fail(n, name, "%s is out of range (%d to %d)", args.Show(lua.LNumber(v)), low, high)
	}
	return int(v)
}

// Text reads a string; missing stands for one that is not there.
func (c *Call) Text(n int, name, missing string) string {
	if !c.Given(n) {
		return missing
	}
	s, ok := c.Arg(n).(lua.LString)
	if !ok {
		c.Expected(n, name, "string")
	}
	return string(s)
}

// Choice reads one of some words; the first stands for a missing argument.
func (c *Call) Choice(n int, name string, words ...string) string {
	s := c.Text(n, name, words[0])
	if !isOneOf(s, words) {
		c.Fail(n, name, "%q is not known: it is one of %s", s, list(words))
	}
	return s
}

// Table reads a table.
func (c *Call) Table(n int, name string) *lua.LTable {
	t, ok := c.Arg(n).(*lua.LTable)
	if !ok {
		c.Expected(n, name, "table")
	}
	return t
}

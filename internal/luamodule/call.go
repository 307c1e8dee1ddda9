package luamodule

import (
	"strings"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/args"
	"github.com/mpiclus/mpiclus-lua/internal/lua51/number"
	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
)

// Call is one call of a function by a script. Argument 1 is the first one that
// the script wrote between the brackets; 0 is what a method was called on.
type Call struct {
	*lua.LState
	Name string
	skip int
}

// Arg returns argument n, nil when it is missing.
func (c *Call) Arg(n int) lua.LValue { return c.Get(n + c.skip) }

// Count returns the number of arguments, with those that are nil.
func (c *Call) Count() int { return c.GetTop() - c.skip }

// Given reports whether argument n is there.
func (c *Call) Given(n int) bool { return c.Arg(n) != lua.LNil }

// Fail raises an error about argument n.
func (c *Call) Fail(n int, name, format string, a ...any) {
	luaerr.RaiseArg(c.LState, c.Name, n, name, format, a...)
}

// Expected raises that argument n is not what was expected.
func (c *Call) Expected(n int, name, what string) {
	args.RaiseExpected(c.LState, c.Name, n, name, what, c.Arg(n))
}

// Raise raises an error that is none of an argument: of a file, or of what is in
// one. It says which call it is of.
func (c *Call) Raise(kind luaerr.Kind, format string, a ...any) {
	luaerr.Raise(c.LState, luaerr.New(kind, c.Name+": "+format, a...))
}

// Give pushes values and returns their number.
func (c *Call) Give(values ...lua.LValue) int {
	for _, v := range values {
		c.Push(v)
	}
	return len(values)
}

// Text reads a string, or a number as Lua takes it for one.
func (c *Call) Text(n int, name string) string {
	switch v := c.Arg(n).(type) {
	case lua.LString:
		return string(v)
	case lua.LNumber:
		return number.Text(v)
	}
	c.Expected(n, name, "string")
	return ""
}

// Path reads the path of a file or folder.
func (c *Call) Path(n int, name string) string {
	v, ok := c.Arg(n).(lua.LString)
	switch {
	case !ok:
		c.Expected(n, name, "path")
	case v == "":
		c.Fail(n, name, "a path is not empty: \".\" is this folder")
	case strings.IndexByte(string(v), 0) >= 0:
		c.Fail(n, name, "no path has a zero byte in it")
	}
	return string(v)
}

// Number reads a number.
func (c *Call) Number(n int, name string) float64 {
	v, ok := c.Arg(n).(lua.LNumber)
	if !ok {
		c.Expected(n, name, "number")
	}
	return float64(v)
}

// Table reads a table.
func (c *Call) Table(n int, name string) *lua.LTable {
	t, ok := c.Arg(n).(*lua.LTable)
	if !ok {
		c.Expected(n, name, "table")
	}
	return t
}

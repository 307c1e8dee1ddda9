package luamodule

import (
	"fmt"
	"slices"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/args"
	"github.com/mpiclus/mpiclus-lua/internal/lua51/number"
	"github.com/mpiclus/mpiclus-lua/internal/lua51/vm"
	"github.com/mpiclus/mpiclus-lua/internal/nearest"
)

// Options are the named options of a call: its last argument, a table such as
// {indent = 2}. Its errors name the option.
type Options struct {
	c *Call
	n int
	t *lua.LTable // nil where none were given
}

// Options reads argument n as options, which may be missing. One that is not
// among the names is an error that says which there are.
func (c *Call) Options(n int, names ...string) Options {
	o := Options{c: c, n: n}
	if !c.Given(n) {
		return o
	}
	t, ok := c.Arg(n).(*lua.LTable)
	if !ok {
		c.Expected(n, "options", "table")
	}
	o.t = t
	o.Only(names...)
	return o
}

// Only raises that there is an option which is not among the names.
func (o Options) Only(names ...string) {
	if o.t == nil {
		return
	}
	vm.ForEach(o.t, func(k, _ lua.LValue) {
		key, ok := k.(lua.LString)
		if ok && slices.Contains(names, string(key)) {
			return
		}
		near := ""
		if name := nearest.Name(string(key), names); name != "" {
			near = fmt.Sprintf("did you mean %s? ", name)
		}
		o.c.Fail(o.n, "options", "no option %s: %sthere are %s", args.Show(k), near, strings.Join(names, ", "))
	})
}

// Get returns an option, nil when it is missing.
func (o Options) Get(name string) lua.LValue {
	if o.t == nil {
		return lua.LNil
	}
	return o.t.RawGetString(name)
}

// Fail raises an error about an option.
func (o Options) Fail(name, format string, a ...any) {
	o.c.Fail(o.n, "options", name+": "+format, a...)
}

// Expected raises that an option is not what was expected.
func (o Options) Expected(name, what string) {
	o.Fail(name, "%s", args.Expected(what, o.Get(name)))
}

// Bool reads true or false.
func (o Options) Bool(name string, missing bool) bool {
	switch v := o.Get(name).(type) {
	case *lua.LNilType:
		return missing
	case lua.LBool:
		return bool(v)
	}
	o.Expected(name, "boolean")
	return false
}

// Text reads a string.
func (o Options) Text(name, missing string) string {
	switch v := o.Get(name).(type) {
	case *lua.LNilType:
		return missing
	case lua.LString:
		return string(v)
	}
	o.Expected(name, "string")
	return ""
}

// Number reads a number.
func (o Options) Number(name string, missing float64) float64 {
	switch v := o.Get(name).(type) {
	case *lua.LNilType:
		return missing
	case lua.LNumber:
		return float64(v)
	}
	o.Expected(name, "number")
	return 0
}

// Whole reads a whole number from low to high.
func (o Options) Whole(name string, missing, low, high int) int {
	if o.Get(name) == lua.LNil {
		return missing
	}
	f := o.Number(name, 0)
	if f != float64(int(f)) || f < float64(low) || f > float64(high) {
		o.Fail(name, "whole number from %d to %d expected, got %s", low, high, number.Format(f))
	}
	return int(f)
}

// Choice reads one of some strings; the first is that of an option that is missing.
func (o Options) Choice(name string, choices ...string) string {
	s := o.Text(name, choices[0])
	if !slices.Contains(choices, s) {
		o.Fail(name, "%q is none of %s", s, strings.Join(choices, ", "))
	}
	return s
}

// Table reads a table, nil when it is missing.
func (o Options) Table(name string) *lua.LTable {
	switch v := o.Get(name).(type) {
	case *lua.LNilType:
		return nil
	case *lua.LTable:
		return v
	}
	o.Expected(name, "table")
	return nil
}

package function

import (
	"slices"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/args"
	"github.com/mpiclus/mpiclus-lua/internal/lua51/vm"
	"github.com/mpiclus/mpiclus-lua/internal/nearest"
)

func isOneOf(s string, words []string) bool { return slices.Contains(words, s) }

func list(words []string) string { return strings.Join(words, ", ") }

// Options is a table of options that a call was given as its argument n; one that
// is missing has none.
type Options struct {
	c *Call
	n int
	t *lua.LTable
}

// Options reads argument n as a table that has no fields but the names.
func (c *Call) Options(n int, names ...string) Options {
	o := Options{c: c, n: n}
	if !c.Given(n) {
		return o
	}
	o.t = c.Table(n, "options")
	vm.ForEach(o.t, func(k, _ lua.LValue) {
		s, ok := k.(lua.LString)
		if ok && slices.Contains(names, string(s)) {
			return
		}
		hint := "there are " + list(names)
		if near := nearest.Name(string(s), names); near != "" {
			hint = "did you mean '" + near + "'?"
		}
		c.Fail(n, "options", "there is no option %s: %s", args.Show(k), hint)
	})
	return o
}

// Get returns an option, nil where it is not given.
func (o Options) Get(name string) lua.LValue {
	if o.t == nil {
		return lua.LNil
	}
	return o.t.RawGetString(name)
}

// Fail raises an error about an option.
func (o Options) Fail(name, format string, args ...any) {
	o.c.Fail(o.n, "options."+name, format, args...)
}

// Number reads an option that lies from low to high.
func (o Options) Number(name string, missing, low, high float64) float64 {
	v := o.Get(name)
	if v == lua.LNil {
		return missing
	}
	x, ok := v.(lua.LNumber)
	if !ok {
		o.Fail(name, "%s", args.Expected("number", v))
	}
	if !(float64(x) >= low && float64(x) <= high) {
		o.Fail(name, "%s is out of range (%s to %s)", args.Show(x), args.Show(lua.LNumber(low)), args.Show(lua.LNumber(high)))
	}
	return float64(x)
}

// Whole reads an option that is a whole number from low to high.
func (o Options) Whole(name string, missing, low, high int) int {
	x := o.Number(name, float64(missing), float64(low), float64(high))
	if x != float64(int(x)) {
		o.Fail(name, "%s is no whole number", args.Show(lua.LNumber(x)))
	}
	return int(x)
}

// Bool reads an option that is true or false.
func (o Options) Bool(name string, missing bool) bool {
	v := o.Get(name)
	if v == lua.LNil {
		return missing
	}
	b, ok := v.(lua.LBool)
	if !ok {
		o.Fail(name, "%s", args.Expected("boolean", v))
	}
	return bool(b)
}

// Choice reads an option that is one of some words, the first unless it is given.
func (o Options) Choice(name string, words ...string) string {
	v := o.Get(name)
	if v == lua.LNil {
		return words[0]
	}
	s, ok := v.(lua.LString)
	switch {
	case !ok:
		o.Fail(name, "%s", args.Expected("string", v))
	case !isOneOf(string(s), words):
		o.Fail(name, "%q is not known: it is one of %s", string(s), list(words))
	}
	return string(s)
}

// Function reads an option that is a function, nil where it is not given.
func (o Options) Function(name string) *Callback {
	v := o.Get(name)
	if v == lua.LNil {
		return nil
	}
	f, ok := v.(*lua.LFunction)
	if !ok {
		o.Fail(name, "%s", args.Expected("function", v))
	}
	return &Callback{c: o.c, name: "options." + name, f: f}
}

// Numbers reads an option that is an array or a list of real numbers.
func (o Options) Numbers(name string) []float64 {
	v := o.Get(name)
	if t, ok := v.(*lua.LTable); ok {
		s, wrong := listNumbers(t)
		if wrong != "" {
			o.Fail(name, "a list of numbers expected: %s", wrong)
		}
		return s
	}
	s, isReal, _ := elementsOf(v)
	if !isReal {
		o.Fail(name, "%s", args.Expected("array or list of real numbers", v))
	}
	return s
}

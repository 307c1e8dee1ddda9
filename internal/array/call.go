package array

import (
	"math"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/args"
	"github.com/mpiclus/mpiclus-lua/internal/lua51/vm"
	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
)

// function is a row of one of the tables of the module array: what scripts call, and its help.
type function struct {
	name string
	args string // as the documentation writes them, "first, count"
	doc  string // one sentence
	run  func(c *call) int
}

// call is one call of a function by a script. It reads the arguments, so
// that all errors about them read alike. Argument 1 is the first one that
// the script wrote between the brackets.
type call struct {
	*lua.LState
	name string
	self *Array // of a method
	skip int    // arguments before the first: 1 in a method
}

// function makes the Lua function of the row.
func (f function) function(L *lua.LState, method bool) *lua.LFunction {
	most := f.most()
	return L.NewFunction(func(L *lua.LState) int {
		c := call{LState: L, name: f.name}
		if method {
			a, ok := To(L.Get(1))
			if !ok {
				luaerr.Raise(L, luaerr.New(luaerr.Argument,
					"bad self to '%s' (array expected, got %s: write a:%s(%s))", f.name, args.Kind(L.Get(1)), f.name, f.args))
			}
			c.self, c.skip = a, 1
		}
		for n := L.GetTop() - c.skip; n > most; n-- {
			if c.given(n) {
				c.surplus(n, most, method, f)
			}
		}
		return f.run(&c)
	})
}

// most returns how many arguments the function looks at; one with "..." looks at all.
func (f function) most() int {
	if f.args == "" {
		return 0
	}
	if strings.Contains(f.args, "...") {
		return math.MaxInt
	}
	return 1 + strings.Count(f.args, ",")
}

// surplus raises that argument n would have no effect.
func (c *call) surplus(n, most int, method bool, f function) {
	form := f.name
	if method {
		form = "a:" + f.name
	}
	c.fail(n, "", "%s(%s) takes %d at most, got %s as well", form, f.args, most, args.Show(c.arg(n)))
}

// fail raises an error about argument n.
func (c *call) fail(n int, name, format string, args ...any) {
	luaerr.RaiseArg(c.LState, c.name, n, name, format, args...)
}

// expected raises that argument n is not what was expected.
func (c *call) expected(n int, name, what string) {
	args.RaiseExpected(c.LState, c.name, n, name, what, c.arg(n))
}

// arg returns argument n, nil when it is missing.
func (c *call) arg(n int) lua.LValue { return c.Get(n + c.skip) }

func (c *call) given(n int) bool { return c.arg(n) != lua.LNil }

// matrices has, for functions that make vectors of a length, what makes a matrix.
var matrices = map[string]string{
	"zeros": "array.zeros{rows, cols}", "ones": "array.ones{rows, cols}", "full": "array.full({rows, cols}, value)",
}

// array reads an array.
func (c *call) array(n int, name string) *Array {
	a, ok := To(c.arg(n))
	if !ok {
		c.expected(n, name, "array")
	}
	return a
}

// number reads a number.
func (c *call) number(n int, name string) float64 {
	v, ok := c.arg(n).(lua.LNumber)
	if !ok {
		c.expected(n, name, "number")
	}
	return float64(v)
}

// integer reads a whole number.
func (c *call) integer(n int, name string) int {
	f := c.number(n, name)
	i := int(f)
	if float64(i) != f {
		c.fail(n, name, "%s is no whole number", formatNumber(f))
	}
	return i
}

// wholes reads the whole numbers from argument n on, or those of a list that
// stands there; at least one. names are those of the first arguments.
func (c *call) wholes(n int, names ...string) (list []int) {
	if t, ok := c.arg(n).(*lua.LTable); ok {
		return c.wholeList(n, names[0], t)
	}
	for i := 0; i == 0 || c.given(n+i); i++ {
		name := ""
		if i < len(names) {
			name = names[i]
		}
		list = append(list, c.integer(n+i, name))
	}
	return list
}

// wholeList reads a list of whole numbers that is argument n.
func (c *call) wholeList(n int, name string, t *lua.LTable) []int {
	count, wrong := args.List(t)
	if wrong != "" {
		c.fail(n, name, "%s", wrong)
	}
	if count == 0 {
		c.fail(n, name, "the list is empty")
	}
	list := make([]int, count)
	for i := range list {
		f, ok := vm.GetInt(t, i+1).(lua.LNumber)
		if list[i] = int(f); !ok || lua.LNumber(list[i]) != f {
			c.fail(n, name, "entry %d: %s", i+1, args.Expected("whole number", vm.GetInt(t, i+1)))
		}
	}
	return list
}

// count reads a whole number from 0.
func (c *call) count(n int, name string) int {
	i := c.integer(n, name)
	if i < 0 {
		c.fail(n, name, "%d is negative", i)
	}
	return i
}

// index reads an index of self from 1 and returns it from 0.
func (c *call) index(n int, name string) int {
	return c.within(n, name, c.self.n) - 1
}

// within reads a whole number from 1 to limit.
func (c *call) within(n int, name string, limit int) int {
	i := c.integer(n, name)
	if i < 1 || i > limit {
		c.fail(n, name, "%s: %s", c.self.describe(), wrongIndex(lua.LNumber(i), limit))
	}
	return i
}

// elementType reads the name of a type, missing gives the default.
func (c *call) elementType(n int, missing Type) Type {
	if !c.given(n) {
		return missing
	}
	s, ok := c.arg(n).(lua.LString)
	if !ok {
		if cure := matrices[c.name]; cure != "" && c.arg(n).Type() == lua.LTNumber {
			c.fail(n, "type", "%s: a matrix is %s", args.Expected("name of a type", c.arg(n)), cure)
		}
		c.expected(n, "type", "name of a type")
	}
	t, ok := ParseType(string(s))
	if !ok {
		c.fail(n, "type", "no type '%s': there are %s", s, typeNames())
	}
	return t
}

// give pushes an array as the only result.
func (c *call) give(a *Array) int {
	c.Push(ToLua(c.LState, a))
	return 1
}

// give1 pushes a number.
func (c *call) give1(f float64) int {
	c.Push(lua.LNumber(f))
	return 1
}

// giveSelf pushes the array that the method was called on.
func (c *call) giveSelf() int {
	c.Push(c.Get(1))
	return 1
}

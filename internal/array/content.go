package array

import (
	"sort"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/args"
	"github.com/mpiclus/mpiclus-lua/internal/lua51/vm"
)

// contentRows lists the methods that read or write all elements.
func contentRows() []function {
	return []function{
		{"copy", "", "The same type, shape and content in memory of its own.", func(c *call) int { return c.give(c.self.Copy()) }},
		{"to", "type", "A copy with another element type.", func(c *call) int {
			a, err := c.self.Convert(c.elementType(1, c.self.typ))
			if err != nil {
				raise(c.LState, "%w", err)
			}
			return c.give(a)
		}},
		{"fill", "value", "Writes value to all elements; gives the array.", func(c *call) int {
			c.fill(c.self, 1)
			return c.giveSelf()
		}},
		{"assign", "source", "Writes the elements of an array or list of the same length; gives the array.", assign},
		{"map", "f [, type]", "A new array of f(element, index), of the same type unless one is given.", mapped},
		{"each", "", "Walks index and element: for i, v in a:each() do.", each},
		{"sort", "[order [, dim]]", "Sorts in place, NaN last; order is \"desc\" or a function that tells whether its first argument goes first.", sorted},
		{"argsort", "[order [, dim]]", "The indices that would sort the array, stable; order is \"desc\" or missing.", func(c *call) int {
			c.needOrder()
			if d, given := c.lane(2); given {
				descending := c.descending(1)
				return c.give(c.each(d, Int64, func(a *Array) (*Array, error) { return kernels[a.typ].order(a, descending), nil }))
			}
			return c.give(kernels[c.self.typ].order(c.self.Packed(), c.descending(1)))
		}},
		{"totable", "", "The elements as a list, of a matrix as a list of rows, and so on.", func(c *call) int {
			c.Push(toTable(c))
			return 1
		}},
		{"tostring", "[i]", "Element i exactly, or without i all elements.", func(c *call) int {
			if c.given(1) {
				c.Push(lua.LString(c.self.exactText(c.index(1, "i"))))
			} else {
				c.Push(lua.LString(c.self.Text()))
			}
			return 1
		}},
		{"tobytes", "", "The raw memory as a string, in this machine's byte order.", func(c *call) int {
			c.Push(lua.LString(c.self.Packed().Bytes()))
			return 1
		}},
	}
}

func toTable(c *call) *lua.LTable {
	a := c.self
	next := 0 // element
	var list func(dims []int) *lua.LTable
	list = func(dims []int) *lua.LTable {
		t := c.CreateTable(dims[0], 0)
		for i := range dims[0] {
			if len(dims) > 1 {
				vm.SetInt(t, i+1, list(dims[1:]))
				continue
			}
			vm.SetInt(t, i+1, c.load(next))
			next++
		}
		return t
	}
	return list(a.shape())
}

func assign(c *call) int {
	a := c.self
	if b, ok := To(c.arg(1)); ok {
		if b.n != a.n {
			c.fail(1, "source", "%s does not fit %s", b.named(), a.named())
		}
		b, err := b.as(a.typ)
		if err != nil {
			c.fail(1, "source", "%v", err)
		}
		move(a, b.shapedAs(a))
		return c.giveSelf()
	}
	t, ok := c.arg(1).(*lua.LTable)
	if !ok {
		c.expected(1, "source", "array or list")
	}
	if _, nested := vm.GetInt(t, 1).(*lua.LTable); !nested && vm.Entries(t) != a.n {
		c.fail(1, "source", "a list of %d does not fit %s", vm.Entries(t), a.named())
	}
	b := c.list(t, a.typ)
	if b.n != a.n {
		c.fail(1, "source", "a list of %d does not fit %s", b.n, a.named())
	}
	move(a, b.shapedAs(a))
	return c.giveSelf()
}

func mapped(c *call) int {
	f, ok := c.arg(1).(*lua.LFunction)
	if !ok {
		c.expected(1, "f", "function")
	}
	defer c.self.use()()
	out := c.self.like(c.elementType(2, c.self.typ))
	for i := range out.n {
		c.Push(f)
		c.Push(c.load(i))
		c.Push(lua.LNumber(i + 1))
		c.Call(2, 1)
		v := c.Get(-1)
		c.Pop(1)
		if err := out.store(i, v); err != nil {
			raiseElement(c.LState, out, i+1, err)
		}
	}
	return c.give(out)
}

func each(c *call) int {
	self, i := *c, 0
	c.Push(c.NewFunction(func(L *lua.LState) int {
		if i >= self.self.n {
			return 0
		}
		self.LState = L // a coroutine may walk on
		if self.self.gone() {
			raise(L, "%s cannot be walked on", self.self.describe())
		}
		i++
		L.Push(lua.LNumber(i))
		L.Push(self.load(i - 1))
		return 2
	}))
	return 1
}

// needOrder raises for types without an order.
func (c *call) needOrder() {
	if kernels[c.self.typ].order == nil {
		raise(c.LState, "bad self to '%s' (%s has no order)", c.name, c.self.named())
	}
}

// descending reads an order that is no function.
func (c *call) descending(n int) bool {
	switch v := c.arg(n); v {
	case lua.LNil, lua.LString("asc"):
		return false
	case lua.LString("desc"):
		return true
	default:
		c.fail(n, "order", "%s", args.Expected("\"asc\" or \"desc\"", v))
		return false
	}
}

func sorted(c *call) int {
	f, ok := c.arg(1).(*lua.LFunction)
	if !ok {
		c.needOrder()
		if d, given := c.lane(2); given {
			descending := c.descending(1)
			move(c.self, c.each(d, c.self.typ, func(a *Array) (*Array, error) {
				kernels[a.typ].sort(a, descending)
				return a, nil
			}))
			return c.giveSelf()
		}
		inOne := c.self.Packed()
		kernels[c.self.typ].sort(inOne, c.descending(1))
		if inOne != c.self {
			move(c.self, inOne)
		}
		return c.giveSelf()
	}
	if _, given := c.lane(2); given {
		c.fail(2, "dim", "with a function all elements are sorted together")
	}
	values := make([]lua.LValue, c.self.n)
	defer c.self.use()()
	for i := range values {
		values[i] = c.load(i)
	}
	sort.SliceStable(values, func(i, j int) bool {
		c.Push(f)
		c.Push(values[i])
		c.Push(values[j])
		c.Call(2, 1)
		first := lua.LVAsBool(c.Get(-1))
		c.Pop(1)
		return first
	})
	for i, v := range values {
		if err := c.self.store(i, v); err != nil {
			raiseElement(c.LState, c.self, i+1, err)
		}
	}
	return c.giveSelf()
}

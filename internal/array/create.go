package array

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/philox"
)

// moduleRows lists the functions of the module that are no methods.
func moduleRows() []function {
	r := &random{}
	return []function{
		{"zeros", "n [, type]", "A vector of n zeros, of false where the type is bool; or of shape n, a list of lengths.", func(c *call) int {
			return c.give(c.zeroed(c.elementType(2, Float64), 1, "n"))
		}},
		{"ones", "n [, type]", "A vector of n ones, of true where the type is bool; or of shape n.", ones},
		{"full", "n, value [, type]", "A vector of n times value, or of shape n; without a type of the value's.", full},
		{"from", "list [, type]", "A vector of a list's values, a matrix of a list of lists, and so on; a copy of an array.", from},
		{"frombytes", "s [, type]", "A vector of raw memory, as a:tobytes() gives it.", fromBytes},
		{"range", "a, b [, step [, type]]", "The numbers a, a+step, ... up to b, as in Lua's for.", numberRange},
		{"linspace", "a, b, n [, type]", "n numbers from a to b at equal distances.", linspace},
		{"rand", "n [, cols]", "Random numbers from 0 to below 1, equally likely: a vector of n, a matrix of n rows, or of shape n.", r.fill((*rand.Rand).Float64)},
		{"randn", "n [, cols]", "Random numbers of the normal distribution with mean 0 and deviation 1: a vector of n, a matrix of n rows, or of shape n.", r.fill((*rand.Rand).NormFloat64)},
		{"seed", "n", "Makes the numbers of rand and randn that follow repeatable.", r.seed},
		{"matrix", "rows, cols [, type]", "A matrix of zeros; or of a list of lists, as from.", func(c *call) int {
			if _, ok := c.arg(1).(*lua.LTable); ok {
				return from(c)
			}
			return c.give(c.grid(c.elementType(3, Float64)))
		}},
		{"eye", "n [, type]", "The identity matrix of n rows.", eye},
		{"concat", "arrays [, dim]", "The arrays of a list one after the other along a dimension, the first unless given.", concatenated},
		{"stack", "arrays [, dim]", "The arrays of a list, of one shape, along a new dimension, the first unless given.", stacked},
		{"where", "mask, a, b", "For each element of a bool array that of a where it is true, of b where not; a and b may be numbers.", whereEither},
		{"meshgrid", "x, y", "Two matrices: the x and the y of each point of a grid, a row for each y.", meshGrid},
		{"complex", "re [, im]", "A complex number; im is 0 unless given.", newComplex},
		{"is", "value", "Whether value is an array.", func(c *call) int {
			_, ok := To(c.arg(1))
			c.Push(lua.LBool(ok))
			return 1
		}},
	}
}

// zeroed makes an array of zeros with argument n as its shape: the length of a
// vector, or the list of the lengths of all dimensions.
func (c *call) zeroed(t Type, n int, name string) *Array {
	dims := []int{0}
	if list, ok := c.arg(n).(*lua.LTable); ok {
		dims = c.wholeList(n, name, list)
	} else {
		dims[0] = c.count(n, name)
	}
	if len(dims) > MaxDims {
		c.fail(n, name, "%d dimensions: an array has %d at most", len(dims), MaxDims)
	}
	return c.shaped(t, n, name, dims)
}

// shaped makes an array of zeros of a shape that argument n asked for.
func (c *call) shaped(t Type, n int, name string, dims []int) *Array {
	all := 1
	for _, d := range dims {
		if d < 0 {
			c.fail(n, name, "%d is negative", d)
		}
		if d > 0 && all > math.MaxInt/d {
			c.fail(n, name, "%s elements are more than any machine has", strings.ReplaceAll(shapeText(dims), "x", " x "))
		}
		all *= d
	}
	c.needMemory(n, name, t, all)
	return NewShaped(t, dims...)
}

// grid makes a zeroed matrix with arguments 1 and 2 as its shape.
func (c *call) grid(t Type) *Array {
	return c.shaped(t, 2, "cols", []int{c.count(1, "rows"), c.count(2, "cols")})
}

// needMemory raises where the machine is too small for n elements: the Go
// runtime ends the process when it gets no memory.
func (c *call) needMemory(arg int, name string, t Type, n int) {
	if why := TooLarge(t, n); why != "" {
		c.fail(arg, name, "%s", why)
	}
}

// TooLarge says why an array of n elements cannot be made: the machine has not
// that much memory, or the process may not have it; "" if it can.
func TooLarge(t Type, n int) string {
	if limit := memoryLimit(); n > limit/t.Size() {
		return fmt.Sprintf("%d %s elements need %.4g GB, this machine has %.4g", n, t, float64(n)*float64(t.Size())/1e9, float64(limit)/1e9)
	}
	if size := n * t.Size(); size >= largeSize {
		if left, limit := addressesLeft(size); size > left {
			return fmt.Sprintf("out of memory: %d %s elements need %.4g GB, and this process may have %.4g GB in all (ulimit -v)", n, t, float64(size)/1e9, float64(limit)/1e9)
		}
	}
	return ""
}

// fill writes argument n to all elements of a.
func (c *call) fill(a *Array, n int) {
	if err := a.fill(c.arg(n)); err != nil {
		c.fail(n, "value", "%s: %v", a.describe(), err)
	}
}

// one is 1 as a Lua value of a type.
func one(t Type) lua.LValue {
	if t == Bool {
		return lua.LTrue
	}
	return lua.LNumber(1)
}

func ones(c *call) int {
	a := c.zeroed(c.elementType(2, Float64), 1, "n")
	_ = a.fill(one(a.typ)) // 1 fits every type
	return c.give(a)
}

func full(c *call) int {
	a := c.zeroed(c.elementType(3, typeFor(c.arg(2))), 1, "n")
	c.fill(a, 2)
	return c.give(a)
}

func eye(c *call) int {
	n, t := c.count(1, "n"), c.elementType(2, Float64)
	c.needMemory(1, "n", t, n*min(n, math.MaxInt/max(n, 1)))
	m := NewShaped(t, n, n)
	for i := range n {
		_ = m.store(i*n+i, one(t)) // 1 fits every type
	}
	return c.give(m)
}

func fromBytes(c *call) int {
	s, ok := c.arg(1).(lua.LString)
	if !ok {
		c.expected(1, "s", "string")
	}
	t := c.elementType(2, Float64)
	if len(s)%t.Size() != 0 {
		c.fail(1, "s", "%d bytes are no whole number of %s elements of %d bytes", len(s), t, t.Size())
	}
	a := New(t, len(s)/t.Size())
	copy(a.Bytes(), s)
	return c.give(a)
}

func numberRange(c *call) int {
	a, b, step := c.number(1, "a"), c.number(2, "b"), 1.0
	if c.given(3) {
		step = c.number(3, "step")
	}
	if step == 0 || math.IsNaN(step) {
		c.fail(3, "step", "%s leads nowhere", formatNumber(step))
	}
	// A little more than the quotient: 0 to 1 by 0.1 ends with 1.
	steps := math.Floor((b-a)/step*(1+1e-15) + 1e-10)
	if math.IsNaN(steps) || steps >= 1<<62 {
		c.fail(2, "b", "from %s by %s to %s is no range", formatNumber(a), formatNumber(step), formatNumber(b))
	}
	n := max(int(steps)+1, 0)
	return c.give(c.numbers(n, 4, func(i int) float64 { return a + float64(i)*step }))
}

func linspace(c *call) int {
	a, b, n := c.number(1, "a"), c.number(2, "b"), c.count(3, "n")
	return c.give(c.numbers(n, 4, func(i int) float64 {
		if i == n-1 && n > 1 {
			return b
		}
		return a + (b-a)*(float64(i)/float64(max(n-1, 1)))
	}))
}

// numbers makes a vector of f(0), f(1), ... of the type that an argument
// names.
func (c *call) numbers(n, typeArg int, f func(i int) float64) *Array {
	t := c.elementType(typeArg, Float64)
	c.needMemory(1, "", Float64, n)
	a := New(Float64, n)
	for i := range n {
		elements[float64](a)[i] = f(i)
	}
	a, err := a.as(t)
	if err != nil {
		raise(c.LState, "%s: %w", c.name, err)
	}
	return a
}

// random is the generator of one interpreter. It starts differently in each
// process, and where the job has a seed in the same way in each run.
type random struct{ *rand.Rand }

// start begins at the place of the process, unless a script chose another.
func (r *random) start(L *lua.LState) {
	if r.Rand == nil {
		r.Rand = rand.New(philox.Of(L).Stream(philox.NameArray))
	}
}

func (r *random) fill(f func(*rand.Rand) float64) func(c *call) int {
	return func(c *call) int {
		var a *Array
		if c.given(2) {
			a = c.grid(Float64)
		} else {
			a = c.zeroed(Float64, 1, "n")
		}
		r.start(c.LState)
		s := elements[float64](a)
		for i := range s {
			s[i] = f(r.Rand)
		}
		return c.give(a)
	}
}

func (r *random) seed(c *call) int {
	r.Rand = rand.New(philox.New(philox.Lane{Seed: math.Float64bits(c.number(1, "n")), Rank: philox.NoRank, Name: philox.NameArray}))
	return 0
}

package function

import (
	"fmt"
	"strings"
	"unsafe"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/args"
)

// Sample reads a vector of at least least finite numbers.
func (c *Call) Sample(n int, name string, least int) []float64 {
	s := c.Elements(n, name)
	if len(s) < least {
		c.Fail(n, name, "at least %d numbers expected, got %d", least, len(s))
	}
	c.finite(n, name, s)
	return s
}

// finite raises for NaN and infinities.
func (c *Call) finite(n int, name string, s []float64) {
	for i, x := range s {
		if x-x != 0 {
			c.Fail(n, name, "finite numbers expected: element %d is %s", i+1, args.Show(lua.LNumber(x)))
		}
	}
}

// FiniteMatrix reads a matrix with elements, none of them NaN or infinite.
func (c *Call) FiniteMatrix(n int, name string) Matrix {
	m := c.Matrix(n, name)
	if m.Vector {
		c.Fail(n, name, "matrix expected, got %s: see a:reshape(rows, cols)", args.Kind(c.Arg(n)))
	}
	if len(m.Data) == 0 {
		c.Fail(n, name, "%s has no elements", args.WithArticle(args.Kind(c.Arg(n))))
	}
	c.finite(n, name, m.Data)
	return m
}

// SquareMatrix reads a matrix with as many rows as columns.
func (c *Call) SquareMatrix(n int, name string) Matrix {
	m := c.FiniteMatrix(n, name)
	if m.Rows != m.Cols {
		c.Fail(n, name, "square matrix expected, got %s", args.Kind(c.Arg(n)))
	}
	return m
}

// Each applies f to argument n, a number or to each element of an array or list.
func (c *Call) Each(n int, name string, f func(x float64) float64) int {
	if x, ok := c.Arg(n).(lua.LNumber); ok {
		return c.Return(lua.LNumber(f(float64(x))))
	}
	s := c.Elements(n, name)
	out := make([]float64, len(s))
	for i, x := range s {
		out[i] = f(x)
	}
	shape, ok := ShapeOf(c.Arg(n))
	if !ok {
		shape = []int{len(s)}
	}
	return c.Return(Shaped(c.LState, shape, out))
}

func shapeText(shape []int) string {
	return strings.Trim(strings.ReplaceAll(fmt.Sprint(shape), " ", "x"), "[]")
}

func overlap(a, b []float64) bool {
	if len(a) == 0 || len(b) == 0 {
		return false
	}
	first, other := uintptr(unsafe.Pointer(&a[0])), uintptr(unsafe.Pointer(&b[0]))
	return first < other+8*uintptr(len(b)) && other < first+8*uintptr(len(a))
}

package function

import (
	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/args"
	"github.com/mpiclus/mpiclus-lua/internal/array"
)

// Size reads how many results are wanted: nil for one number (then the shape is
// nil), a count for a vector, a list of lengths, {rows, cols}, for more dimensions.
func (c *Call) Size(n int) (shape []int, count int) {
	switch v := c.Arg(n).(type) {
	case *lua.LNilType:
		return nil, 1
	case lua.LNumber:
		shape = []int{c.Whole(n, "size", 0, MaxWhole)}
	case *lua.LTable:
		s, wrong := listNumbers(v)
		if wrong != "" || len(s) < 1 || len(s) > array.MaxDims {
			c.Fail(n, "size", "a count or {rows, cols} expected")
		}
		for _, x := range s {
			if x < 0 || x > MaxWhole || x != float64(int(x)) {
				c.Fail(n, "size", "%s is no length", args.Show(lua.LNumber(x)))
			}
			shape = append(shape, int(x))
		}
	default:
		c.Expected(n, "size", "count or {rows, cols}")
	}
	count = 1
	for _, x := range shape {
		if x > 0 && count > MaxWhole/x {
			c.Fail(n, "size", "more elements than any machine has")
		}
		count *= x
	}
	c.NeedMemory(n, "size", count)
	return shape, count
}

package luajson

import (
	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/array"
	"github.com/mpiclus/mpiclus-lua/internal/dense"
	"github.com/mpiclus/mpiclus-lua/internal/lua51/vm"
)

// collector takes the values of a list as long as they may make an array: all of
// them numbers, or all of them arrays. The zero value is empty.
type collector struct {
	numbers []float64
	rows    []*array.Array
	values  []lua.LValue // of rows
	mixed   bool
}

// add takes a value and reports whether it fits those before.
func (c *collector) add(v lua.LValue) bool {
	if c.mixed {
		return false
	}
	if n, ok := v.(lua.LNumber); ok && c.rows == nil {
		c.numbers = append(c.numbers, float64(n))
		return true
	}
	if a, ok := array.To(v); ok && c.numbers == nil {
		c.rows, c.values = append(c.rows, a), append(c.values, v)
		return true
	}
	return false
}

// giveTo writes the values to an empty list, which takes all that follow.
func (c *collector) giveTo(t *lua.LTable) {
	for i, f := range c.numbers {
		vm.SetInt(t, i+1, lua.LNumber(f))
	}
	for i, v := range c.values {
		vm.SetInt(t, i+1, v)
	}
	*c = collector{mixed: true}
}

// array makes an array of all values, nil where they are none.
func (c *collector) array() *array.Array {
	if c.numbers != nil {
		return array.FromSlice(c.numbers)
	}
	return dense.Stack(c.rows)
}

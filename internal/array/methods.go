package array

import lua "github.com/yuin/gopher-lua"

// methodTable lists the methods of arrays.
var methodTable []function

func init() {
	methodTable = []function{
		{"view", "first, count", "count elements from first, sharing memory.", func(c *call) int {
			first, count := c.integer(1, "first"), c.count(2, "count")
			v, err := c.self.View(first-1, count)
			if err != nil {
				c.fail(1, "first", "%v", err)
			}
			return c.give(v)
		}},
		{"copy", "", "The same content in memory of its own.", func(c *call) int { return c.give(c.self.Copy()) }},
		{"fill", "value", "Writes value to all elements; gives the array.", func(c *call) int {
			c.fill(c.self, 1)
			return c.giveSelf()
		}},
		{"type", "", "The name of the element type.", func(c *call) int {
			c.Push(lua.LString(c.self.typ.String()))
			return 1
		}},
	}
}

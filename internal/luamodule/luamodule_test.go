package luamodule_test

import (
	"testing"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/interp"
	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
	"github.com/mpiclus/mpiclus-lua/internal/luamodule"
	"github.com/mpiclus/mpiclus-lua/internal/luamodule/moduletest"
)

// sample is a module that shows what it has read.
var sample = []luamodule.Function{
	{Name: "take", Args: "text, path, number, table [, options]", Doc: "All kinds.", Run: func(c *luamodule.Call) int {
		o := c.Options(5, "flag", "word", "size", "from")
		return c.Give(lua.LString(c.Text(1, "text")), lua.LString(c.Path(2, "path")), lua.LNumber(c.Number(3, "number")), lua.LNumber(c.Table(4, "table").Len()),
			lua.LBool(o.Bool("flag", true)), lua.LString(o.Choice("word", "one", "two")), lua.LNumber(o.Whole("size", 3, 1, 9)), lua.LBool(o.Table("from") == nil))
	}},
	{Name: "many", Args: "...", Doc: "Any number.", Run: func(c *luamodule.Call) int { return c.Give(lua.LNumber(c.Count())) }},
	{Name: "broken", Doc: "An error of the world outside.", Run: func(c *luamodule.Call) int {
		c.Raise(luaerr.Script, "the %s is full", "disk")
		return 0
	}},
	{Name: "new", Doc: "A userdata with methods.", Run: func(c *luamodule.Call) int {
		ud := c.NewUserData()
		ud.Metatable = luamodule.Methods(c.LState, "thing", []luamodule.Function{
			{Name: "add", Args: "x", Doc: "x.", Run: func(c *luamodule.Call) int { return c.Give(c.Arg(0), c.Arg(1)) }},
		})
		return c.Give(ud)
	}},
}

const script = `
local sample = require "sample"
print(sample.take("a", "b", 1, {}))                             --> a	b	1	0	true	one	3	true
print(sample.take(1.5, "b", 1, {1}, {flag = false, word = "two", size = 9, from = {}}))  --> 1.5	b	1	1	false	two	9	false
sample.take({})                       --! bad argument #1 'text' to 'take' \(string expected, got table\)
sample.take("a", 1)                   --! bad argument #2 'path' to 'take' \(path expected, got number\)
sample.take("a", "")                  --! a path is not empty
sample.take("a", "a\0b")              --! no path has a zero byte in it
sample.take("a", "b", "1")            --! bad argument #3 'number' to 'take' \(number expected, got string\)
sample.take("a", "b", 1)              --! bad argument #4 'table' to 'take' \(table expected, got nil\)
sample.take("a", "b", 1, {}, {flga = true})  --! 'options' to 'take' \(no option "flga": did you mean flag\? there are flag, word, size, from\)
sample.take("a", "b", 1, {}, {7})            --! no option 1: there are
sample.take("a", "b", 1, {}, {flag = 1})     --! flag: boolean expected, got number
sample.take("a", "b", 1, {}, {word = "six"}) --! word: "six" is none of one, two
sample.take("a", "b", 1, {}, {word = 6})     --! word: string expected, got number
sample.take("a", "b", 1, {}, {size = 10})    --! size: whole number from 1 to 9 expected, got 10
sample.take("a", "b", 1, {}, {size = 1.5})   --! size: whole number from 1 to 9 expected, got 1.5
sample.take("a", "b", 1, {}, {from = 1})     --! from: table expected, got number
sample.take("a", "b", 1, {}, {}, 6)          --! sample\.take\(text, path, number, table \[, options\]\) takes 5 at most, got 6 as well
print(sample.many(), sample.many(1, nil, 3)) --> 0	3
sample.broken()                       --! :21: broken: the disk is full
sample.taek()                         --! sample has no field 'taek': did you mean sample\.take\?
sample.old()                          --! sample has no field 'old': it is new
local thing = sample.new()
print(select("#", thing:add(2)))      --> 2
thing:ad(2)                           --! a thing has no method 'ad': did you mean add\?
thing:add(2, 3)                       --! thing:add\(x\) takes 1 at most, got 3 as well
print(thing[1])                       --! a thing has no index 1: it has methods
`

func TestModule(t *testing.T) {
	moduletest.Run(t, func(in *interp.Interp) {
		in.AddModule("sample", func(L *lua.LState) int {
			L.Push(luamodule.Table(L, "sample", sample, map[string]string{"old": "it is new"}))
			return 1
		})
	}, "sample.lua", script)
}

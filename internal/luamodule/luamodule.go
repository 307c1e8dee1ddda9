// Package luamodule makes a Lua module of a table of functions: each row has the
// name that scripts call, its arguments as the documentation writes them, one
// sentence about it, and the Go function, whose arguments a Call reads, so that
// all errors about them read alike.
//
//	rows := []luamodule.Function{
//		{"double", "x", "Two times a number.", func(c *luamodule.Call) int {
//			c.Push(lua.LNumber(2 * c.Number(1, "x")))
//			return 1
//		}},
//	}
//	L.Push(luamodule.Table(L, "sums", rows, nil))
package luamodule

import (
	"fmt"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/args"
	"github.com/mpiclus/mpiclus-lua/internal/lua51/vm"
	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
	"github.com/mpiclus/mpiclus-lua/internal/nearest"
)

// Function is a row of a module's table.
type Function struct {
	Name string
	Args string // "path [, options]"; "" for none, "..." at the end for any number
	Doc  string // one sentence
	Run  func(c *Call) int
}

// Table makes the table of a module. Reading a field that it does not have is an
// error, which names one that is like it, or says what elsewhere has for it.
func Table(L *lua.LState, module string, rows []Function, elsewhere map[string]string) *lua.LTable {
	t := L.NewTable()
	for _, f := range rows {
		t.RawSetString(f.Name, f.Lua(L, module+"."+f.Name, 0))
	}
	mt := L.NewTable()
	mt.RawSetString("__index", L.NewFunction(func(L *lua.LState) int {
		if name, ok := L.Get(2).(lua.LString); ok {
			raise(L, "%s has no field '%s'%s", module, name, meant(module+".", string(name), t, elsewhere))
		}
		return 0
	}))
	t.Metatable = mt
	return t
}

// Methods makes the metatable of a kind of userdata, which errors call noun,
// "figure": rows are its methods, and argument 0 of their calls is the userdata.
func Methods(L *lua.LState, noun string, rows []Function) *lua.LTable {
	methods := L.NewTable()
	for _, f := range rows {
		methods.RawSetString(f.Name, f.Lua(L, noun+":"+f.Name, 1))
	}
	mt := L.NewTable()
	mt.RawSetString("methods", methods) // so that they can travel by name
	mt.RawSetString(vm.NameKey, lua.LString(noun))
	mt.RawSetString("__index", L.NewFunction(func(L *lua.LState) int {
		name, ok := L.Get(2).(lua.LString)
		if !ok {
			raise(L, "a %s has no index %s: it has methods", noun, args.Show(L.Get(2)))
		}
		f := methods.RawGetString(string(name))
		if f == lua.LNil {
			raise(L, "a %s has no method '%s'%s", noun, name, meant("", string(name), methods, nil))
		}
		L.Push(f)
		return 1
	}))
	return mt
}

// meant returns what to say of a name that is not in a table: ": did you mean
// json.decode?".
func meant(prefix, name string, t *lua.LTable, elsewhere map[string]string) string {
	if here := elsewhere[name]; here != "" {
		return ": " + here
	}
	if near := nearest.Name(name, vm.Names(t)); near != "" {
		return fmt.Sprintf(": did you mean %s%s?", prefix, near)
	}
	return ": it has " + strings.Join(vm.Names(t), ", ")
}

// Lua makes the Lua function of the row. form is how messages write the call; skip is the number of arguments before
// the first, 1 of a method.
func (f Function) Lua(L *lua.LState, form string, skip int) *lua.LFunction {
	most := f.most()
	return L.NewFunction(func(L *lua.LState) int {
		c := Call{LState: L, Name: f.Name, skip: skip}
		for n := L.GetTop() - skip; most >= 0 && n > most; n-- {
			if c.Given(n) {
				c.Fail(n, "", "%s(%s) takes %d at most, got %s as well", form, f.Args, most, args.Show(c.Arg(n)))
			}
		}
		return f.Run(&c)
	})
}

// most returns how many arguments the function looks at, -1 for any number.
func (f Function) most() int {
	switch {
	case f.Args == "":
		return 0
	case strings.HasSuffix(f.Args, "..."):
		return -1
	}
	return 1 + strings.Count(f.Args, ",")
}

func raise(L *lua.LState, format string, a ...any) {
	luaerr.Raise(L, luaerr.New(luaerr.Argument, format, a...))
}

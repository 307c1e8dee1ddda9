// Package function makes Lua modules of tables of functions: a row holds what
// scripts call, what the documentation says of it, and the Go function that runs.
// That reads its arguments through a Call, so that all errors about them read
// alike. arrays.go is the one place that knows what an array is made of.
package function

import (
	"fmt"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/args"
	"github.com/mpiclus/mpiclus-lua/internal/lua51/vm"
	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
	"github.com/mpiclus/mpiclus-lua/internal/nearest"
)

// Row is a function of a module, or a method.
type Row struct {
	Name string
	Args string // as the documentation writes them, "f, a, b [, options]"
	Doc  string // one sentence
	Run  func(c *Call) int
}

// Call is one call of a function by a script. Argument 1 is the first one that
// the script wrote between the brackets.
type Call struct {
	*lua.LState
	Name string
	self int // 1 in a method: the value before the first argument
}

// Function makes the Lua function of the row.
func (r Row) Function(L *lua.LState) *lua.LFunction { return r.make(L, "") }

// make makes the function; kind is what the values are whose method it is, ""
// for a function of a module.
func (r Row) make(L *lua.LState, kind string) *lua.LFunction {
	most := 0
	if r.Args != "" {
		most = 1 + strings.Count(r.Args, ",")
	}
	return L.NewFunction(func(L *lua.LState) int {
		c := Call{LState: L, Name: r.Name}
		if kind != "" {
			c.self = 1
			if got := args.Kind(L.Get(1)); !strings.HasPrefix(got, kind) {
				Raise(L, "bad self to '%s' (%s expected, got %s: write x:%s(%s))", r.Name, kind, got, r.Name, r.Args)
			}
		}
		for n := L.GetTop() - c.self; n > most; n-- {
			if c.Given(n) {
				c.Fail(n, "", "%s(%s) takes %d at most, got %s as well", r.Name, r.Args, most, args.Show(c.Arg(n)))
			}
		}
		return r.Run(&c)
	})
}

// Module makes the table of a module. Reading a field that it does not have
// raises: the nil would stand for an argument that is left out.
func Module(L *lua.LState, name string, rows []Row) *lua.LTable {
	t := L.NewTable()
	for _, r := range rows {
		t.RawSetString(r.Name, r.Function(L))
	}
	mt := L.NewTable()
	mt.RawSetString("__index", L.NewFunction(func(L *lua.LState) int {
		if key, ok := L.Get(2).(lua.LString); ok {
			Raise(L, "%s has no field '%s'%s", name, key, meant(t, string(key)))
		}
		return 0
	}))
	t.Metatable = mt
	return t
}

func meant(t *lua.LTable, name string) string {
	if near := nearest.Name(name, vm.Names(t)); near != "" {
		return fmt.Sprintf(": did you mean '%s'?", near)
	}
	return ""
}

// Metatable returns the metatable of userdata of one kind with methods: one an
// interpreter. Their Value has the method Kind (args.Named), which begins with
// kind, and String.
func Metatable(L *lua.LState, kind string, rows []Row) *lua.LTable {
	key := "mpiclus." + kind
	if mt, ok := L.G.Registry.RawGetString(key).(*lua.LTable); ok {
		return mt
	}
	mt, methods := L.NewTable(), L.NewTable()
	for _, r := range rows {
		methods.RawSetString(r.Name, r.make(L, kind))
	}
	mt.RawSetString(vm.NameKey, lua.LString(kind))
	mt.RawSetString("__index", L.NewFunction(func(L *lua.LState) int {
		f := vm.RawGet(methods, L.Get(2))
		if f == lua.LNil {
			Raise(L, "%s has no method %s%s", args.WithArticle(kind), args.Show(L.Get(2)), meant(methods, L.Get(2).String()))
		}
		L.Push(f)
		return 1
	}))
	mt.RawSetString("__newindex", L.NewFunction(func(L *lua.LState) int {
		Raise(L, "%s has no fields that can be set", args.WithArticle(kind))
		return 0
	}))
	mt.RawSetString("__tostring", L.NewFunction(func(L *lua.LState) int {
		text := kind
		if ud, ok := L.Get(1).(*lua.LUserData); ok {
			if s, ok := ud.Value.(fmt.Stringer); ok {
				text = s.String()
			}
		}
		L.Push(lua.LString(text))
		return 1
	}))
	L.G.Registry.RawSetString(key, mt)
	return mt
}

// Raise raises an error about arguments that is of no single one.
func Raise(L *lua.LState, format string, args ...any) {
	luaerr.Raise(L, luaerr.New(luaerr.Argument, format, args...))
}

// Raise raises an error about the call as a whole.
func (c *Call) Raise(format string, args ...any) { Raise(c.LState, c.Name+": "+format, args...) }

// Fail raises an error about argument n.
func (c *Call) Fail(n int, name, format string, args ...any) {
	luaerr.RaiseArg(c.LState, c.Name, n, name, format, args...)
}

// Expected raises that argument n is not what was expected.
func (c *Call) Expected(n int, name, what string) {
	args.RaiseExpected(c.LState, c.Name, n, name, what, c.Arg(n))
}

// Arg returns argument n, nil when it is missing.
func (c *Call) Arg(n int) lua.LValue { return c.Get(n + c.self) }

// Given reports whether argument n is there, and not nil.
func (c *Call) Given(n int) bool { return c.Arg(n) != lua.LNil }

// Self returns the Value of the userdata that a method was called on.
func (c *Call) Self() any { return c.Get(1).(*lua.LUserData).Value }

// Return pushes the results.
func (c *Call) Return(results ...lua.LValue) int {
	for _, v := range results {
		c.Push(v)
	}
	return len(results)
}

// IsMethod reports whether the call is one of a method.
func (c *Call) IsMethod() bool { return c.self == 1 }

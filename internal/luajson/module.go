// Package luajson is the Lua module "json": values of scripts to the text of JSON
// (RFC 8259) and back, through encoding/json/jsontext. Nothing is lost in silence:
// what JSON has no form for, and numbers that a Lua number does not hold, are errors.
package luajson

import (
	"strings"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/args"
	"github.com/mpiclus/mpiclus-lua/internal/lua51/vm"
	"github.com/mpiclus/mpiclus-lua/internal/luamodule"
)

// module is the state of the Lua module in one interpreter.
type module struct {
	interrupted  func() error
	null         *lua.LUserData
	list, object *lua.LTable // the metatables of tables that are marked
}

// Opener returns the loader of the module. interrupted gives an error when the script
// was interrupted: long texts ask it now and then.
func Opener(interrupted func() error) lua.LGFunction {
	return func(L *lua.LState) int { return open(L, interrupted) }
}

func open(L *lua.LState, interrupted func() error) int {
	m := &module{interrupted: interrupted, null: L.NewUserData(), list: L.NewTable(), object: L.NewTable()}
	m.list.RawSetString(kindField, kindList)
	m.object.RawSetString(kindField, kindMap)
	nullMeta := L.NewTable()
	nullMeta.RawSetString(vm.NameKey, lua.LString("json.null"))
	nullMeta.RawSetString("__tostring", L.NewFunction(func(L *lua.LState) int {
		L.Push(lua.LString("json.null"))
		return 1
	}))
	m.null.Metatable = nullMeta
	t := luamodule.Table(L, "json", m.rows(), map[string]string{
		"parse": "json.decode(text) gives the value", "loads": "json.decode(text) gives the value",
		"stringify": "json.encode(value) gives the text", "dumps": "json.encode(value) gives the text",
	})
	t.RawSetString("null", m.null)
	// Marked tables travel with their metatables: those have names.
	marks := L.NewTable()
	marks.RawSetString("list", m.list)
	marks.RawSetString("object", m.object)
	t.RawSetString("marks", marks)
	L.Push(t)
	return 1
}

// Rows lists the functions of the module, for the documentation.
func Rows() []luamodule.Function { return (&module{}).rows() }

func (m *module) rows() []luamodule.Function {
	return []luamodule.Function{
		{Name: "encode", Args: "value [, options]", Doc: "The text of a value.", Run: m.encode},
		{Name: "decode", Args: "text [, options]", Doc: "The value of a text.", Run: m.decode},
		{Name: "list", Args: "[t]", Doc: "Marks a table as a list, also where it is empty, and gives it; a new one without t.", Run: func(c *luamodule.Call) int {
			return c.Give(mark(c, m.list))
		}},
		{Name: "object", Args: "[t]", Doc: "Marks a table as an object, also where its keys are numbers, and gives it; a new one without t.", Run: func(c *luamodule.Call) int {
			return c.Give(mark(c, m.object))
		}},
	}
}

// mark gives argument 1 a metatable, or a new table where it is missing.
func mark(c *luamodule.Call, mt *lua.LTable) *lua.LTable {
	if !c.Given(1) {
		t := c.NewTable()
		t.Metatable = mt
		return t
	}
	t := c.Table(1, "t")
	if old, ok := t.Metatable.(*lua.LTable); ok && old.RawGetString(kindField) == lua.LNil {
		c.Fail(1, "t", "it has a metatable already: set its field %s to %q there", kindField, string(mt.RawGetString(kindField).(lua.LString)))
	}
	t.Metatable = mt
	return t
}

func (m *module) encode(c *luamodule.Call) int {
	o := c.Options(2, "indent", "nan", "ascii")
	var e encoder
	e.null, e.counter.interrupted = m.null, m.interrupted
	if v := o.Get("nan"); v != lua.LNil {
		if _, isTable := v.(*lua.LTable); isTable || v.Type() == lua.LTUserData && v != lua.LValue(m.null) {
			o.Expected("nan", "json.null, number, boolean or string")
		}
		e.nan, e.replace = v, true
	}
	switch v := o.Get("indent").(type) {
	case *lua.LNilType:
	case lua.LNumber:
		e.indent = strings.Repeat(" ", o.Whole("indent", 0, 0, 16))
	case lua.LString:
		if strings.Trim(string(v), " \t") != "" {
			o.Fail("indent", "blanks and tabs expected, got %s", args.Show(v))
		}
		e.indent = string(v)
	default:
		o.Expected("indent", "number or string")
	}
	e.ascii = o.Bool("ascii", false)
	text, err := e.run(c.Arg(1))
	if err != nil {
		c.Fail(1, "value", "%v", err)
	}
	return c.Give(lua.LString(text))
}

func (m *module) decode(c *luamodule.Call) int {
	text, ok := c.Arg(1).(lua.LString)
	if !ok {
		c.Expected(1, "text", "string")
	}
	o := c.Options(2, "null", "big", "arrays")
	d := decoder{L: c.LState, counter: counter{interrupted: m.interrupted}, list: m.list, null: m.null, arrays: o.Bool("arrays", false)}
	if v := o.Get("null"); v != lua.LNil {
		d.null = v
	}
	d.big = o.Choice("big", "error", "string", "round")
	v, err := d.run(string(text))
	if err != nil {
		c.Fail(1, "text", "%v", err)
	}
	return c.Give(v)
}

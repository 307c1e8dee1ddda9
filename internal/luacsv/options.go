package luacsv

import (
	"math"
	"unicode/utf8"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/args"
	"github.com/mpiclus/mpiclus-lua/internal/lua51/vm"
	"github.com/mpiclus/mpiclus-lua/internal/luamodule"
)

// readOptions reads argument n as the options of a text that is read.
func readOptions(c *luamodule.Call, n int, sep rune) (r *reader, matrix bool) {
	o := c.Options(n, "sep", "header", "types", "columns", "skip", "comment", "missing", "rows", "matrix")
	r = &reader{header: true, sep: character(o, "sep", sep), comment: character(o, "comment", 0), gaps: map[string]bool{}}
	if r.comment == r.sep {
		o.Fail("comment", "it is the separator as well")
	}
	switch v := o.Get("header").(type) {
	case *lua.LNilType:
	case *lua.LTable:
		r.header, r.names = false, listOfStrings(o, "header", v)
		seen := map[string]bool{}
		for _, name := range r.names {
			if seen[name] {
				o.Fail("header", "the name %q is there twice", name)
			}
			seen[name] = true
		}
	case lua.LBool:
		r.header = bool(v)
	default:
		o.Expected("header", "boolean or list of names")
	}
	r.readTypes(o)
	if t := o.Table("columns"); t != nil {
		r.wanted = listOfStrings(o, "columns", t)
		if !r.header && r.names == nil {
			o.Fail("columns", "the columns have no names: see the option header")
		}
	}
	r.skip = o.Whole("skip", 0, 0, math.MaxInt32)
	r.limit = o.Whole("rows", -1, 0, math.MaxInt32)
	gaps := missing
	if t := o.Table("missing"); t != nil {
		gaps = listOfStrings(o, "missing", t)
	}
	for _, s := range gaps {
		r.gaps[s] = true
	}
	return r, o.Bool("matrix", false)
}

// readTypes reads the option types: a type for all columns, or by name or number.
func (r *reader) readTypes(o luamodule.Options) {
	t := o.Table("types")
	if t == nil {
		return
	}
	r.types, r.byNumber = map[string]string{}, map[int]string{}
	vm.ForEach(t, func(k, v lua.LValue) {
		name, ok := v.(lua.LString)
		if !ok {
			o.Fail("types", "column %s: %s", args.Show(k), args.Expected("name of a type", v))
		}
		if _, err := newColumn(string(name), nil); err != nil || name == "" {
			o.Fail("types", "column %s: no type %q: there are string and the types of arrays", args.Show(k), string(name))
		}
		switch k := k.(type) {
		case lua.LString:
			r.types[string(k)] = string(name)
		case lua.LNumber:
			if k < 1 || k != lua.LNumber(int(k)) {
				o.Fail("types", "there is no column %s", args.Show(k))
			}
			r.byNumber[int(k)] = string(name)
		default:
			o.Fail("types", "%s names no column", args.Show(k))
		}
	})
}

// character reads an option of one character that may separate fields.
func character(o luamodule.Options, name string, otherwise rune) rune {
	s := o.Text(name, "")
	if o.Get(name) == lua.LNil {
		return otherwise
	}
	r, size := utf8.DecodeRuneInString(s)
	if size != len(s) || r == utf8.RuneError || r == 0 || r == '"' || r == '\r' || r == '\n' {
		o.Fail(name, "one character expected that is no quotation mark and no end of a line, got %q", s)
	}
	return r
}

// listOfStrings reads a list of strings.
func listOfStrings(o luamodule.Options, name string, t *lua.LTable) []string {
	n, wrong := args.List(t)
	if wrong != "" {
		o.Fail(name, "%s", wrong)
	}
	all := make([]string, n)
	for i := range all {
		s, ok := vm.GetInt(t, i+1).(lua.LString)
		if !ok {
			o.Fail(name, "entry %d: %s", i+1, args.Expected("string", vm.GetInt(t, i+1)))
		}
		all[i] = string(s)
	}
	return all
}

// writeOptions reads argument n as columns, and the one behind it as options.
func writeOptions(c *luamodule.Call, n int, sep rune) *writer {
	o := c.Options(n+1, "sep", "header", "names", "missing")
	w := &writer{sep: character(o, "sep", sep), header: o.Bool("header", true), missing: o.Text("missing", "")}
	if t := o.Table("names"); t != nil {
		w.names = listOfStrings(o, "names", t)
	}
	source(c, n, w)
	return w
}

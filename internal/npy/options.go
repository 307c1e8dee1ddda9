package npy

import (
	"math"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/args"
	"github.com/mpiclus/mpiclus-lua/internal/array"
	"github.com/mpiclus/mpiclus-lua/internal/lua51/vm"
	"github.com/mpiclus/mpiclus-lua/internal/luamodule"
)

// options are those of array.load.
type options struct {
	wish
	names []string // of the members of an .npz file, nil for all
	raw   bool     // raw numbers, of type typ
	typ   array.Type
	// offset is where raw numbers begin, in bytes, and count how many there are, -1
	// for all to the end.
	offset, count int
	swapped       bool
}

// mostBytes is the greatest offset in a file.
const mostBytes = 1 << 53

// readOptions reads argument 2 of array.load.
func readOptions(c *luamodule.Call) options {
	o := c.Options(2, "names", "rows", "shape", "type", "offset", "count", "byteorder")
	var r options
	if t := o.Table("names"); t != nil {
		r.names = []string{}
		for i, v := range listOf(o, "names", t) {
			s, ok := v.(lua.LString)
			if !ok {
				o.Fail("names", "entry %d: %s", i+1, args.Expected("string", v))
			}
			r.names = append(r.names, string(s))
		}
	}
	if t := o.Table("rows"); t != nil {
		rows := wholes(o, "rows", t)
		if len(rows) < 1 || len(rows) > 2 || rows[0] < 1 || len(rows) == 2 && rows[1] < rows[0] {
			o.Fail("rows", "{first, last} expected, or {first}, from 1")
		}
		if r.first = rows[0]; len(rows) == 2 {
			r.last = rows[1]
		}
	}
	if t := o.Table("shape"); t != nil {
		if r.shape = wholes(o, "shape", t); len(r.shape) == 0 {
			o.Fail("shape", "{length} or {rows, cols} expected")
		}
	}
	if name := o.Text("type", ""); o.Get("type") != lua.LNil {
		var ok bool
		if r.typ, ok = array.ParseType(name); !ok {
			o.Fail("type", "arrays have no type %q", name)
		}
		r.raw = true
	}
	r.offset, r.count = o.Whole("offset", 0, 0, mostBytes), o.Whole("count", -1, 0, mostBytes)
	r.swapped = byteOrder(o)
	for _, name := range []string{"offset", "count", "byteorder"} {
		if !r.raw && o.Get(name) != lua.LNil {
			o.Fail(name, "it is for raw numbers, whose type the option type says")
		}
	}
	if r.raw && (r.names != nil || r.first > 0) {
		o.Fail("type", "raw numbers have neither names nor rows: see offset and count")
	}
	return r
}

// output are the options of what writes.
type output struct {
	form
	raw, compress bool
	offset        int // in an existing file, in bytes; -1: the file is written as a whole
}

// writeOptions reads argument n.
func writeOptions(c *luamodule.Call, n int) output {
	o := c.Options(n, "order", "byteorder", "compress", "raw", "offset")
	w := output{raw: o.Bool("raw", false), compress: o.Bool("compress", false), offset: -1}
	w.fortran = o.Choice("order", "c", "fortran") == "fortran"
	w.swapped = byteOrder(o)
	if o.Get("offset") != lua.LNil {
		if w.offset = o.Whole("offset", 0, 0, mostBytes); !w.raw {
			o.Fail("offset", "it is for raw numbers: {raw = true}")
		}
	}
	return w
}

// byteOrder reports whether the option wants another byte order than this machine's.
func byteOrder(o luamodule.Options) bool {
	switch o.Choice("byteorder", "native", "little", "big") {
	case "little":
		return bigEndian
	case "big":
		return !bigEndian
	}
	return false
}

func listOf(o luamodule.Options, name string, t *lua.LTable) []lua.LValue {
	n, wrong := args.List(t)
	if wrong != "" {
		o.Fail(name, "%s", wrong)
	}
	all := make([]lua.LValue, n)
	for i := range all {
		all[i] = vm.GetInt(t, i+1)
	}
	return all
}

// wholes reads a list of whole numbers from 0.
func wholes(o luamodule.Options, name string, t *lua.LTable) []int {
	var all []int
	for i, v := range listOf(o, name, t) {
		f, ok := v.(lua.LNumber)
		if !ok || f < 0 || float64(f) != math.Trunc(float64(f)) || f > mostBytes {
			o.Fail(name, "entry %d: whole number from 0 expected, got %s", i+1, args.Show(v))
		}
		all = append(all, int(f))
	}
	return all
}

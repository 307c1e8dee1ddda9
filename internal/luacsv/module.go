// Package luacsv is the Lua module "csv": tables as text, with a separator between
// the columns (CSV as in RFC 4180, TSV), to columns and back. Columns of numbers are
// arrays, others lists of strings. encoding/csv reads the fields.
package luacsv

import (
	"context"
	"io"
	"path/filepath"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/array"
	"github.com/mpiclus/mpiclus-lua/internal/dense"
	"github.com/mpiclus/mpiclus-lua/internal/files"
	"github.com/mpiclus/mpiclus-lua/internal/interp"
	"github.com/mpiclus/mpiclus-lua/internal/lua51/vm"
	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
	"github.com/mpiclus/mpiclus-lua/internal/luamodule"
)

// module is the Lua module in one interpreter, from which it lets go while it works.
type module struct{ in *interp.Interp }

// Opener returns the loader of the module.
func Opener(in *interp.Interp) lua.LGFunction {
	return func(L *lua.LState) int {
		L.Push(luamodule.Table(L, "csv", (&module{in}).rows(), map[string]string{
			"parse": "csv.decode(text) gives the columns", "load": "csv.read(path) gives the columns", "save": "csv.write(path, columns) writes a file",
		}))
		return 1
	}
}

// Rows lists the functions of the module, for the documentation.
func Rows() []luamodule.Function { return (&module{}).rows() }

func (m *module) rows() []luamodule.Function {
	return []luamodule.Function{
		{Name: "read", Args: "path [, options]", Doc: "The columns of a file, by name; their names in order, and the number of rows.", Run: m.read},
		{Name: "write", Args: "path, columns [, options]", Doc: "Writes columns, or a matrix, to a file.", Run: m.write},
		{Name: "decode", Args: "text [, options]", Doc: "What read gives, of a text.", Run: m.decode},
		{Name: "encode", Args: "columns [, options]", Doc: "The text that write writes.", Run: m.encode},
	}
}

func (m *module) read(c *luamodule.Call) int {
	path := c.Path(1, "path")
	r, matrix := readOptions(c, 2, separatorOf(path))
	var f *frame
	err := m.in.Wait(c.LState, func(ctx context.Context) error {
		file, _, err := files.Open(path)
		if err != nil {
			return err
		}
		defer file.Close()
		f, err = r.read(ctx, func() (io.Reader, error) {
			_, err := file.Seek(0, io.SeekStart)
			return file, err
		})
		if err != nil {
			return files.Named(path, err)
		}
		return nil
	})
	if err != nil {
		c.Raise(luaerr.Script, "%w", err)
	}
	return give(c, f, matrix)
}

func (m *module) decode(c *luamodule.Call) int {
	text, ok := c.Arg(1).(lua.LString)
	if !ok {
		c.Expected(1, "text", "string")
	}
	r, matrix := readOptions(c, 2, ',')
	var f *frame
	err := m.in.Wait(c.LState, func(ctx context.Context) (err error) {
		f, err = r.read(ctx, func() (io.Reader, error) { return strings.NewReader(string(text)), nil })
		return err
	})
	if err != nil {
		c.Fail(1, "text", "%v", err)
	}
	return give(c, f, matrix)
}

// separatorOf returns what separates the columns of a file by its name's ending.
func separatorOf(path string) rune {
	switch strings.ToLower(filepath.Ext(path)) {
	case ".tsv", ".tab":
		return '\t'
	}
	return ','
}

// give pushes what was read: columns or a matrix, names and the number of rows.
func give(c *luamodule.Call, f *frame, matrix bool) int {
	names := lua.LValue(lua.LNil)
	if f.names != nil {
		list := c.NewTable()
		for i, name := range f.names {
			vm.SetInt(list, i+1, lua.LString(name))
		}
		names = list
	}
	if matrix {
		a, err := f.matrix()
		if err != nil {
			c.Fail(2, "options", "matrix: %v", err)
		}
		return c.Give(array.ToLua(c.LState, a), names, lua.LNumber(f.rows))
	}
	columns := c.NewTable()
	for i, col := range f.columns {
		v := col.lua(c.LState)
		if f.names != nil {
			columns.RawSetString(f.names[i], v)
		} else {
			vm.SetInt(columns, i+1, v)
		}
	}
	return c.Give(columns, names, lua.LNumber(f.rows))
}

// lua returns the column as scripts see it.
func (c content) lua(L *lua.LState) lua.LValue {
	if c.array != nil {
		return array.ToLua(L, c.array)
	}
	t := L.NewTable()
	copy(vm.AddPlaces(t, len(c.list)), c.list)
	return t
}

func (m *module) write(c *luamodule.Call) int {
	path := c.Path(1, "path")
	w := writeOptions(c, 2, separatorOf(path))
	err := m.in.Wait(c.LState, func(ctx context.Context) error {
		return files.Write(ctx, path, func(to io.Writer) error { return w.write(ctx, to) })
	})
	if err != nil {
		c.Raise(luaerr.Script, "%w", err)
	}
	return 0
}

func (m *module) encode(c *luamodule.Call) int {
	w := writeOptions(c, 1, ',')
	var b strings.Builder
	if err := m.in.Wait(c.LState, func(ctx context.Context) error { return w.write(ctx, &b) }); err != nil {
		c.Raise(luaerr.Script, "%w", err)
	}
	return c.Give(lua.LString(b.String()))
}

// source returns argument n, which holds the columns, as they are to be written.
func source(c *luamodule.Call, n int, w *writer) {
	if a, ok := array.To(c.Arg(n)); ok {
		w.addMatrix(c, n, dense.Own(a))
		return
	}
	w.addColumns(c, n, c.Table(n, "columns"))
}

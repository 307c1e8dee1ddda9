// Package npy reads and writes the files of numpy for scripts: array.load(path),
// a:save(path), array.savez(path, arrays), and files of raw numbers. An .npy file is
// written byte for byte as numpy 1.23 and later write it.
//
// The format is read here and not by a library: the one that there is for Go knows
// neither the order of elements nor booleans and complex numbers, and makes Go
// values of each.
package npy

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
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

// module is what is added to the module array in one interpreter, from which it
// lets go while it works.
type module struct{ in *interp.Interp }

// Opener gives all arrays of the interpreter the method save, and returns the loader
// of the module array with load and savez in it.
func Opener(in *interp.Interp) lua.LGFunction {
	m := &module{in}
	L := in.NewThread()
	for _, f := range m.methods() {
		array.AddMethod(L, f.Name, f.Lua(L, "a:"+f.Name, 1))
	}
	return func(L *lua.LState) int {
		array.Open(L)
		t := L.Get(-1).(*lua.LTable)
		for _, f := range m.functions() {
			t.RawSetString(f.Name, f.Lua(L, "array."+f.Name, 0))
		}
		return 1
	}
}

// Functions and Methods list what is added, for the documentation.
func Functions() []luamodule.Function { return (&module{}).functions() }
func Methods() []luamodule.Function   { return (&module{}).methods() }

func (m *module) functions() []luamodule.Function {
	return []luamodule.Function{
		{Name: "load", Args: "path [, options]", Doc: "The array of an `.npy` file, the arrays of an `.npz` file by their names, or with the option `type` raw numbers.", Run: m.load},
		{Name: "savez", Args: "path, arrays [, options]", Doc: "Writes a table of arrays by name to an `.npz` file.", Run: m.savez},
	}
}

func (m *module) methods() []luamodule.Function {
	return []luamodule.Function{
		{Name: "save", Args: "path [, options]", Doc: "Writes the array to an `.npy` file, as the only one to an `.npz` file, or with `{raw = true}` its numbers alone.", Run: m.save},
	}
}

func (m *module) load(c *luamodule.Call) int {
	path := c.Path(1, "path")
	o := readOptions(c)
	var all []named
	single := true
	err := m.in.Wait(c.LState, func(ctx context.Context) error {
		f, size, err := files.Open(path)
		if err != nil {
			return err
		}
		defer f.Close()
		all, single, err = o.read(ctx, f, size)
		if err != nil {
			return files.Named(path, err)
		}
		return nil
	})
	if err != nil {
		c.Raise(luaerr.Script, "%w", err)
	}
	if single {
		return c.Give(array.ToLua(c.LState, all[0].a))
	}
	t := c.NewTable()
	for _, n := range all {
		t.RawSetString(n.name, array.ToLua(c.LState, n.a))
	}
	return c.Give(t)
}

// read reads a file by what it begins with.
func (o options) read(ctx context.Context, f *os.File, size int64) (all []named, single bool, err error) {
	if o.raw {
		a, err := o.readRaw(ctx, f, size)
		return []named{{a: a}}, true, err
	}
	front := make([]byte, len(magic))
	if _, err := f.ReadAt(front, 0); err != nil && !errors.Is(err, io.EOF) {
		return nil, false, err
	}
	switch {
	case strings.HasPrefix(string(front), zipMagic), strings.HasPrefix(string(front), zipMagicEmpty):
		all, err := readZip(ctx, f, size, o.names, o.wish)
		return all, false, err
	case string(front) != magic:
		return nil, false, fmt.Errorf("it is neither an .npy nor an .npz file: {type = \"float64\"} reads raw numbers")
	case o.names != nil:
		return nil, false, fmt.Errorf("an .npy file has one array: the option names is for .npz files")
	}
	a, err := readArray(ctx, f, o.wish)
	return []named{{a: a}}, true, err
}

func (m *module) save(c *luamodule.Call) int {
	a, ok := array.To(c.Arg(0))
	if !ok {
		luaerr.Raise(c.LState, luaerr.New(luaerr.Argument, "bad self to 'save' (array expected: write a:save(path))"))
	}
	path := c.Path(1, "path")
	o := writeOptions(c, 2)
	a = dense.Own(a)
	if !o.raw {
		if endsIn(path, ".npz") {
			return m.writeZip(c, path, []named{{"arr_0", a}}, o)
		}
		if !endsIn(path, ".npy") {
			c.Fail(1, "path", "%s ends neither in .npy nor in .npz: {raw = true} writes the numbers alone", path)
		}
	}
	err := m.in.Wait(c.LState, func(ctx context.Context) error {
		if o.offset >= 0 {
			return o.writeInto(ctx, path, a)
		}
		return files.Write(ctx, path, func(w io.Writer) error {
			if o.raw {
				return writeElements(ctx, w, a, o.form)
			}
			return writeArray(ctx, w, a, o.form)
		})
	})
	if err != nil {
		c.Raise(luaerr.Script, "%w", err)
	}
	return 0
}

func endsIn(path, ending string) bool { return strings.EqualFold(filepath.Ext(path), ending) }

func (m *module) savez(c *luamodule.Call) int {
	path, t := c.Path(1, "path"), c.Table(2, "arrays")
	if !endsIn(path, ".npz") {
		c.Fail(1, "path", "%s does not end in .npz", path)
	}
	var all []named
	vm.ForEach(t, func(k, _ lua.LValue) {
		if _, ok := k.(lua.LString); !ok {
			c.Fail(2, "arrays", "the key %v is no name: write {x = a, y = b}", k)
		}
	})
	for _, name := range vm.Names(t) {
		a, ok := array.To(t.RawGetString(name))
		if !ok {
			c.Fail(2, "arrays", "%s: array expected, got %s", name, t.RawGetString(name).Type())
		}
		if name == "" || strings.ContainsAny(name, "/\\\x00") {
			c.Fail(2, "arrays", "%q cannot be the name of a member", name)
		}
		all = append(all, named{name, dense.Own(a)})
	}
	return m.writeZip(c, path, all, writeOptions(c, 3))
}

func (m *module) writeZip(c *luamodule.Call, path string, all []named, o output) int {
	if o.raw {
		c.Fail(2, "options", "raw: an .npz file has no raw numbers")
	}
	err := m.in.Wait(c.LState, func(ctx context.Context) error {
		return files.Write(ctx, path, func(w io.Writer) error { return writeZip(ctx, w, all, o.compress, o.form) })
	})
	if err != nil {
		c.Raise(luaerr.Script, "%w", err)
	}
	return 0
}

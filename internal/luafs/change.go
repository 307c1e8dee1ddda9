package luafs

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/array"
	"github.com/mpiclus/mpiclus-lua/internal/files"
	"github.com/mpiclus/mpiclus-lua/internal/luamodule"
)

func (m *module) mkdir(c *luamodule.Call) int {
	path := c.Path(1, "path")
	parents := c.Options(2, "parents").Bool("parents", false)
	m.do(c, func(context.Context) error {
		if parents {
			return named(path, os.MkdirAll(path, 0o777))
		}
		return named(path, os.Mkdir(path, 0o777))
	})
	return 0
}

func (m *module) remove(c *luamodule.Call) int {
	path := c.Path(1, "path")
	all := c.Options(2, "all").Bool("all", false)
	if all {
		if why := tooMuch(path); why != "" {
			c.Fail(1, "path", "%s", why)
		}
	}
	m.do(c, func(context.Context) error {
		if all {
			return named(path, os.RemoveAll(path))
		}
		return named(path, os.Remove(path))
	})
	return 0
}

// tooMuch says why a folder is not removed with all that is in it: it holds the
// process's own; "" for others.
func tooMuch(path string) string {
	full, err := filepath.Abs(path)
	if err != nil {
		return err.Error()
	}
	if real, err := filepath.EvalSymlinks(filepath.Dir(full)); err == nil {
		full = filepath.Join(real, filepath.Base(full))
	}
	here, err := os.Getwd()
	if real, failed := filepath.EvalSymlinks(here); failed == nil {
		here = real
	}
	if err == nil && strings.HasPrefix(here+"/", strings.TrimSuffix(full, "/")+"/") {
		return fmt.Sprintf("%s holds the folder in which this process runs", path)
	}
	return ""
}

func (m *module) rename(c *luamodule.Call) int {
	from, to := c.Path(1, "from"), c.Path(2, "to")
	m.do(c, func(context.Context) error { return named(from+" to "+to, os.Rename(from, to)) })
	return 0
}

func (m *module) copy(c *luamodule.Call) int {
	from, to := c.Path(1, "from"), c.Path(2, "to")
	m.do(c, func(ctx context.Context) error {
		f, _, err := files.Open(from)
		if err != nil {
			return err
		}
		defer f.Close()
		st, err := f.Stat()
		if err != nil {
			return named(from, err)
		}
		if old, err := os.Stat(to); err == nil && os.SameFile(st, old) {
			return fmt.Errorf("%s and %s are the same file", from, to)
		}
		err = files.Write(ctx, to, func(w io.Writer) error {
			_, err := io.Copy(w, f)
			return err
		})
		if err == nil {
			err = named(to, os.Chmod(to, st.Mode().Perm()))
		}
		return err
	})
	return 0
}

func (m *module) read(c *luamodule.Call) int {
	path := c.Path(1, "path")
	var text []byte
	m.do(c, func(context.Context) error {
		f, size, err := files.Open(path)
		if err != nil {
			return err
		}
		defer f.Close()
		if why := array.TooLarge(array.Uint8, 2*int(size)); why != "" { // the text is copied once
			return fmt.Errorf("%s: %s", path, why)
		}
		text, err = io.ReadAll(f)
		return named(path, err)
	})
	return c.Give(lua.LString(text))
}

func (m *module) write(c *luamodule.Call) int {
	path := c.Path(1, "path")
	text, ok := c.Arg(2).(lua.LString)
	if !ok {
		c.Expected(2, "text", "string")
	}
	m.do(c, func(ctx context.Context) error {
		return files.Write(ctx, path, func(w io.Writer) error {
			_, err := io.WriteString(w, string(text))
			return err
		})
	})
	return 0
}

func (m *module) tmp(c *luamodule.Call) int {
	o := c.Options(1, "file", "ending", "folder")
	file, ending, folder := o.Bool("file", false), o.Text("ending", ""), o.Text("folder", "")
	if strings.ContainsAny(ending, "/\x00*") {
		o.Fail("ending", "the end of a name expected, got %q", ending)
	}
	var path string
	m.do(c, func(context.Context) (err error) {
		if !file {
			path, err = os.MkdirTemp(folder, "lua-*"+ending)
			return named(either(folder, os.TempDir()), err)
		}
		f, err := os.CreateTemp(folder, "lua-*"+ending)
		if err != nil {
			return named(either(folder, os.TempDir()), err)
		}
		path = f.Name()
		return f.Close()
	})
	return c.Give(lua.LString(path))
}

package luafs

import (
	"context"
	"io/fs"
	"os"
	"path/filepath"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/luamodule"
)

func (m *module) list(c *luamodule.Call) int {
	folder := path(c)
	var names []string
	m.do(c, func(context.Context) error {
		entries, err := os.ReadDir(folder)
		for _, e := range entries {
			names = append(names, e.Name())
		}
		return named(folder, err)
	})
	return give(c, names)
}

func (m *module) walk(c *luamodule.Call) int {
	folder := path(c)
	var paths []string
	m.do(c, func(ctx context.Context) error {
		return filepath.WalkDir(folder, func(path string, _ fs.DirEntry, err error) error {
			if err == nil {
				err = context.Cause(ctx)
			}
			if err != nil {
				return named(path, err)
			}
			if rel, err := filepath.Rel(folder, path); err == nil && rel != "." {
				paths = append(paths, rel)
			}
			return nil
		})
	})
	return give(c, paths)
}

// look asks what is at a path, nil for nothing; follow says whether of a link it is
// what that leads to.
func (m *module) look(c *luamodule.Call, path string, follow bool) (info fs.FileInfo, link string) {
	m.do(c, func(context.Context) (err error) {
		if info, err = os.Lstat(path); err == nil && info.Mode()&fs.ModeSymlink != 0 {
			if link, err = os.Readlink(path); err == nil && follow {
				info, err = os.Stat(path)
			}
		}
		if absent(err) {
			info, err = nil, nil
		}
		return named(path, err)
	})
	return info, link
}

// is makes the function that asks something of what is at a path.
func (m *module) is(holds func(fs.FileInfo) bool) func(c *luamodule.Call) int {
	return func(c *luamodule.Call) int {
		info, _ := m.look(c, c.Path(1, "path"), true)
		return c.Give(lua.LBool(info != nil && holds(info)))
	}
}

// stat gives what a link leads to; of one that leads nowhere, the link itself.
func (m *module) stat(c *luamodule.Call) int {
	p := c.Path(1, "path")
	info, link := m.look(c, p, true)
	if info == nil {
		if info, link = m.look(c, p, false); info == nil {
			return c.Give(lua.LNil)
		}
	}
	t := c.NewTable()
	t.RawSetString("type", lua.LString(typeOf(info.Mode())))
	t.RawSetString("size", lua.LNumber(info.Size()))
	t.RawSetString("modified", lua.LNumber(float64(info.ModTime().UnixMicro())/1e6))
	t.RawSetString("mode", lua.LString(info.Mode().Perm().String()[1:]))
	if link != "" {
		t.RawSetString("link", lua.LString(link))
	}
	return c.Give(t)
}

func typeOf(mode fs.FileMode) string {
	switch {
	case mode.IsRegular():
		return "file"
	case mode.IsDir():
		return "folder"
	case mode&fs.ModeSymlink != 0:
		return "link"
	}
	return "other"
}

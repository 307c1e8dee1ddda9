package luafs

import (
	"context"
	"errors"
	"io/fs"
	"syscall"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/files"
	"github.com/mpiclus/mpiclus-lua/internal/interp"
	"github.com/mpiclus/mpiclus-lua/internal/lua51/vm"
	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
	"github.com/mpiclus/mpiclus-lua/internal/luamodule"
)

// module is the Lua module in one interpreter, from which it lets go while the
// system works.
type module struct{ in *interp.Interp }

// do runs what may take long without the interpreter, and raises its error. It does
// not wait longer than the script does: of a file server that hangs, the system
// call is left behind.
func (m *module) do(c *luamodule.Call, work func(ctx context.Context) error) {
	err := m.in.Wait(c.LState, func(ctx context.Context) error {
		done := make(chan error, 1)
		go func() { done <- work(ctx) }()
		select {
		case err := <-done:
			return err
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	})
	if err != nil {
		c.Raise(luaerr.Script, "%w", err)
	}
}

// path reads a path that may be missing.
func path(c *luamodule.Call) string {
	if !c.Given(1) {
		return "."
	}
	return c.Path(1, "path")
}

// give pushes a list of strings.
func give(c *luamodule.Call, all []string) int {
	t := c.NewTable()
	for i, s := range all {
		vm.SetInt(t, i+1, lua.LString(s))
	}
	return c.Give(t)
}

// named adds the path to an error, nil for none.
func named(path string, err error) error {
	if err == nil {
		return nil
	}
	return files.Named(path, err)
}

// absent reports whether an error says that there is nothing at a path.
func absent(err error) bool {
	return errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR)
}

// either returns a path, or another where it is empty.
func either(path, otherwise string) string {
	if path == "" {
		return otherwise
	}
	return path
}

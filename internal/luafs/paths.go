package luafs

import (
	"os"
	"path/filepath"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
	"github.com/mpiclus/mpiclus-lua/internal/luamodule"
)

// pathRows lists the functions that look at paths alone, and at no files.
func pathRows() []luamodule.Function {
	text := func(name, doc string, f func(path string) string) luamodule.Function {
		return luamodule.Function{Name: name, Args: "path", Doc: doc, Run: func(c *luamodule.Call) int {
			return c.Give(lua.LString(f(c.Path(1, "path"))))
		}}
	}
	return []luamodule.Function{
		{Name: "join", Args: "...", Doc: "One path of parts; what stands in front of a part that begins with `/` is left out.", Run: join},
		text("name", "The last part of a path.", filepath.Base),
		text("parent", "The path without its last part.", filepath.Dir),
		text("ending", "What the name ends in from its last dot, `\".csv\"`, or `\"\"`.", ending),
		text("stem", "The name without its ending.", func(path string) string {
			return strings.TrimSuffix(filepath.Base(path), ending(path))
		}),
		{Name: "full", Args: "path", Doc: "The path from the root on, without `.` and `..`.", Run: full},
		{Name: "relative", Args: "path, folder", Doc: "The path as it is written from a folder.", Run: relative},
		{Name: "here", Args: "", Doc: "The folder in which the process runs.", Run: func(c *luamodule.Call) int {
			folder, err := os.Getwd()
			if err != nil {
				c.Raise(luaerr.Script, "%w", err)
			}
			return c.Give(lua.LString(folder))
		}},
	}
}

func join(c *luamodule.Call) int {
	var path string
	for n := 1; n <= c.Count(); n++ {
		part := c.Text(n, "part")
		if strings.HasPrefix(part, "/") {
			path = ""
		}
		path = filepath.Join(path, part)
	}
	if path == "" {
		path = "."
	}
	return c.Give(lua.LString(path))
}

// ending is filepath.Ext, but a name that begins with a dot has none by that.
func ending(path string) string {
	return filepath.Ext(strings.TrimPrefix(filepath.Base(path), "."))
}

func full(c *luamodule.Call) int {
	p, err := filepath.Abs(c.Path(1, "path"))
	if err != nil {
		c.Raise(luaerr.Script, "%w", err)
	}
	return c.Give(lua.LString(p))
}

func relative(c *luamodule.Call) int {
	p, err := filepath.Abs(c.Path(1, "path"))
	folder, err2 := filepath.Abs(c.Path(2, "folder"))
	if err == nil && err2 == nil {
		p, err = filepath.Rel(folder, p)
	}
	if err != nil || err2 != nil {
		c.Raise(luaerr.Script, "the folder of this process is gone")
	}
	return c.Give(lua.LString(p))
}

// Package luafs is the Lua module "fs": files and folders as the operating system
// has them, and paths as texts. It has what Lua's libraries io and os leave out.
package luafs

import (
	"io/fs"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/interp"
	"github.com/mpiclus/mpiclus-lua/internal/luamodule"
)

// Opener returns the loader of the module.
func Opener(in *interp.Interp) lua.LGFunction {
	return func(L *lua.LState) int {
		L.Push(luamodule.Table(L, "fs", (&module{in}).rows(), map[string]string{
			"ls": "fs.list(path) gives the names in a folder", "dir": "fs.list(path) gives the names in a folder, fs.parent(path) the folder of a path",
			"rm": "fs.remove(path)", "cp": "fs.copy(from, to)", "mv": "fs.rename(from, to)", "move": "fs.rename(from, to)",
			"isdir": "fs.isfolder(path)", "basename": "fs.name(path)", "dirname": "fs.parent(path)", "mkdtemp": "fs.tmp()",
			"attributes": "fs.stat(path)", "getcwd": "fs.here()", "pwd": "fs.here()", "open": "io.open(path)",
			"chdir": "the folder of a process belongs to all its tasks: use fs.join(folder, name)",
		}))
		return 1
	}
}

// Rows lists the functions of the module, for the documentation.
func Rows() []luamodule.Function { return (&module{}).rows() }

func (m *module) rows() []luamodule.Function {
	return append([]luamodule.Function{
		{Name: "list", Args: "[path]", Doc: "The names in a folder, sorted; of this one without a path.", Run: m.list},
		{Name: "walk", Args: "[path]", Doc: "The paths of all that is below a folder, sorted, each relative to it; links are not followed.", Run: m.walk},
		{Name: "glob", Args: "pattern", Doc: "The paths that match a pattern, sorted: `*` and `?` stand for what is in a name, `[a-z]` for a character, `**` for any number of folders.", Run: m.glob},
		{Name: "stat", Args: "path", Doc: "What is at a path: `type`, `size`, `modified`, `mode`, `link`; nil where there is nothing.", Run: m.stat},
		{Name: "exists", Args: "path", Doc: "Whether there is anything.", Run: m.is(func(fs.FileInfo) bool { return true })},
		{Name: "isfile", Args: "path", Doc: "Whether there is a file.", Run: m.is(func(i fs.FileInfo) bool { return i.Mode().IsRegular() })},
		{Name: "isfolder", Args: "path", Doc: "Whether there is a folder.", Run: m.is(fs.FileInfo.IsDir)},
		{Name: "mkdir", Args: "path [, options]", Doc: "Makes a folder; `{parents = true}` those above as well, and it may be there already.", Run: m.mkdir},
		{Name: "remove", Args: "path [, options]", Doc: "Removes a file, a link or an empty folder; `{all = true}` a folder with all that is in it, and there may be nothing.", Run: m.remove},
		{Name: "rename", Args: "from, to", Doc: "Gives a file or folder another path; a file that is there is replaced.", Run: m.rename},
		{Name: "copy", Args: "from, to", Doc: "Copies a file with its permissions; a file that is there is replaced as a whole.", Run: m.copy},
		{Name: "read", Args: "path", Doc: "The whole content of a file.", Run: m.read},
		{Name: "write", Args: "path, text", Doc: "Writes a file as a whole: after an error the old one is still there.", Run: m.write},
		{Name: "tmp", Args: "[options]", Doc: "The path of a new folder that only you can enter, or `{file = true, ending = \".csv\"}` of a new empty file.", Run: m.tmp},
	}, pathRows()...)
}

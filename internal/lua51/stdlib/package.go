package stdlib

import (
	"fmt"
	"os"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/lua51/vm"
)

// defaultPath is where lua5.1 looks for modules.
const defaultPath = "./?.lua;/usr/local/share/lua/5.1/?.lua;/usr/local/share/lua/5.1/?/init.lua;" +
	"/usr/local/lib/lua/5.1/?.lua;/usr/local/lib/lua/5.1/?/init.lua;/usr/share/lua/5.1/?.lua;/usr/share/lua/5.1/?/init.lua"

// OpenPackage puts the library package and the function module into the
// globals (manual, section 5.3). require is the interpreter's, which loads for
// many tasks; it uses FindLoader. Libraries in C cannot be loaded.
func OpenPackage(L *lua.LState, env *Env) {
	env.install(L)
	loaded := loadedTable(L)
	t := openLibrary(L, "package", map[string]lua.LGFunction{"loadlib": packageLoadlib, "seeall": packageSeeall})
	env.packages = t
	loaders := L.NewTable()
	for _, loader := range []lua.LGFunction{
		func(L *lua.LState) int { return preloaded(L, env) },
		func(L *lua.LState) int { return fileLoader(L, env) },
		env.Last,
	} {
		if loader != nil {
			vm.Append(loaders, L.NewFunction(loader))
		}
	}
	t.RawSetString("loaded", loaded)
	t.RawSetString("preload", L.NewTable())
	t.RawSetString("loaders", loaders)
	t.RawSetString("path", lua.LString(pathFrom("LUA_PATH")))
	t.RawSetString("cpath", emptyString)
	t.RawSetString("config", lua.LString("/\n;\n?\n!\n-"))
	L.G.Global.RawSetString("module", L.NewFunction(baseModule))
}

// pathFrom is a path from the environment, in which ;; stands for the default.
func pathFrom(variable string) string {
	path, ok := os.LookupEnv(variable)
	if !ok {
		return defaultPath
	}
	return strings.ReplaceAll(path, ";;", ";"+defaultPath+";")
}

// FindLoader asks package.loaders for what loads a module, and raises an error
// when none of them knows it.
func (env *Env) FindLoader(L *lua.LState, name string) lua.LValue {
	loaders, ok := env.packages.RawGetString("loaders").(*lua.LTable)
	if !ok {
		raise(L, "'package.loaders' must be a table")
	}
	var tried strings.Builder
	for i := 1; ; i++ {
		loader := vm.GetInt(loaders, i)
		if loader == lua.LNil {
			if meant := env.Meant(name); meant != "" {
				tried.WriteString("\n\tdid you mean '" + meant + "'?")
			}
			raise(L, "module '%s' not found:%s", name, tried.String())
		}
		switch found := call(L, loader, lua.LString(name)); found.Type() {
		case lua.LTFunction:
			return found
		case lua.LTString, lua.LTNumber:
			text, _ := toText(found)
			tried.WriteString(text)
		}
	}
}

func preloaded(L *lua.LState, env *Env) int {
	name := checkString(L, 1)
	preload := env.packages.RawGetString("preload")
	if preload.Type() != lua.LTTable {
		raise(L, "'package.preload' must be a table")
	}
	fn := L.GetField(preload, name)
	if open := env.Own(name); fn == lua.LNil && open != nil {
		fn = L.NewFunction(open)
	}
	if fn == lua.LNil {
		fn = lua.LString(fmt.Sprintf("\n\tno field package.preload['%s']", name))
	}
	L.Push(fn)
	return 1
}

func fileLoader(L *lua.LState, env *Env) int {
	name := checkString(L, 1)
	path, ok := toText(L.GetField(env.packages, "path"))
	if !ok {
		raise(L, "'package.path' must be a string")
	}
	file, tried := SearchPath(path, name)
	if file == "" {
		var b strings.Builder
		for _, t := range tried {
			b.WriteString("\n\t" + t)
		}
		L.Push(lua.LString(b.String()))
		return 1
	}
	source, err := os.ReadFile(file)
	if err != nil {
		raise(L, "error loading module '%s' from file '%s':\n\tcannot read %s: %s", name, file, file, reason(err))
	}
	fn, err := compile(L, env, "@"+file, Source(string(source)), true)
	if err != nil {
		raise(L, "error loading module '%s' from file '%s':\n\t%s", name, file, err)
	}
	L.Push(fn)
	return 1
}

// SearchPath returns the first file of a path that holds a module, or what was
// looked for: "no file './m.lua'".
func SearchPath(path, module string) (file string, tried []string) {
	module = strings.ReplaceAll(module, ".", string(os.PathSeparator))
	for _, pattern := range strings.Split(path, ";") {
		if pattern == "" {
			continue
		}
		file := strings.ReplaceAll(pattern, "?", module)
		if info, err := os.Stat(file); err == nil && info.Mode().IsRegular() {
			return file, nil
		}
		tried = append(tried, fmt.Sprintf("no file '%s'", file))
	}
	return "", tried
}

// packageLoadlib says that there are no libraries in C, in the words of a
// lua5.1 without them.
func packageLoadlib(L *lua.LState) int {
	checkString(L, 1)
	checkString(L, 2)
	L.Push(lua.LNil)
	L.Push(lua.LString("dynamic libraries not enabled; check your Lua installation"))
	L.Push(lua.LString("absent"))
	return 3
}

func packageSeeall(L *lua.LState) int {
	t := checkTable(L, 1)
	mt, ok := t.Metatable.(*lua.LTable)
	if !ok {
		mt = L.NewTable()
		t.Metatable = mt
	}
	L.SetField(mt, "__index", L.Env)
	return 0
}

// baseModule is module(name [, option …]).
func baseModule(L *lua.LState) int {
	name := checkString(L, 1)
	options := L.GetTop()
	loaded := loadedTable(L)
	t, ok := L.GetField(loaded, name).(*lua.LTable)
	if !ok {
		if t = tableFor(L.Env, name); t == nil {
			raise(L, "name conflict for module '%s'", name)
		}
		L.SetField(loaded, name, t)
	}
	if L.GetField(t, "_NAME") == lua.LNil {
		L.SetField(t, "_M", t)
		L.SetField(t, "_NAME", lua.LString(name))
		L.SetField(t, "_PACKAGE", lua.LString(name[:strings.LastIndexByte(name, '.')+1]))
	}
	caller := functionAt(L, 1)
	if caller == nil || vm.IsNative(caller) {
		raise(L, "'module' not called from a Lua function")
	}
	caller.Env = t
	for arg := 2; arg <= options; arg++ {
		option := L.Get(arg)
		vm.CheckCallable(L, option)
		L.Push(option)
		L.Push(t)
		L.Call(1, 0)
	}
	return 0
}

// tableFor returns the table a.b.c in t, making those that are not there; nil
// when another value is in the way.
func tableFor(t *lua.LTable, name string) *lua.LTable {
	for _, part := range strings.Split(name, ".") {
		switch inner := t.RawGetString(part).(type) {
		case *lua.LTable:
			t = inner
		case *lua.LNilType:
			made := &lua.LTable{Metatable: lua.LNil}
			t.RawSetString(part, made)
			t = made
		default:
			return nil
		}
	}
	return t
}

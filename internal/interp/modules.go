package interp

import (
	"context"
	"fmt"
	"os"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/lua51/stdlib"
	"github.com/mpiclus/mpiclus-lua/internal/lua51/vm"
	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
)

// AddModule offers a module written in Go: require "name" runs open once,
// which pushes the module's table. Its members travel by name.
func (in *Interp) AddModule(name string, open lua.LGFunction) {
	if in.modules.offered == nil {
		in.modules.offered = map[string]lua.LGFunction{}
	}
	in.modules.offered[name] = open
}

// require is require(name) of scripts. What a module raises goes on as it is.
func (in *Interp) require(L *lua.LState) int {
	name := stdlib.CheckString(L, 1)
	v, err := in.load(L, name)
	if err != nil {
		luaerr.Raise(L, luaerr.From(err))
	}
	L.Push(v)
	return 1
}

// Require returns a module, loading it when this is its first use. While one
// task loads a module others wait for it; a load that failed can be tried
// again. It must be called by who holds the interpreter, from task code.
func (in *Interp) Require(L *lua.LState, name string) (v lua.LValue, err error) {
	L.Push(L.NewFunction(func(L *lua.LState) int {
		v, err = in.load(L, name)
		return 0
	}))
	if raised := vm.PCall(L, 0, 0, nil); raised != nil {
		return nil, raised
	}
	return v, err
}

// load is Require, but an error of the module itself is raised.
func (in *Interp) load(L *lua.LState, name string) (lua.LValue, error) {
	loaded := in.loadedTable()
	for {
		if v := loaded.RawGetString(name); lua.LVAsBool(v) {
			return v, nil
		}
		busy := in.modules.loading[name]
		if busy == nil {
			break
		}
		if err := in.awaitLoad(L, name, busy); err != nil {
			return nil, err
		}
	}
	if in.modules.loading == nil {
		in.modules.loading = map[string]*loading{}
	}
	mine := &loading{owner: in.holder, done: make(chan struct{})}
	in.modules.loading[name] = mine
	defer func() {
		delete(in.modules.loading, name)
		close(mine.done)
	}()
	v := in.runLoader(L, in.library.FindLoader(L, name), name)
	in.cfg.Codec.Names.AddModule(name, v)
	return v, nil
}

func (in *Interp) loadedTable() *lua.LTable {
	return in.root.G.Registry.RawGetString("_LOADED").(*lua.LTable)
}

// awaitLoad waits until another task has loaded a module, unless that task
// waits for this one in turn.
func (in *Interp) awaitLoad(L *lua.LState, name string, busy *loading) error {
	me := in.holder
	for l := busy; l != nil; l = l.owner.waiting {
		if l.owner == me {
			return luaerr.New(luaerr.Script, "loop while loading module '%s': it requires itself", name)
		}
	}
	me.waiting = busy
	defer func() { me.waiting = nil }()
	return in.Wait(L, func(ctx context.Context) error {
		select {
		case <-busy.done:
			return nil
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	})
}

// foundLoader is a loader of package.loaders: of what Config.Find gives.
func (in *Interp) foundLoader(L *lua.LState) int {
	if in.cfg.Find == nil {
		return 0
	}
	name := stdlib.CheckString(L, 1)
	var found Found
	err := in.Wait(L, func(ctx context.Context) (err error) {
		found, err = in.cfg.Find(ctx, name)
		return err
	})
	if err != nil {
		L.Push(lua.LString("\n\t" + err.Error()))
		return 1
	}
	if found.Loader != nil {
		fn, err := found.Loader(L)
		if err != nil {
			luaerr.Raise(L, luaerr.From(err))
		}
		L.Push(fn)
		return 1
	}
	fn, err := in.cfg.Codec.Chunks.Load(L, found.Name, stdlib.Source(found.Source))
	if err != nil {
		luaerr.Raise(L, luaerr.New(luaerr.Script, "error loading module '%s' from file '%s':\n\t%w", name, found.Name, err))
	}
	L.Push(fn)
	return 1
}

// runLoader runs what loads a module and returns what that is then: what it
// returned, or put into package.loaded, or true.
func (in *Interp) runLoader(L *lua.LState, fn lua.LValue, name string) lua.LValue {
	loaded := in.loadedTable()
	loaded.RawSetString(name, lua.LNil)
	L.Push(fn)
	L.Push(lua.LString(name))
	L.Call(1, 1)
	v := L.Get(-1)
	L.Pop(1)
	if v == lua.LNil {
		v = loaded.RawGetString(name)
	}
	if v == lua.LNil {
		v = lua.LTrue
	}
	loaded.RawSetString(name, v)
	return v
}

// iteratorsModule is the name under which the functions that pairs and ipairs
// return travel; no script can require it.
const iteratorsModule = "(iterators)"

// nameIterators makes the functions that pairs and ipairs return travel.
func (in *Interp) nameIterators(L *lua.LState) {
	in.iterators = L.NewTable()
	for _, name := range []string{"pairs", "ipairs"} {
		L.Push(L.GetGlobal(name))
		L.Push(L.NewTable())
		L.Call(1, 1)
		in.iterators.RawSetString(name, L.Get(-1))
		L.Pop(1)
	}
	in.cfg.Codec.Names.AddModule(iteratorsModule, in.iterators)
}

// Preloaded returns the function of package.preload that loads a module, nil
// when there is none that a script has put there.
func Preloaded(L *lua.LState, module string) *lua.LFunction {
	fn, ok := L.GetField(L.GetField(L.GetGlobal("package"), "preload"), module).(*lua.LFunction)
	if !ok || fn.IsG {
		return nil
	}
	return fn
}

// PackagePath returns package.path. Who calls it holds the interpreter.
func PackagePath(L *lua.LState) string {
	return lua.LVAsString(L.GetField(L.GetGlobal("package"), "path"))
}

// FindSource reads the file of a module as require would find it here: what
// the master answers a worker that has no such file. It needs the package
// path as it stands; the caller holds no interpreter.
func FindSource(path, module string) (name, source string, err error) {
	file, tried := stdlib.SearchPath(path, module)
	if file == "" {
		return "", "", fmt.Errorf("nor on the master: %s", strings.Join(tried, ", "))
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return "", "", err
	}
	return file, string(text), nil
}

// resolveModule is the receiver's side of values that travel by name: it
// gives the module, requiring it if need be.
func (in *Interp) resolveModule(L *lua.LState, name string) (lua.LValue, error) {
	switch name {
	case "_G":
		return L.G.Global, nil
	case iteratorsModule:
		return in.iterators, nil
	}
	return in.Require(L, name)
}

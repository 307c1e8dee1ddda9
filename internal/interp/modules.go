package interp

import (
	"context"
	"fmt"
	"os"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/lua51/vm"
	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
)

// modules are those that Go code offers, and those that are being loaded.
// Both are touched only by who holds the interpreter.
type modules struct {
	offered map[string]lua.LGFunction
	loading map[string]*loading
}

// loading is a module whose first require is not over.
type loading struct {
	owner *Task
	done  chan struct{}
}

// AddModule offers a module written in Go: require "name" runs open once,
// which pushes the module's table. Its members travel by name.
func (in *Interp) AddModule(name string, open lua.LGFunction) {
	if in.modules.offered == nil {
		in.modules.offered = map[string]lua.LGFunction{}
	}
	in.modules.offered[name] = open
}

func (in *Interp) require(L *lua.LState) int {
	v, err := in.Require(L, L.CheckString(1))
	if err != nil {
		e := luaerr.From(err)
		if e.Kind == luaerr.Script && e.Value != nil {
			L.Error(e.Value, 0)
		}
		luaerr.Raise(L, e)
	}
	L.Push(v)
	return 1
}

// Require gives a module, loading it when this is its first use. While one
// task loads a module others wait for it; a load that failed can be tried
// again. It must be called by who holds the interpreter, from task code.
func (in *Interp) Require(L *lua.LState, name string) (lua.LValue, error) {
	loaded := in.loadedTable()
	for {
		if v := loaded.RawGetString(name); v != lua.LNil {
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
	v, err := in.loadModule(L, name)
	if err != nil {
		return nil, err
	}
	loaded.RawSetString(name, v)
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

// loadModule finds a module and runs it: package.preload, then modules of Go
// code, then the files of package.path, then Config.Find.
func (in *Interp) loadModule(L *lua.LState, name string) (lua.LValue, error) {
	pack := L.GetGlobal("package")
	if fn := L.GetField(L.GetField(pack, "preload"), name); fn.Type() == lua.LTFunction {
		return in.runLoader(L, fn, name)
	}
	if open := in.modules.offered[name]; open != nil {
		return in.runLoader(L, L.NewFunction(open), name)
	}
	file, tried := findFile(lua.LVAsString(L.GetField(pack, "path")), name)
	if file != "" {
		fn, err := in.LoadFile(L, file)
		if err != nil {
			return nil, fmt.Errorf("error loading module '%s' from file '%s': %w", name, file, err)
		}
		return in.runLoader(L, fn, name)
	}
	if in.cfg.Find != nil {
		var chunk, source string
		err := in.Wait(L, func(ctx context.Context) (err error) {
			chunk, source, err = in.cfg.Find(ctx, name)
			return err
		})
		if err == nil {
			fn, err := in.cfg.Codec.Chunks.Load(L, chunk, dropShebang(source))
			if err != nil {
				return nil, fmt.Errorf("error loading module '%s' from file '%s': %w", name, chunk, err)
			}
			return in.runLoader(L, fn, name)
		}
		tried = append(tried, err.Error())
	}
	return nil, luaerr.New(luaerr.Script, "module '%s' not found:\n\t%s", name, strings.Join(tried, "\n\t"))
}

func (in *Interp) runLoader(L *lua.LState, fn lua.LValue, name string) (lua.LValue, error) {
	L.Push(fn)
	L.Push(lua.LString(name))
	if err := vm.PCall(L, 1, 1, nil); err != nil {
		return nil, err
	}
	v := L.Get(-1)
	L.Pop(1)
	if v == lua.LNil {
		v = in.loadedTable().RawGetString(name) // what module() put there
	}
	if v == lua.LNil {
		v = lua.LTrue
	}
	return v, nil
}

func findFile(path, module string) (found string, tried []string) {
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

// PackagePath gives package.path as it was when the interpreter last let go.
func (in *Interp) PackagePath() string {
	in.lock.acquire()
	defer in.lock.release()
	return lua.LVAsString(in.root.GetField(in.root.GetGlobal("package"), "path"))
}

// FindSource reads the file of a module as require would find it here: what
// the master answers a worker that has no such file. It needs the package
// path as it stands; the caller holds no interpreter.
func FindSource(path, module string) (name, source string, err error) {
	file, tried := findFile(path, module)
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
	if name == "_G" {
		return L.G.Global, nil
	}
	return in.Require(L, name)
}

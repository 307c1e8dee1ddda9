// Package luaplugin is the Lua module "plugin": plugin.load gives a table of
// the reduction ops and functions that a plugin adds.
//
// It needs no MPI. In a process that is in an MPI job, luampi tells it by an
// MPI how an op becomes one of MPI's and what a communicator is; elsewhere
// ops combine local arrays, functions that need no communicator work, and
// others raise.
package luaplugin

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/args"
	"github.com/mpiclus/mpiclus-lua/internal/interp"
	"github.com/mpiclus/mpiclus-lua/internal/lua51/vm"
	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
	"github.com/mpiclus/mpiclus-lua/luampi/outside"
	"github.com/mpiclus/mpiclus-lua/plugins"
	"github.com/mpiclus/mpiclus-lua/plugins/load"
	"github.com/mpiclus/mpiclus-lua/plugins/wire"
)

// MPI is what the module needs of a process that is in an MPI job. Its
// methods are called with the interpreter held and may let go of it.
type MPI interface {
	// Op gives the value that stands for an op in scripts: one that works
	// where mpi.SUM does.
	Op(L *lua.LState, op *Op) (lua.LValue, error)
	// IsComm tells whether a value is a communicator.
	IsComm(v lua.LValue) bool
	// Comm gives the ranks of a communicator, of COMM_WORLD for nil, for the
	// call of a function by a script; end must be called after it. The first
	// use of a communicator is collective.
	Comm(L *lua.LState, function string, v lua.LValue) (comm *plugins.Comm, end func(), err error)
}

// Config says what the module is connected to.
type Config struct {
	Loader *load.Loader
	MPI    MPI // nil outside MPI
}

// module is the state of the Lua module in one interpreter. Only who holds
// the interpreter touches it.
type module struct {
	in     *interp.Interp
	cfg    Config
	tables map[*load.Plugin]*lua.LTable
	opMT   *lua.LTable
}

// travelPrefix stands before the name of a plugin where its members travel by
// name to another process, which loads it then.
const travelPrefix = "plugin:"

// Add offers the module "plugin" to an interpreter. What a plugin adds
// travels by name from then on: the receiver loads the plugin itself.
func Add(in *interp.Interp, cfg Config) {
	m := &module{in: in, cfg: cfg, tables: map[*load.Plugin]*lua.LTable{}}
	in.AddModule("plugin", m.open)
	codec := in.Codec()
	next := codec.Resolve
	codec.Resolve = func(L *lua.LState, name string) (lua.LValue, error) {
		if place, ok := strings.CutPrefix(name, travelPrefix); ok {
			found, checksum, _ := strings.Cut(place, "#")
			return m.load(L, found, checksum)
		}
		return next(L, name)
	}
}

func (m *module) open(L *lua.LState) int {
	L.Push(L.SetFuncs(L.NewTable(), map[string]lua.LGFunction{
		"load": m.luaLoad, "list": m.luaList, "about": m.luaAbout,
	}))
	return 1
}

// luaLoad is load(name or path, {checksum=}) → table of ops and functions.
func (m *module) luaLoad(L *lua.LState) int {
	name, ok := L.Get(1).(lua.LString)
	if !ok {
		args.RaiseExpected(L, "load", 1, "name", "name or path of a plugin", L.Get(1))
	}
	checksum := ""
	if v := L.Get(2); v != lua.LNil {
		opts, ok := v.(*lua.LTable)
		if !ok {
			args.RaiseExpected(L, "load", 2, "opts", "table", v)
		}
		vm.ForEach(opts, func(k, v lua.LValue) {
			s, isText := v.(lua.LString)
			if k != lua.LString("checksum") || !isText {
				luaerr.RaiseArg(L, "load", 2, "opts", "no option %v: there is checksum = \"sha256:…\"", k)
			}
			checksum = string(s)
		})
	}
	t, err := m.load(L, string(name), checksum)
	if err != nil {
		luaerr.Raise(L, luaerr.From(err))
	}
	L.Push(t)
	return 1
}

// load returns the table of a plugin; one that was loaded before is given
// again.
func (m *module) load(L *lua.LState, name, checksum string) (lua.LValue, error) {
	var p *load.Plugin
	err := m.in.Wait(L, func(ctx context.Context) (err error) {
		p, err = m.cfg.Loader.Load(ctx, name, checksum)
		return err
	})
	if err != nil {
		return nil, err
	}
	t := m.tables[p]
	if t == nil {
		if t, err = m.table(L, p); err != nil {
			return nil, err
		}
		if known := m.tables[p]; known != nil { // another task was faster
			return known, nil
		}
		m.tables[p] = t
	}
	if strings.ContainsRune(name, filepath.Separator) {
		name = p.Path() // others have another working directory
	}
	place := travelPrefix + name
	if checksum != "" {
		place += "#" + checksum
	}
	m.in.Codec().Names.AddModule(place, t)
	return t, nil
}

// table makes the table of what a plugin adds.
func (m *module) table(L *lua.LState, p *load.Plugin) (*lua.LTable, error) {
	about := p.About()
	t := L.NewTable()
	for _, op := range about.GetOps() {
		v, err := m.opValue(L, &Op{Plugin: p, About: op, in: m.in})
		if err != nil {
			return nil, err
		}
		t.RawSetString(op.GetName(), v)
	}
	for _, f := range about.GetFunctions() {
		t.RawSetString(f.GetName(), L.NewFunction(m.function(p, f)))
	}
	mt := L.NewTable()
	title := fmt.Sprintf("plugin %s %s (%s)", about.GetName(), about.GetVersion(), p.Path())
	mt.RawSetString("__tostring", L.NewFunction(func(L *lua.LState) int {
		L.Push(lua.LString(title))
		return 1
	}))
	mt.RawSetString("__index", L.NewFunction(func(L *lua.LState) int {
		luaerr.Raise(L, luaerr.New(luaerr.Argument, "plugin %s %s has no %s; it has %s",
			about.GetName(), about.GetVersion(), L.Get(2), members(about)))
		return 0
	}))
	t.Metatable = mt
	return t, nil
}

func members(about *wire.Description) string {
	var names []string
	for _, op := range about.GetOps() {
		names = append(names, op.GetName())
	}
	for _, f := range about.GetFunctions() {
		names = append(names, f.GetName())
	}
	if names == nil {
		return "nothing"
	}
	return strings.Join(names, ", ")
}

// luaList is list() → {{name=, path=}, …}: what load finds by name.
func (m *module) luaList(L *lua.LState) int {
	list := L.NewTable()
	for _, f := range m.cfg.Loader.List() {
		t := L.NewTable()
		t.RawSetString("name", lua.LString(f.Name))
		t.RawSetString("path", lua.LString(f.Path))
		vm.Append(list, t)
	}
	L.Push(list)
	return 1
}

// luaAbout is about(p) → {name=, version=, doc=, path=, ops=, functions=} of
// the table that load gave.
func (m *module) luaAbout(L *lua.LState) int {
	for p, t := range m.tables {
		if t != L.Get(1) {
			continue
		}
		a := p.About()
		out := L.NewTable()
		for name, text := range map[string]string{"name": a.GetName(), "version": a.GetVersion(), "doc": a.GetDoc(), "path": p.Path()} {
			out.RawSetString(name, lua.LString(text))
		}
		ops, functions := L.NewTable(), L.NewTable()
		for _, op := range a.GetOps() {
			ops.RawSetString(op.GetName(), lua.LString(op.GetDoc()))
		}
		for _, f := range a.GetFunctions() {
			functions.RawSetString(f.GetName(), lua.LString(f.GetDoc()))
		}
		out.RawSetString("ops", ops)
		out.RawSetString("functions", functions)
		L.Push(out)
		return 1
	}
	args.RaiseExpected(L, "about", 1, "plugin", "what plugin.load gave", L.Get(1))
	return 0
}

// function makes the Lua function of a plugin's function.
func (m *module) function(p *load.Plugin, f *wire.Function) lua.LGFunction {
	name := p.About().GetName() + "." + f.GetName()
	return func(L *lua.LState) int {
		args := make([]lua.LValue, L.GetTop())
		for i := range args {
			args[i] = L.Get(i + 1)
		}
		var c *load.Call
		m.wait(L, func(ctx context.Context) (err error) {
			c, err = p.Call(ctx, f.GetName())
			return err
		})
		defer c.End()
		var comm *plugins.Comm
		if f.GetCommunicates() {
			var end func()
			comm, args, end = m.takeComm(L, name, args)
			defer end()
		}
		x := &exchange{call: c, name: name}
		values, err := x.encodeAll(args)
		if err != nil {
			luaerr.Raise(L, luaerr.From(err))
		}
		var resp *wire.Response
		m.wait(L, func(ctx context.Context) (err error) {
			resp, err = c.Run(ctx, comm, values)
			return err
		})
		results, err := x.results(L, resp)
		if err != nil {
			luaerr.Raise(L, luaerr.From(err))
		}
		for _, v := range results {
			L.Push(v)
		}
		return len(results)
	}
}

// wait waits without the interpreter and raises the error.
func (m *module) wait(L *lua.LState, f func(ctx context.Context) error) {
	if err := m.in.Wait(L, f); err != nil {
		luaerr.Raise(L, luaerr.From(err))
	}
}

// takeComm takes the communicator off the end of the arguments.
func (m *module) takeComm(L *lua.LState, name string, args []lua.LValue) (*plugins.Comm, []lua.LValue, func()) {
	if m.cfg.MPI == nil {
		luaerr.Raise(L, luaerr.New(luaerr.MPI, "%s communicates: %s", name, outside.Message))
	}
	v := lua.LNil
	if n := len(args); n > 0 && m.cfg.MPI.IsComm(args[n-1]) {
		v, args = args[n-1], args[:n-1]
	}
	comm, end, err := m.cfg.MPI.Comm(L, name, v)
	if err != nil {
		luaerr.Raise(L, luaerr.From(err))
	}
	return comm, args, end
}

// Package cluster is the Lua module "cluster" as every process has it, master
// and worker alike: who is here, calls to other processes, futures, channels,
// parallel loops. The host adds managers on the master; elsewhere what only
// the master can do raises an error that says so.
package cluster

import (
	"context"
	"maps"
	"sync/atomic"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/args"
	"github.com/mpiclus/mpiclus-lua/internal/eval"
	"github.com/mpiclus/mpiclus-lua/internal/interp"
	"github.com/mpiclus/mpiclus-lua/internal/lua51/stdlib"
	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
	"github.com/mpiclus/mpiclus-lua/internal/objects"
	"github.com/mpiclus/mpiclus-lua/internal/rpc"
	"github.com/mpiclus/mpiclus-lua/internal/value"
)

// Config describes the process that a module belongs to. The functions may be
// nil: then there is nothing of the kind.
type Config struct {
	Interp *interp.Interp
	Node   rpc.Config // Codec is the interpreter's, Layers are set by New
	// Layers returns what stands on the node besides this module and what it is
	// made of. It is called by New, and may keep m.
	Layers func(m *Module) []rpc.Layer
	// Report shows a text to the user (see eval.New).
	Report func(text string)
	// MasterOnly are functions of the Lua module that only the master may call:
	// a rank of an MPI job has all of the host's, and may become a worker.
	MasterOnly map[string]lua.LGFunction

	// Revive starts the jobs of workers that died again and returns the new
	// workers, for parallel loops that have none left. It is called without the
	// interpreter.
	Revive func(ctx context.Context, dead []rpc.Pid) ([]rpc.Pid, error)
	// SameJob reports whether two workers, which may be dead, were of one MPI
	// job.
	SameJob func(a, b rpc.Pid) bool
	// Manager returns the value that a script on the master has for the manager
	// of a number, nil when there is none.
	Manager func(L *lua.LState, number uint32) lua.LValue
	// Recovered waits until the job of a worker that was lost has been started
	// afresh, and reports whether it was.
	Recovered func(ctx context.Context, lost rpc.Pid) bool
	// Settle waits for jobs that are being started afresh.
	Settle func(ctx context.Context)
	// Stopped is called when interrupt was called for this process, beside what
	// others asked it to do.
	Stopped func(why *luaerr.Error)
}

// Module is the Lua module of a process, and what it stands on.
type Module struct {
	Node    *rpc.Node
	Eval    *eval.Evaluator
	Objects *objects.Store

	cfg         Config
	interp      *interp.Interp
	leaving     atomic.Bool
	definitions definitions
	library     library
	pool        *workerPool // of all workers; see defaultPool
	turn        int         // of spawnat "any"; who holds the interpreter owns it
}

// New makes a process a part of a cluster: its node with all services, and the
// Lua module "cluster" of its interpreter.
func New(cfg Config) *Module {
	m := &Module{cfg: cfg, interp: cfg.Interp}
	m.definitions.turn = make(chan struct{}, 1)
	m.definitions.giveBack()
	m.library.open()
	cfg.Node.Codec = cfg.Interp.Codec()
	cfg.Node.Layers = m.layers
	rpc.New(cfg.Node)
	m.register()
	m.interp.AddModule("cluster", m.open)
	return m
}

// layers returns what stands on the node of the process.
func (m *Module) layers(n *rpc.Node) []rpc.Layer {
	m.Node = n
	m.Eval = eval.New(n, m.interp, m.cfg.Report)
	m.Objects = objects.New(m.Eval)
	layers := []rpc.Layer{m.Eval.Layer(), m.Objects.Layer(), m.layer()}
	if m.cfg.Layers != nil {
		layers = append(layers, m.cfg.Layers(m)...)
	}
	return layers
}

func (m *Module) layer() rpc.Layer {
	return rpc.Layer{Gone: m.library.forget, Services: []rpc.Service{
		{Name: serviceEverywhere, Serve: m.serveEverywhere},
		{Name: serviceFold, Serve: m.serveFold},
		{Name: serviceInstall, Serve: m.serveInstall},
		{Name: serviceUninstall, Serve: m.serveUninstall},
		{Name: serviceMap, Serve: m.serveMap},
		{Name: serviceApply, Serve: m.serveApply},
		{Name: serviceInterrupt, Inline: true, Always: true, Serve: m.serveInterrupt},
		{Name: serviceSettle, Values: true, Always: true, Serve: m.serveSettle},
		{Name: serviceStatus, Values: true, Inline: true, Always: true, Serve: m.serveStatus},
	}}
}

// open is the loader: require "cluster".
func (m *Module) open(L *lua.LState) int {
	module := L.NewTable()
	functions := map[string]lua.LGFunction{}
	for _, name := range masterOnly {
		functions[name] = m.refuse("cluster." + name)
	}
	for _, part := range []map[string]lua.LGFunction{
		m.processFunctions(), m.callFunctions(), m.referenceFunctions(), m.loopFunctions(),
	} {
		maps.Copy(functions, part)
	}
	for name, f := range m.cfg.MasterOnly {
		functions[name] = m.onMaster(name, f)
	}
	for name, f := range functions {
		functions[name] = refuseSurplus(name, f)
	}
	L.SetFuncs(module, functions)
	for _, mode := range []string{"MPI_ON_WORKERS", "TCP_TRANSPORT_ALL", "MPI_TRANSPORT_ALL"} {
		module.RawSetString(mode, lua.LString(mode))
	}
	m.openMetatables(L, module)
	L.Push(module)
	return 1
}

// masterOnly are the functions that a process needs to be the master for.
var masterOnly = []string{
	"MPIManager", "MPIWorkerManager", "addprocs", "mpido", "rmprocs", "start_main_loop", "stop_main_loop",
}

func (m *Module) refuse(name string) lua.LGFunction {
	return func(L *lua.LState) int {
		luaerr.Raise(L, luaerr.New(luaerr.Argument,
			"%s is for the master, and this is pid %d: have the master do it with cluster.remotecall_fetch(f, 1)", name, m.Node.Self()))
		return 0
	}
}

// onMaster returns a function that raises an error anywhere but on the master.
func (m *Module) onMaster(name string, f lua.LGFunction) lua.LGFunction {
	refuse := m.refuse("cluster." + name)
	return func(L *lua.LState) int {
		if m.Node.Self() != rpc.Master {
			return refuse(L)
		}
		return f(L)
	}
}

// Rest gives the arguments of a call from the nth on.
func Rest(L *lua.LState, n int) []lua.LValue {
	top := L.GetTop()
	if n > top {
		return nil
	}
	vs := make([]lua.LValue, 0, top-n+1)
	for ; n <= top; n++ {
		vs = append(vs, L.Get(n))
	}
	return vs
}

// BodyKinds is what Body takes, for errors.
const BodyKinds = "a function or a string of Lua source"

// Body gives what is to run elsewhere: a function as it is, a string of Lua
// source compiled, so that its errors show here and at once. nil: v is neither.
func Body(in *interp.Interp, L *lua.LState, v lua.LValue) *lua.LFunction {
	switch v := v.(type) {
	case *lua.LFunction:
		return v
	case lua.LString:
		fn, err := in.Codec().Chunks.LoadTemporary(L, stdlib.ShortSource(string(v)), string(v))
		if err != nil {
			luaerr.Raise(L, luaerr.New(luaerr.Argument, "%s%w", luaerr.Where(L), err))
		}
		return fn
	}
	return nil
}

// BodyArgument reads argument n of a call as what is to run elsewhere.
func BodyArgument(in *interp.Interp, L *lua.LState, n int, call string) *lua.LFunction {
	fn := Body(in, L, L.Get(n))
	if fn == nil {
		luaerr.RaiseArg(L, call, n, "", "%s expected, got %s", BodyKinds, args.Show(L.Get(n)))
	}
	return fn
}

// message encodes a function and its arguments, or raises why they cannot
// travel.
func (m *Module) message(L *lua.LState, what string, fn lua.LValue, args []lua.LValue) *value.Message {
	msg, err := m.interp.Codec().Encode(L, what, append([]lua.LValue{fn}, args...)...)
	if err != nil {
		luaerr.Raise(L, luaerr.From(err))
	}
	return msg
}

// wait waits without the interpreter; an error is raised.
func (m *Module) wait(L *lua.LState, wait func(ctx context.Context) error) {
	if err := m.interp.Wait(L, wait); err != nil {
		luaerr.Raise(L, luaerr.From(err))
	}
}

// push pushes the values of an answer, or raises its error.
func (m *Module) push(L *lua.LState, reply *rpc.Reply) int {
	return pushAll(L, m.values(L, reply))
}

func (m *Module) values(L *lua.LState, reply *rpc.Reply) []lua.LValue {
	vs, err := m.Eval.Values(L, reply)
	if err != nil {
		luaerr.Raise(L, luaerr.From(err))
	}
	return vs
}

func pushAll(L *lua.LState, vs []lua.LValue) int {
	for _, v := range vs {
		L.Push(v)
	}
	return len(vs)
}

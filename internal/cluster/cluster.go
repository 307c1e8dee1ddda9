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

	"github.com/mpiclus/mpiclus-lua/internal/interp"
	"github.com/mpiclus/mpiclus-lua/internal/lua51/stdlib"
	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
	"github.com/mpiclus/mpiclus-lua/internal/node"
	"github.com/mpiclus/mpiclus-lua/internal/value"
)

// Module is the Lua module of a process.
type Module struct {
	node   *node.Node
	interp *interp.Interp
	extra  map[string]lua.LGFunction

	// Revive starts the jobs of workers that died again and gives the new
	// workers, for parallel loops that have none left. Nil: it cannot be done.
	// It is called without the interpreter.
	Revive func(ctx context.Context, dead []node.Pid) ([]node.Pid, error)
	// SameJob tells whether two workers, which may be dead, were of one MPI
	// job. Nil: no two are.
	SameJob func(a, b node.Pid) bool
	// Manager gives the value that a script on the master has for the manager
	// of a number, nil when there is none. Nil: this process is never the master.
	Manager func(L *lua.LState, number uint32) lua.LValue
	// Recovered waits until the job of a worker that was lost has been started
	// afresh, and reports whether it was; nil: no job ever is.
	Recovered func(ctx context.Context, lost node.Pid) bool
	// Settle waits for jobs that are being started afresh; nil: none ever is.
	Settle func(ctx context.Context)
	// Stopped is told that interrupt was called for this process, beside what
	// others asked it to do. It may be nil, and is set before there are others.
	Stopped func(why *luaerr.Error)

	leaving     atomic.Bool
	definitions definitions
	library     library
	pool        *workerPool // of all workers; see defaultPool
	turn        int         // of spawnat "any"; who holds the interpreter owns it
}

// New makes the module of a node, which has no links yet. extra are functions
// that only this kind of process has; they come on top of the common ones.
func New(n *node.Node, extra map[string]lua.LGFunction) *Module {
	m := &Module{node: n, interp: n.Interp(), extra: extra}
	m.definitions.turn = make(chan struct{}, 1)
	m.definitions.giveBack()
	m.library.open()
	n.WhenGone(m.library.forget)
	m.offer()
	m.register()
	return m
}

func (m *Module) offer() {
	for _, s := range []node.Service{
		{Name: serviceEverywhere, Start: m.startEverywhere},
		{Name: serviceFold, Start: m.startFold},
		{Name: serviceInstall, Start: m.startInstall},
		{Name: serviceUninstall, Start: m.startUninstall},
		{Name: serviceMap, Start: m.startMap},
		{Name: serviceApply, Start: m.startApply},
		{Name: serviceInterrupt, Inline: true, Always: true, Start: m.startInterrupt},
		{Name: serviceSettle, Data: true, Always: true, Start: m.startSettle},
		{Name: serviceStatus, Data: true, Inline: true, Always: true, Start: m.startStatus},
	} {
		m.node.Offer(s)
	}
}

// Open is the loader: require "cluster".
func (m *Module) Open(L *lua.LState) int {
	module := L.NewTable()
	functions := map[string]lua.LGFunction{}
	for _, name := range masterOnly {
		functions[name] = m.refuse("cluster." + name)
	}
	for _, part := range []map[string]lua.LGFunction{
		m.processFunctions(), m.callFunctions(), m.referenceFunctions(), m.loopFunctions(), m.extra,
	} {
		maps.Copy(functions, part)
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
			"%s is for the master, and this is pid %d: have the master do it with cluster.remotecall_fetch(f, 1)", name, m.node.Self()))
		return 0
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
		luaerr.RaiseArg(L, call, n, "", "%s expected, got %s", BodyKinds, Describe(L.Get(n)))
	}
	return fn
}

// message encodes a function and its arguments, or raises why they cannot
// travel.
func (m *Module) message(L *lua.LState, what string, fn lua.LValue, args []lua.LValue) *value.Message {
	msg, err := m.node.Codec().Encode(L, what, append([]lua.LValue{fn}, args...)...)
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
func (m *Module) push(L *lua.LState, reply *node.Reply) int {
	return pushAll(L, m.values(L, reply))
}

func (m *Module) values(L *lua.LState, reply *node.Reply) []lua.LValue {
	vs, err := m.node.Values(L, reply)
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

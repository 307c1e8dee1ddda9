// Package cluster is the Lua module "cluster" as every process has it, master
// and worker alike: who is here, calls to other processes, futures, channels,
// parallel loops. The host adds managers on the master; elsewhere what only
// the master can do raises an error that says so.
package cluster

import (
	"maps"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/eval"
	"github.com/mpiclus/mpiclus-lua/internal/objects"
	"github.com/mpiclus/mpiclus-lua/internal/rpc"
)

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

// register tells how values of this package are made again where they arrive.
func (m *Module) register() {
	codec := m.interp.Codec()
	for _, kind := range []string{objects.KindFuture, objects.KindChannel} {
		codec.Register(kind, func(L *lua.LState, data []byte) (lua.LValue, error) {
			ref, err := m.Objects.Hold(L, kind, data)
			if err != nil {
				return nil, err
			}
			return m.wrapReference(L, ref), nil
		})
	}
	codec.Register(kindPool, m.decodePool)
	codec.Register(KindManager, m.decodeManager)
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
	"MPIManager", "MPIWorkerManager", "addprocs", "mpido", "rmprocs", "start_main_loop", "stop_main_loop", "where",
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

func (m *Module) processFunctions() map[string]lua.LGFunction {
	return map[string]lua.LGFunction{
		"myid":      m.myid,
		"procs":     m.procs,
		"workers":   func(L *lua.LState) int { L.Push(PidList(L, m.workers())); return 1 },
		"nprocs":    func(L *lua.LState) int { L.Push(lua.LNumber(len(m.Node.Members()))); return 1 },
		"nworkers":  func(L *lua.LState) int { L.Push(lua.LNumber(len(m.workers()))); return 1 },
		"mpiprocs":  m.mpiprocs,
		"each":      each,
		"interrupt": m.interrupt,
		"timedwait": m.timedwait,
		"sleep":     m.sleep,
		"status":    m.status,
	}
}

func (m *Module) callFunctions() map[string]lua.LGFunction {
	return map[string]lua.LGFunction{
		"remotecall":       m.remotecall,
		"remotecall_fetch": m.remotecallFetch,
		"remotecall_wait":  m.remotecallWait,
		"remote_do":        m.remoteDo,
		"spawnat":          m.spawnat,
		"everywhere":       m.everywhere,
	}
}

func (m *Module) referenceFunctions() map[string]lua.LGFunction {
	return map[string]lua.LGFunction{
		"fetch":         m.fetch,
		"wait":          m.waitFor,
		"waitany":       m.waitAny,
		"as_completed":  m.asCompleted,
		"isready":       m.isready,
		"RemoteChannel": m.newChannel,
		"put":           m.put,
		"take":          m.take,
		"close":         m.close,
		"isopen":        m.isopen,
	}
}

func (m *Module) loopFunctions() map[string]lua.LGFunction {
	return map[string]lua.LGFunction{
		"distributed":         m.distributed,
		"pmap":                m.pmap,
		"WorkerPool":          m.newWorkerPool,
		"CachingPool":         m.newCachingPool,
		"default_worker_pool": m.defaultWorkerPool,
	}
}

package cluster

import (
	"context"
	"errors"
	"slices"
	"sync/atomic"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/eval"
	"github.com/mpiclus/mpiclus-lua/internal/interp"
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

func (m *Module) refuse(name string) lua.LGFunction {
	return func(L *lua.LState) int {
		luaerr.Raise(L, luaerr.New(luaerr.Argument,
			"%s is for the master, and this is pid %d: have the master do it with cluster.remotecall_fetch(f, 1)", name, m.Node.Self()))
		return 0
	}
}

// wait waits without the interpreter; an error is raised.
func (m *Module) wait(L *lua.LState, wait func(ctx context.Context) error) {
	if err := m.interp.Wait(L, wait); err != nil {
		luaerr.Raise(L, luaerr.From(err))
	}
}

// stopped is the error of a wait that was left.
func stopped(ctx context.Context) error {
	cause := context.Cause(ctx)
	if e := luaerr.From(cause); e.Kind != luaerr.Script {
		return e
	}
	return luaerr.New(luaerr.Interrupted, "interrupted")
}

// start makes a request in the name of the task that holds the interpreter.
func (m *Module) start(pid rpc.Pid, req rpc.Request) *rpc.Call {
	return m.Node.Start(m.interp.Current().Context(), pid, req)
}

// call makes a request and waits for the reply.
func (m *Module) call(L *lua.LState, pid rpc.Pid, req rpc.Request) (reply *rpc.Reply) {
	call := m.start(pid, req)
	m.wait(L, func(ctx context.Context) (err error) {
		reply, err = call.Await(ctx)
		return err
	})
	return reply
}

// callAll is rpc.Node.CallAll where all must reply. The error is that of all
// failures.
func (m *Module) callAll(ctx context.Context, pids []rpc.Pid, req rpc.Request) ([]*rpc.Reply, error) {
	replies, errs := m.Node.CallAll(ctx, pids, req)
	return replies, errors.Join(errs...)
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

// message encodes a function and its arguments, or raises why they cannot
// travel.
func (m *Module) message(L *lua.LState, what string, fn lua.LValue, args []lua.LValue) *value.Message {
	msg, err := m.interp.Codec().Encode(L, what, append([]lua.LValue{fn}, args...)...)
	if err != nil {
		luaerr.Raise(L, luaerr.From(err))
	}
	return msg
}

// workers lists the pids of all workers; without any, the master's.
func (m *Module) workers() []rpc.Pid {
	return workersOf(m.Node.Members())
}

func workersOf(members []rpc.Pid) []rpc.Pid {
	if len(members) > 1 {
		members = slices.DeleteFunc(members, func(p rpc.Pid) bool { return p == rpc.Master })
	}
	return members
}

func (m *Module) settle(ctx context.Context) {
	if m.cfg.Settle != nil {
		m.cfg.Settle(ctx)
	}
}

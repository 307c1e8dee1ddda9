// Package cluster is the part of the Lua module "cluster" that every process
// has, master and worker alike: who is here, and calls to other processes.
// The host adds managers on the master.
package cluster

import (
	"context"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/interp"
	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
	"github.com/mpiclus/mpiclus-lua/internal/node"
)

// Module is the Lua module of a process.
type Module struct {
	node   *node.Node
	interp *interp.Interp
	extra  map[string]lua.LGFunction
}

// New makes the module of a node. extra are functions that only this kind of
// process has; they come on top of the common ones.
func New(n *node.Node, extra map[string]lua.LGFunction) *Module {
	return &Module{node: n, interp: n.Interp(), extra: extra}
}

// Open is the loader: require "cluster".
func (m *Module) Open(L *lua.LState) int {
	module := L.NewTable()
	L.SetFuncs(module, map[string]lua.LGFunction{
		"myid":             m.myid,
		"remotecall_fetch": m.remotecallFetch,
	})
	L.SetFuncs(module, m.extra)
	L.Push(module)
	return 1
}

func (m *Module) myid(L *lua.LState) int {
	L.Push(lua.LNumber(m.node.Self()))
	return 1
}

// Rest gives the arguments of a call from the nth on.
func Rest(L *lua.LState, n int) []lua.LValue {
	var vs []lua.LValue
	for ; n <= L.GetTop(); n++ {
		vs = append(vs, L.Get(n))
	}
	return vs
}

// Body reads argument n as what is to run elsewhere: a function, or a string
// of Lua source, which is compiled here so that its errors show at once.
func (m *Module) Body(L *lua.LState, n int) lua.LValue {
	return Body(m.interp, L, n)
}

// Body is Module.Body without a module.
func Body(in *interp.Interp, L *lua.LState, n int) lua.LValue {
	switch v := L.Get(n).(type) {
	case *lua.LFunction:
		return v
	case lua.LString:
		fn, err := in.Codec().Chunks.LoadTemporary(L, "=(chunk)", string(v))
		if err != nil {
			luaerr.Raise(L, luaerr.New(luaerr.Argument, "%w", err))
		}
		return fn
	}
	luaerr.Raise(L, luaerr.New(luaerr.Argument, "bad argument #%d (a function or a string of Lua source expected, got %s)", n, L.Get(n).Type()))
	return nil
}

// remotecallFetch is remotecall_fetch(f, pid, ...): calls f there and gives
// what it returns.
func (m *Module) remotecallFetch(L *lua.LState) int {
	fn := m.Body(L, 1)
	pid := node.Pid(L.CheckInt(2))
	msg, err := m.node.Codec().Encode(L, "the call", append([]lua.LValue{fn}, Rest(L, 3)...)...)
	if err != nil {
		luaerr.Raise(L, luaerr.From(err))
	}
	var reply *node.Reply
	err = m.interp.Wait(L, func(ctx context.Context) error {
		if reply, err = m.node.Call(ctx, pid, node.AskCall(msg)); err != nil {
			return err
		}
		return m.node.FetchSources(ctx, pid, reply.Message)
	})
	var vs []lua.LValue
	if err == nil {
		vs, err = m.node.Values(L, reply)
	}
	if err != nil {
		luaerr.Raise(L, luaerr.From(err))
	}
	for _, v := range vs {
		L.Push(v)
	}
	return len(vs)
}

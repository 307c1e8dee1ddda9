package cluster

import (
	"context"
	"fmt"
	"math"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
	"github.com/mpiclus/mpiclus-lua/internal/node"
)

// Metatables of the userdata, in Lua's registry.
const (
	futureMeta  = "mpiclus.future"
	channelMeta = "mpiclus.channel"
	poolMeta    = "mpiclus.pool"
)

// register tells how values of this package are made again where they arrive.
func (m *Module) register() {
	codec := m.node.Codec()
	for _, kind := range []string{node.KindFuture, node.KindChannel} {
		codec.Register(kind, func(L *lua.LState, data []byte) (lua.LValue, error) {
			ref, err := m.node.Hold(L, kind, data)
			if err != nil {
				return nil, err
			}
			return m.wrapReference(L, ref), nil
		})
	}
	codec.Register(kindPool, m.decodePool)
	codec.Register(KindManager, decodeManager)
}

func (m *Module) referenceFunctions() map[string]lua.LGFunction {
	return map[string]lua.LGFunction{
		"fetch":         m.fetch,
		"wait":          m.waitFor,
		"isready":       m.isready,
		"RemoteChannel": m.newChannel,
		"put":           m.put,
		"take":          m.take,
		"close":         m.close,
		"isopen":        m.isopen,
	}
}

// openMetatables makes the methods of futures and channels.
func (m *Module) openMetatables(L *lua.LState, module *lua.LTable) {
	methods := func(meta string, names ...string) {
		mt := L.NewTypeMetatable(meta)
		index := L.NewTable()
		for _, name := range names {
			index.RawSetString(name, module.RawGetString(name))
		}
		mt.RawSetString("methods", index) // for messages about names that are not there
		mt.RawSetString("__index", L.NewFunction(func(L *lua.LState) int {
			name := L.CheckString(2)
			if ref := reference(L, 1); ref != nil && name == "where" {
				L.Push(lua.LNumber(ref.ID.Owner))
			} else {
				L.Push(index.RawGetString(name))
			}
			return 1
		}))
		mt.RawSetString("__eq", L.NewFunction(func(L *lua.LState) int {
			a, b := reference(L, 1), reference(L, 2)
			L.Push(lua.LBool(a != nil && b != nil && a.Equal(b)))
			return 1
		}))
		mt.RawSetString("__tostring", L.NewFunction(func(L *lua.LState) int {
			ref := reference(L, 1)
			L.Push(lua.LString(fmt.Sprintf("%s(on pid %d)", ref.Kind, ref.ID.Owner)))
			return 1
		}))
	}
	methods(futureMeta, "fetch", "wait", "isready")
	methods(channelMeta, "put", "take", "fetch", "wait", "isready", "close", "isopen")
	m.openPool(L)
}

func (m *Module) wrapReference(L *lua.LState, ref *node.Reference) *lua.LUserData {
	meta := futureMeta
	if ref.Kind == node.KindChannel {
		meta = channelMeta
	}
	return m.wrap(L, ref, meta)
}

// wrap makes the userdata of a value of this package. It may have come from
// another process before a script here has asked for the module.
func (m *Module) wrap(L *lua.LState, v any, meta string) *lua.LUserData {
	ud := L.NewUserData()
	mt := L.NewTypeMetatable(meta)
	if mt.RawGetString("__index") == lua.LNil {
		if _, err := m.interp.Require(L, "cluster"); err != nil {
			panic("cluster: a module in Go that cannot be loaded: " + err.Error())
		}
	}
	ud.Value, ud.Metatable = v, mt
	return ud
}

func (m *Module) pushReference(L *lua.LState, ref *node.Reference) int {
	L.Push(m.wrapReference(L, ref))
	return 1
}

// reference gives argument n when it is a future or channel, else nil.
func reference(L *lua.LState, n int) *node.Reference {
	if ud, ok := L.Get(n).(*lua.LUserData); ok {
		ref, _ := ud.Value.(*node.Reference)
		return ref
	}
	return nil
}

func checkReference(L *lua.LState, call, kind, what string) *node.Reference {
	ref := reference(L, 1)
	if ref == nil || kind != "" && ref.Kind != kind {
		luaerr.RaiseArg(L, call, 1, "", "%s expected, got %s", what, Describe(L.Get(1)))
	}
	return ref
}

func checkChannel(L *lua.LState, call string) *node.Reference {
	return checkReference(L, call, node.KindChannel, "a channel")
}

// fetch is fetch(x): the values of a future, the first item of a channel,
// which stays there, or x itself.
func (m *Module) fetch(L *lua.LState) int {
	ref := reference(L, 1)
	if ref == nil {
		L.Push(L.CheckAny(1))
		return 1
	}
	if ref.Cache == nil || ref.Kind == node.KindChannel {
		var reply *node.Reply
		m.wait(L, func(ctx context.Context) (err error) {
			reply, err = ref.Fetch(ctx)
			return err
		})
		vs := m.values(L, reply)
		if ref.Kind == node.KindChannel {
			return pushAll(L, vs)
		}
		if ref.Cache == nil { // another task may have been faster
			ref.Cache = append(make([]lua.LValue, 0, len(vs)), vs...)
		}
	}
	return pushAll(L, ref.Cache)
}

// waitFor is wait(x): returns x when a future has its result or a channel an
// item; the error of a call is raised.
func (m *Module) waitFor(L *lua.LState) int {
	ref := reference(L, 1)
	if ref != nil {
		m.await(L, ref)
	}
	L.Push(L.CheckAny(1))
	return 1
}

func (m *Module) await(L *lua.LState, ref *node.Reference) {
	var failure *node.Reply
	m.wait(L, func(ctx context.Context) error {
		failed, err := ref.Wait(ctx)
		if err == nil && failed {
			failure, err = ref.Fetch(ctx)
		}
		return err
	})
	if failure != nil {
		m.values(L, failure)
	}
}

// isready is isready(x): whether fetch and take would not wait.
func (m *Module) isready(L *lua.LState) int {
	ref := reference(L, 1)
	ready := true
	if ref != nil && ref.Cache == nil {
		m.wait(L, func(ctx context.Context) (err error) {
			ready, err = ref.Ready(ctx)
			return err
		})
	} else {
		L.CheckAny(1)
	}
	L.Push(lua.LBool(ready))
	return 1
}

// newChannel is RemoteChannel([pid [, capacity]]): by default here, for one
// item. Capacity 0 hands each item over, math.huge never makes a put wait.
func (m *Module) newChannel(L *lua.LState) int {
	pid, capacity := m.node.Self(), int64(1)
	if L.Get(1) != lua.LNil {
		pid = m.pidArgument(L, 1, "RemoteChannel")
	}
	if v := L.Get(2); v != lua.LNil {
		n, ok := v.(lua.LNumber)
		switch {
		case ok && math.IsInf(float64(n), 1):
			capacity = node.Unbounded
		case ok && n >= 0 && lua.LNumber(int64(n)) == n:
			capacity = int64(n)
		default:
			luaerr.RaiseArg(L, "RemoteChannel", 2, "capacity", "a whole number from 0 or math.huge expected, got %s", Describe(v))
		}
	}
	ref, begun := m.node.NewChannel(pid, capacity)
	err := m.interp.Wait(L, func(ctx context.Context) error {
		if err := begun.Go(ctx); err != nil {
			return err
		}
		_, err := begun.Await(ctx)
		return err
	})
	if err != nil {
		ref.Void()
		luaerr.Raise(L, luaerr.From(err))
	}
	return m.pushReference(L, ref)
}

// put is put(ch, v): waits until there is room, and gives ch.
func (m *Module) put(L *lua.LState) int {
	ref := checkChannel(L, "put")
	msg, err := m.node.Codec().Encode(L, "the item", L.CheckAny(2))
	if err != nil {
		luaerr.Raise(L, luaerr.From(err))
	}
	begun := ref.Put(msg)
	m.wait(L, func(ctx context.Context) error {
		if err := begun.Go(ctx); err != nil {
			return err
		}
		_, err := begun.Await(ctx)
		return err
	})
	L.Push(L.Get(1))
	return 1
}

// take is take(ch): waits for an item, removes it and gives it. One that comes
// to a task that is being stopped goes back.
func (m *Module) take(L *lua.LState) int {
	ref := checkChannel(L, "take")
	var reply *node.Reply
	m.wait(L, func(ctx context.Context) (err error) {
		reply, err = ref.Take(ctx)
		return err
	})
	if ctx := m.interp.Current().Context(); ctx.Err() != nil { // it had to wait for the interpreter
		ref.Return(reply)
		luaerr.Raise(L, luaerr.From(context.Cause(ctx)))
	}
	return m.push(L, reply)
}

func (m *Module) close(L *lua.LState) int {
	ref := checkChannel(L, "close")
	m.wait(L, ref.Close)
	return 0
}

func (m *Module) isopen(L *lua.LState) int {
	ref := checkChannel(L, "isopen")
	var open bool
	m.wait(L, func(ctx context.Context) (err error) {
		open, err = ref.Open(ctx)
		return err
	})
	L.Push(lua.LBool(open))
	return 1
}

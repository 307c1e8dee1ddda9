package cluster

import (
	"context"
	"fmt"
	"math"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/args"
	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
	"github.com/mpiclus/mpiclus-lua/internal/objects"
	"github.com/mpiclus/mpiclus-lua/internal/rpc"
)

// newChannel is RemoteChannel([pid [, capacity]]): by default here, for one
// item. Capacity 0 hands each item over, math.huge never makes a put wait.
func (m *Module) newChannel(L *lua.LState) int {
	pid, capacity := m.Node.Self(), int64(1)
	if L.Get(1) != lua.LNil {
		pid = m.pidArgument(L, 1, "RemoteChannel")
	}
	if v := L.Get(2); v != lua.LNil {
		n, ok := v.(lua.LNumber)
		switch {
		case ok && math.IsInf(float64(n), 1):
			capacity = objects.Unbounded
		case ok && n >= 0 && lua.LNumber(int64(n)) == n:
			capacity = int64(n)
		default:
			luaerr.RaiseArg(L, "RemoteChannel", 2, "capacity", "a whole number from 0 or math.huge expected, got %s", args.Show(v))
		}
	}
	ref, call := m.Objects.NewChannel(pid, capacity)
	err := m.interp.Wait(L, func(ctx context.Context) error {
		_, err := call.Await(ctx)
		return err
	})
	if err != nil {
		ref.Void()
		luaerr.Raise(L, luaerr.From(err))
	}
	return m.pushReference(L, ref)
}

// put is put(ch, v [, seconds]): waits until there is room, and returns ch.
// When the time is over first, the item is not in the channel.
func (m *Module) put(L *lua.LState) int {
	ref := checkChannel(L, "put")
	msg, err := m.interp.Codec().Encode(L, "the item", L.CheckAny(2))
	if err != nil {
		luaerr.Raise(L, luaerr.From(err))
	}
	limit := limitArgument(L, 3, "put")
	call := ref.Put(msg)
	taken := presence{ask: func(ctx context.Context) bool { // what is asked after the put is answered after it
		_, err := ref.Open(ctx)
		return err != nil
	}}
	limit.wait(m, L, fmt.Sprintf("room in the channel on pid %d", ref.ID.Owner), taken, func(ctx context.Context) error {
		_, err := call.Await(ctx)
		return err
	})
	L.Push(L.Get(1))
	return 1
}

// take is take(ch [, seconds]): waits for an item, removes it and returns it.
func (m *Module) take(L *lua.LState) int {
	ref := checkChannel(L, "take")
	reply, open := m.takeItem(L, ref, limitArgument(L, 2, "take"))
	if !open {
		luaerr.Raise(L, objects.ErrChannelClosed)
	}
	return m.push(L, reply)
}

// takeItem waits for an item of a channel; open is false when there will be
// none, because the channel is closed. An item that comes to a task that is
// being stopped goes back.
func (m *Module) takeItem(L *lua.LState, ref *objects.Reference, limit limit) (reply *rpc.Reply, open bool) {
	limit.wait(m, L, fmt.Sprintf("an item of the channel on pid %d", ref.ID.Owner), presenceOf(ref), func(ctx context.Context) (err error) {
		if reply, err = ref.Take(ctx); objects.IsChannelClosed(err) {
			reply = nil
			return nil
		}
		return err
	})
	if reply == nil {
		return nil, false
	}
	if ctx := m.interp.Current().Context(); ctx.Err() != nil { // it had to wait for the interpreter
		ref.Return(reply)
		luaerr.Raise(L, luaerr.From(context.Cause(ctx)))
	}
	return reply, true
}

// nextItem makes "for item in channel do" take items until the channel is
// closed and empty.
func (m *Module) nextItem(L *lua.LState) int {
	reply, open := m.takeItem(L, checkChannel(L, "for … in"), limit{})
	if !open {
		L.Push(lua.LNil)
		return 1
	}
	vs := m.values(L, reply)
	if len(vs) == 0 || vs[0] == lua.LNil {
		luaerr.Raise(L, luaerr.New(luaerr.Argument, "the channel holds nil, which would end the loop: put false or a table, or use take"))
	}
	return pushAll(L, vs)
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

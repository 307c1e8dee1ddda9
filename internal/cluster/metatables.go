package cluster

import (
	"fmt"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/args"
	"github.com/mpiclus/mpiclus-lua/internal/lua51/vm"
	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
	"github.com/mpiclus/mpiclus-lua/internal/objects"
)

// openMetatables makes the methods of futures and channels.
func (m *Module) openMetatables(L *lua.LState, module *lua.LTable) {
	methods := func(meta string, names ...string) {
		mt := L.NewTypeMetatable(meta)
		index := L.NewTable()
		for _, name := range names {
			index.RawSetString(name, module.RawGetString(name))
		}
		mt.RawSetString(vm.NameKey, lua.LString(strings.TrimPrefix(meta, "mpiclus.")))
		mt.RawSetString("methods", index) // for messages about names that are not there
		mt.RawSetString("__index", L.NewFunction(func(L *lua.LState) int {
			ref, name := reference(L, 1), L.Get(2)
			if ref != nil && name == lua.LString("where") {
				L.Push(lua.LNumber(ref.ID.Owner))
				return 1
			}
			member := vm.RawGet(index, name)
			if member == lua.LNil && ref != nil && ref.Kind == objects.KindFuture {
				luaerr.Raise(L, luaerr.New(luaerr.Argument,
					"a future has no member %s, only fetch, wait, isready and where: to use its result, fetch it first, as in cluster.fetch(f)", args.Show(name)))
			}
			L.Push(member)
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
	refuseAsResult(L, L.NewTypeMetatable(futureMeta))
	L.NewTypeMetatable(channelMeta).RawSetString("__call", L.NewFunction(m.nextItem))
	m.openPool(L)
}

// refuseAsResult makes a future raise what to do where a script takes it for
// the result that it stands for.
func refuseAsResult(L *lua.LState, mt *lua.LTable) {
	uses := map[string]string{
		"__newindex": "assign to a field of", "__call": "call", "__len": "take the length of", "__concat": "concatenate", "__unm": "negate",
		"__lt": "compare", "__le": "compare",
	}
	for _, event := range []string{"__add", "__sub", "__mul", "__div", "__mod", "__pow"} {
		uses[event] = "perform arithmetic on"
	}
	mt.RawSetString(vm.InsteadKey, lua.LString(": a future: fetch it first, as in cluster.fetch(f)"))
	mt.RawSetString(vm.OrderKey, lua.LString("fetch it first, as in cluster.fetch(f)"))
	for event, use := range uses {
		mt.RawSetString(event, L.NewFunction(func(L *lua.LState) int {
			luaerr.Raise(L, luaerr.New(luaerr.Argument, "%sattempt to %s a future: fetch it first, as in cluster.fetch(f)", luaerr.Where(L), use))
			return 0
		}))
	}
}

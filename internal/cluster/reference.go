package cluster

import (
	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/args"
	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
	"github.com/mpiclus/mpiclus-lua/internal/objects"
)

// Metatables of the userdata, in Lua's registry.
const (
	futureMeta  = "mpiclus.future"
	channelMeta = "mpiclus.channel"
	poolMeta    = "mpiclus.pool"
)

func (m *Module) wrapReference(L *lua.LState, ref *objects.Reference) *lua.LUserData {
	meta := futureMeta
	if ref.Kind == objects.KindChannel {
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

func (m *Module) pushReference(L *lua.LState, ref *objects.Reference) int {
	L.Push(m.wrapReference(L, ref))
	return 1
}

// reference gives argument n when it is a future or channel, else nil.
func reference(L *lua.LState, n int) *objects.Reference { return referenceOf(L.Get(n)) }

// referenceOf returns the future or channel that a value is, else nil.
func referenceOf(v lua.LValue) *objects.Reference {
	if ud, ok := v.(*lua.LUserData); ok {
		ref, _ := ud.Value.(*objects.Reference)
		return ref
	}
	return nil
}

func checkReference(L *lua.LState, call, kind, what string) *objects.Reference {
	ref := reference(L, 1)
	if ref == nil || kind != "" && ref.Kind != kind {
		luaerr.RaiseArg(L, call, 1, "", "%s expected, got %s", what, args.Show(L.Get(1)))
	}
	return ref
}

func checkChannel(L *lua.LState, call string) *objects.Reference {
	return checkReference(L, call, objects.KindChannel, "a channel")
}

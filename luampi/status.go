package luampi

import (
	"strings"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/lua51/vm"
	"github.com/mpiclus/mpiclus-lua/internal/mpi"
	"github.com/mpiclus/mpiclus-lua/internal/nearest"
)

// statusObject is one allocation for what a Recv gives.
type statusObject struct {
	ud lua.LUserData
	st mpi.Status
}

func (m *module) statusValue(st mpi.Status) *lua.LUserData {
	o := &statusObject{st: st}
	o.ud.Value = &o.st
	o.ud.Metatable = m.statusMT
	return &o.ud
}

// pushStatus pushes a status that is result n of the function, and all that is
// left of its results, unless nobody takes it. It returns how many it pushed.
func (m *module) pushStatus(L *lua.LState, st mpi.Status, n int) int {
	if !vm.Takes(L, n) {
		return 0
	}
	L.Push(m.statusValue(st))
	return 1
}

func (m *module) statusIndex(L *lua.LState) int {
	st, ok := L.CheckUserData(1).Value.(*mpi.Status)
	if !ok {
		L.ArgError(1, "status expected")
	}
	switch key := L.CheckString(2); key {
	case "source":
		L.Push(lua.LNumber(st.Source()))
	case "tag":
		L.Push(lua.LNumber(st.Tag()))
	case "error":
		L.Push(lua.LNumber(st.Error()))
	default:
		f := m.statusMT.RawGetString("methods").(*lua.LTable).RawGetString(key)
		if f == lua.LNil { // nil would stand for a rank or a tag in silence
			m.noSuchField(L, key)
		}
		L.Push(f)
	}
	return 1
}

// noSuchField raises that a status does not have a field, with the one that is meant.
func (m *module) noSuchField(L *lua.LState, key string) {
	names := append([]string{"source", "tag", "error"}, vm.Names(m.statusMT.RawGetString("methods").(*lua.LTable))...)
	if meant := lua.LVAsString(m.statusMT.RawGetString("__meant").(*lua.LTable).RawGetString(key)); meant != "" {
		L.RaiseError("a status has no field '%s': did you mean status%s?", key, meant)
	}
	if near := nearest.Name(key, names); near != "" {
		L.RaiseError("a status has no field '%s': did you mean '%s'?", key, near)
	}
	L.RaiseError("a status has no field '%s': it has %s", key, strings.Join(names, ", "))
}

package luampi

import (
	"fmt"
	"runtime"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/lua51/vm"
	"github.com/mpiclus/mpiclus-lua/internal/mpi"
	"github.com/mpiclus/mpiclus-lua/luampi/absent"
)

func (m *module) newObject(v any, mt *lua.LTable) *lua.LUserData {
	return &lua.LUserData{Value: v, Metatable: mt}
}

// predefined returns the object of a constant.
func (m *module) predefined(class, name string) *lua.LUserData {
	if ud := m.known[class][mpi.Constant(name)]; ud != nil {
		return ud // one object, whatever it is called
	}
	h := &handle{class: class, value: mpi.Constant(name), name: name}
	if class == "op" {
		h.groups = opGroups[name]
	}
	ud := m.newObject(h, m.handleMT[class])
	if m.known[class] == nil {
		m.known[class] = map[uint64]*lua.LUserData{}
	}
	m.known[class][h.value] = ud
	return ud
}

// handleObject returns the object of a handle that a call returned: the constant
// if it is one, else a new object that frees itself when it is garbage.
func (m *module) handleObject(class string, value uint64) lua.LValue {
	if ud := m.known[class][value]; ud != nil {
		return ud
	}
	h := &handle{class: class, value: value}
	ud := m.newObject(h, m.handleMT[class])
	if free := freeCall[class]; free != "" {
		m.s.Own(free, value)
		h.cancel = runtime.AddCleanup(h, func(v uint64) { m.s.FreeLater(free, v) }, value)
	}
	return ud
}

// freeCall names the local call that frees an object of a class.
var freeCall = map[string]string{"group": "Group_free", "type": "Type_free", "info": "Info_free"}

// forget notes that a call has freed the object of a handle: nothing else has to.
func (m *module) forget(h *handle) {
	h.cancel.Stop()
	m.s.Disown(freeCall[h.class], h.value)
	if h.file != nil {
		m.s.EndShared("File_close", h.value)
		h.file.comm.LetGo()
	}
}

// commObject returns the userdata of a communicator.
func (m *module) commObject(c *mpi.Comm) lua.LValue {
	if c == nil {
		return m.nullComm
	}
	if ud := m.fixed[c]; ud != nil {
		return ud
	}
	return m.newObject(c, m.commMT)
}

// openObjects makes the metatables.
func (m *module) openObjects(L *lua.LState) {
	m.fixed = map[*mpi.Comm]*lua.LUserData{}
	m.handleMT = map[string]*lua.LTable{}
	m.commMT = m.metatable(L, "communicator")
	m.requestMT = m.metatable(L, "request")
	m.messageMT = m.metatable(L, "message")
	m.specialMT = m.metatable(L, "constant")
	m.statusMT = m.metatable(L, "status")
	m.statusMT.RawSetString("methods", m.statusMT.RawGetString("__index"))
	m.statusMT.RawSetString("__index", L.NewFunction(m.statusIndex))
	for _, class := range []string{"group", "type", "op", "info", "errhandler", "win", "file"} {
		m.handleMT[class] = m.metatable(L, class)
	}
}

func (m *module) metatable(L *lua.LState, name string) *lua.LTable {
	mt := L.NewTable()
	mt.RawSetString(vm.NameKey, lua.LString(name))
	mt.RawSetString("__index", L.NewTable())
	mt.RawSetString("__meant", absent.Meant(L, name))
	mt.RawSetString("__tostring", L.NewFunction(func(L *lua.LState) int {
		L.Push(lua.LString(m.text(L.CheckUserData(1).Value)))
		return 1
	}))
	return mt
}

// text describes an object of the module for print and error messages.
func (m *module) text(v any) string {
	switch v := v.(type) {
	case *mpi.Comm:
		return commText(v)
	case *handle:
		switch {
		case v.name != "":
			return "mpi." + v.name
		case v.freed:
			return v.class + " (freed)"
		}
		return v.class
	case *mpi.Status:
		return fmt.Sprintf("status{source=%d, tag=%d, error=%d}", v.Source(), v.Tag(), v.Error())
	case *message:
		return "message"
	case *request:
		return v.text()
	case *window:
		return v.text()
	case *special:
		return "mpi." + v.name
	}
	return "?"
}

func commText(c *mpi.Comm) string {
	switch {
	case c.Name != "" && c.Behind().Size > 0:
		return fmt.Sprintf("mpi.%s (rank %d of %d)", c.Name, c.Behind().Rank, c.Behind().Size)
	case c.Name != "":
		return "mpi." + c.Name
	case c.Unusable() != "":
		return "communicator (unusable)"
	case c.Inter:
		return fmt.Sprintf("inter-communicator (rank %d of %d, %d remote)", c.Rank, c.Size, c.Remote)
	}
	return fmt.Sprintf("communicator (rank %d of %d)", c.Rank, c.Size)
}

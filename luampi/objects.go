package luampi

import (
	"fmt"
	"runtime"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/array"
	"github.com/mpiclus/mpiclus-lua/internal/lua51/vm"
	"github.com/mpiclus/mpiclus-lua/internal/mpi"
	"github.com/mpiclus/mpiclus-lua/internal/nearest"
	"github.com/mpiclus/mpiclus-lua/luampi/absent"
	"github.com/mpiclus/mpiclus-lua/plugins/luaplugin"
)

// handle is an MPI object that is local to the process: a group, type, op,
// info, … Its class is the name of its kind in the table.
type handle struct {
	class     string
	value     uint64
	name      string // of a constant; those are never freed
	freed     bool
	op        *mpi.Op // of an op that a script made or a plugin added
	fn        *lua.LFunction
	whole     bool
	groups    opGroup       // of an op of the standard: the types that it works on
	reduction *reduction    // of an op that a script made
	layout    *layoutOf     // of a type, once it was asked for
	file      *opened       // of a file
	plugin    *luaplugin.Op // of an op that a plugin added
	cancel    runtime.Cleanup
	uses      int   // calls that wait without the interpreter and have it
	user      *call // the last of them
}

// Kind names it in errors about arguments: "datatype", "op".
func (h *handle) Kind() string {
	if h.class == "type" {
		return "datatype" // what has a type may be anything
	}
	return h.class
}

// message is what Mprobe took; Mrecv ends it.
type message struct {
	handle uint64
	name   string
	comm   *mpi.Comm
	value  bool // a Lua value comes with it: mprobe took it
}

// Kind names it in errors about arguments.
func (*message) Kind() string { return "message" }

// special is a constant that stands for an address, such as IN_PLACE.
type special struct {
	name  string
	value uint64
}

// Kind names it in errors about arguments.
func (s *special) Kind() string { return s.name }

func (m *module) newObject(v any, mt *lua.LTable) *lua.LUserData {
	return &lua.LUserData{Value: v, Metatable: mt}
}

func toComm(v lua.LValue) *mpi.Comm {
	if ud, ok := v.(*lua.LUserData); ok {
		if c, ok := ud.Value.(*mpi.Comm); ok {
			return c.Behind()
		}
	}
	return nil
}

// object returns the object of a type that a value is, nil if it is none.
func object[T any](v lua.LValue) *T {
	if ud, ok := v.(*lua.LUserData); ok {
		o, _ := ud.Value.(*T)
		return o
	}
	return nil
}

func toHandle(v lua.LValue, class string) *handle {
	if ud, ok := v.(*lua.LUserData); ok {
		if h, ok := ud.Value.(*handle); ok && h.class == class {
			return h
		}
	}
	return nil
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
	case *request:
		return v.text()
	case *mpi.Status:
		return fmt.Sprintf("status{source=%d, tag=%d, error=%d}", v.Source(), v.Tag(), v.Error())
	case *message:
		return "message"
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

// typeNames gives MPI's type for each type of array.
var typeNames = map[array.Type]string{
	array.Int8: "INT8_T", array.Int16: "INT16_T", array.Int32: "INT32_T", array.Int64: "INT64_T",
	array.Uint8: "UINT8_T", array.Uint16: "UINT16_T", array.Uint32: "UINT32_T", array.Uint64: "UINT64_T",
	array.Float32: "FLOAT", array.Float64: "DOUBLE", array.Complex64: "C_FLOAT_COMPLEX", array.Complex128: "C_DOUBLE_COMPLEX",
	array.Bool: "C_BOOL",
}

func elementTypes() map[uint64]array.Type {
	types := map[uint64]array.Type{}
	for t, name := range typeNames {
		types[mpi.Constant(name)] = t
	}
	return types
}

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

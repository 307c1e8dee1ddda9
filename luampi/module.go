// Package luampi is the Lua module "mpi": every call of the table in
// internal/mpi/table as a function and, where it is about a communicator, a
// request or a group, as a method of that.
//
// A call comes in at module.go, which makes the functions; most need no code of
// their own. run.go takes an idle call (call.go), has read.go turn
// what the script gave into slots, tries the call at once or waits for it without the
// interpreter, and has read.go push the results. Both know the kinds of arguments
// and results through one table, kinds.go, whose entries stand in kind*.go, a
// family in each. What no kind sees alone is checked when all are read: arrays
// (signature.go, overlap.go), ranges, types, grids and accesses (range.go,
// typeplace.go, topology.go, access.go). Kinds rest on arrays as the script gives
// them (arrays.go) and on what is wrong (errors.go), all of it on the state of the
// module (state.go), the objects of scripts (handle.go, objects.go, status.go,
// request.go, window.go) and arrays as MPI takes them (buffer.go, layout.go). Apart
// stand the calls that are written out (hand.go, requests.go, batch.go,
// windowcalls.go, persistent.go), the short way of messages (message.go), the twins
// for any Lua value (twin*.go, fold.go, wire.go), reductions with ops of scripts
// (ops.go, combine.go), of plugins (plugin*.go) and of this package (order.go), and
// what ranks compare before a collective (check.go, stand.go).
package luampi

import (
	"strings"
	"unsafe"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/interp"
	"github.com/mpiclus/mpiclus-lua/internal/lua51/vm"
	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
	"github.com/mpiclus/mpiclus-lua/internal/mpi"
	"github.com/mpiclus/mpiclus-lua/internal/mpi/table"
	"github.com/mpiclus/mpiclus-lua/internal/value"
	"github.com/mpiclus/mpiclus-lua/luampi/absent"
)

// Open returns the loader of the module "mpi" for a process that is in an MPI
// job.
func Open(in *interp.Interp, codec *value.Codec, s *mpi.Session) lua.LGFunction {
	return func(L *lua.LState) int {
		m := &module{in: in, s: s, codec: codec, world: s.World(), checking: checkFromStart(), windows: map[*window]bool{}, waiting: map[*call]bool{}, combined: map[unsafe.Pointer]int{}}
		s.SetEpochs(m.epochs)
		L.Push(m.open(L))
		return 1
	}
}

func (m *module) open(L *lua.LState) *lua.LTable {
	t := L.NewTable()
	L.G.Registry.RawSetString(moduleKey, &lua.LUserData{Value: m})
	m.openObjects(L)
	m.openConstants(L, t)
	m.shortcuts = map[string]shortcut{"Wtime": m.clock("Wtime"), "Wtick": m.clock("Wtick")}
	hand := m.handWritten()
	m.hooks = m.windowHooks()
	m.fileHooks(m.hooks)
	m.topologyHooks(m.hooks)
	m.typeHooks(m.hooks)
	m.codeHooks(m.hooks)
	for _, row := range table.All {
		fn := hand[row.Name]
		if fn == nil {
			if row.Class == table.Hand || row.Class == table.Twin {
				panic("luampi: nothing implements mpi." + row.Name)
			}
			fn = m.described(row)
		}
		if !m.offers(row) {
			fn = m.missing(row)
			delete(m.shortcuts, row.Name)
		}
		if onCall != nil {
			m.observe(row.Name, &fn)
		}
		t.RawSetString(row.Name, m.function(L, row, fn))
		m.addMethods(L, row, fn)
	}
	absent.Refuse(L, t)
	return t
}

// offers reports whether the library has the call.
func (m *module) offers(row *table.Call) bool { return row.Since <= m.s.Info().Version }

func (m *module) missing(row *table.Call) implementation {
	return func(L *lua.LState, base int, comm *mpi.Comm) int {
		info := m.s.Info()
		luaerr.Raise(L, luaerr.New(luaerr.MPI, "mpi.%s needs MPI %s; %s offers %s", row.Name, row.Since, info.Library, info.Version))
		return 0
	}
}

// onCall, set by tests, hears of every call.
var onCall func(name string)

// observe has onCall hear of a call, whichever way it goes.
func (m *module) observe(name string, fn *implementation) {
	long, short := *fn, m.shortcuts[name]
	*fn = func(L *lua.LState, base int, comm *mpi.Comm) int {
		onCall(name)
		return long(L, base, comm)
	}
	if short != nil {
		m.shortcuts[name] = func(args []lua.LValue, comm *mpi.Comm, taken int) (lua.LValue, bool) {
			onCall(name)
			return short(args, comm, taken)
		}
	}
}

// function makes the Lua function of a call.
func (m *module) function(L *lua.LState, row *table.Call, fn implementation) *lua.LFunction {
	f := L.NewFunction(func(L *lua.LState) int { return fn(L, 1, nil) })
	if short := m.shortcuts[row.Name]; short != nil {
		vm.SetShortcut(f, func(args []lua.LValue, taken int) (lua.LValue, bool) {
			return short(args, nil, taken)
		})
	}
	return f
}

// commMethod makes the method of a communicator of a call.
func (m *module) commMethod(L *lua.LState, row *table.Call, fn implementation) *lua.LFunction {
	f := L.NewFunction(func(L *lua.LState) int {
		if c := toComm(L.Get(1)); c != nil {
			return fn(L, 2, c)
		}
		L.ArgError(1, "communicator expected: call methods with ':'")
		return 0
	})
	if short := m.shortcuts[row.Name]; short != nil {
		vm.SetShortcut(f, func(args []lua.LValue, taken int) (lua.LValue, bool) {
			if len(args) == 0 {
				return nil, false
			}
			c := toComm(args[0])
			if c == nil {
				return nil, false
			}
			return short(args[1:], c, taken)
		})
	}
	return f
}

// rotated makes a method of a call that takes its object last.
func rotated(fn implementation, n int) lua.LGFunction {
	return func(L *lua.LState) int {
		self := L.Get(1)
		L.Remove(1)
		L.SetTop(max(n-1, L.GetTop()))
		L.Push(self)
		return fn(L, 1, nil)
	}
}

// addMethods makes the call a method where its first argument (for
// communicators its last) is an object.
func (m *module) addMethods(L *lua.LState, row *table.Call, fn implementation) {
	plain := m.function(L, row, fn)
	if row.HasWin() {
		_, short, cut := strings.Cut(row.Name, "_")
		if !cut || !strings.HasPrefix(row.Name, "Win_") {
			short = row.Name
		}
		m.method(m.handleMT["win"], row.Name, short, L.NewFunction(rotated(fn, len(row.Args))))
		return
	}
	if row.HasComm() {
		method := m.commMethod(L, row, fn)
		index := m.commMT.RawGetString("__index").(*lua.LTable)
		index.RawSetString(row.Name, method)
		if short, ok := strings.CutPrefix(row.Name, "Comm_"); ok {
			index.RawSetString(short, method)
		}
	}
	if len(row.Args) == 0 {
		return
	}
	_, short, cut := strings.Cut(row.Name, "_")
	switch kind := row.Args[0].Kind; kind {
	case table.Request:
		if !strings.HasPrefix(row.Name, "Request_") {
			short = strings.ToLower(row.Name)
		}
		m.method(m.requestMT, row.Name, short, plain)
	case table.Message:
		m.method(m.messageMT, row.Name, strings.TrimPrefix(row.Name, "m"), plain)
	case table.Status1:
		m.statusMT.RawGetString("methods").(*lua.LTable).RawSetString(row.Name, plain)
	default:
		if class := kinds[kind].methods; class != "" && cut {
			m.method(m.handleMT[class], row.Name, short, plain)
		}
	}
}

func (m *module) method(mt *lua.LTable, name, short string, fn *lua.LFunction) {
	index := mt.RawGetString("__index").(*lua.LTable)
	index.RawSetString(name, fn)
	index.RawSetString(short, fn)
}

// openConstants sets the constants of the table and remembers those that the
// code looks for.
func (m *module) openConstants(L *lua.LState, t *lua.LTable) {
	m.known = map[string]map[uint64]*lua.LUserData{}
	for _, c := range table.Constants {
		t.RawSetString(c.Name, m.constant(L, c))
	}
	m.inPlace = t.RawGetString("IN_PLACE").(*lua.LUserData)
	m.nullComm = t.RawGetString("COMM_NULL").(*lua.LUserData)
	for element, name := range typeNames {
		h := mpi.Constant(name)
		m.types[element] = h
	}
	m.elements, m.basics = elementTypes(), contents()
	m.openOrders()
	m.byteType, m.wordType = mpi.Constant("BYTE"), mpi.Constant("UINT64_T")
	m.limits = limits{
		anySource: mpi.Int("ANY_SOURCE"), anyTag: mpi.Int("ANY_TAG"), procNull: mpi.Int("PROC_NULL"),
		root: mpi.Int("ROOT"), undefined: mpi.Int("UNDEFINED"), maxTag: m.s.MaxTag(),
	}
}

func (m *module) constant(L *lua.LState, c table.Constant) lua.LValue {
	switch c.Kind {
	case "INT", "ERROR":
		return lua.LNumber(mpi.Int(c.Name))
	case "OWN":
		comm := map[string]*mpi.Comm{"COMM_WORLD": m.s.World(), "COMM_SELF": m.s.Self(), "COMM_CHUNK": m.s.Chunk()}[c.Name]
		ud := m.newObject(comm, m.commMT)
		m.fixed[comm] = ud
		return ud
	case "COMM":
		return m.newObject(&mpi.Comm{Name: c.Name, Handle: mpi.Constant(c.Name)}, m.commMT)
	case "REQUEST":
		return m.newObject(&request{}, m.requestMT)
	case "MESSAGE":
		return m.newObject(&message{handle: mpi.Constant(c.Name), name: c.Name}, m.messageMT)
	case "SPECIAL":
		return m.newObject(&special{name: c.Name, value: mpi.Constant(c.Name)}, m.specialMT)
	}
	return m.predefined(strings.ToLower(c.Kind), c.Name)
}

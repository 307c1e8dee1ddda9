package luampi

import (
	"fmt"
	"runtime"
	"unsafe"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/array"
	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
	"github.com/mpiclus/mpiclus-lua/internal/mpi"
	"github.com/mpiclus/mpiclus-lua/internal/mpi/table"
)

// window is memory that is open to other processes. It lives until Win_free,
// whoever holds its userdata. Libraries check little of what is done to a
// window, so bounds and epochs are checked here.
type window struct {
	handle  uint64
	comm    *mpi.Comm
	arr     *array.Array // the own memory; nil in a dynamic window
	pinner  runtime.Pinner
	dynamic bool
	shared  bool
	typ     array.Type
	freed   bool
	bytes   []int // of each rank's memory
	units   []int // of each rank's displacements

	attached  []*array.Array // of a dynamic window
	fenced    bool
	lockedAll bool
	locked    map[int]bool
	started   bool
}

func (w *window) text() string {
	switch {
	case w.freed:
		return "window (freed)"
	case w.dynamic:
		return "dynamic window"
	}
	return fmt.Sprintf("window of %d bytes", w.bytes[w.comm.Rank])
}

func toWindow(v lua.LValue) *window {
	if ud, ok := v.(*lua.LUserData); ok {
		w, _ := ud.Value.(*window)
		return w
	}
	return nil
}

// unusable says why a window cannot be used, "" if it can.
func (w *window) unusable() string {
	if w.freed {
		return "the window was freed"
	}
	return w.comm.Unusable()
}

func (x *call) readWindow(i int, a *table.Arg, v lua.LValue) {
	w := toWindow(v)
	if w == nil {
		x.arg(i, "window expected, got %s", kindOf(v))
	}
	if why := w.unusable(); why != "" {
		x.arg(i, "%s", why)
	}
	x.win = w
	x.comm = w.comm
	x.c.S[table.SlotWin] = w.handle
	x.c.S[table.SlotComm] = w.comm.Shadow // for the barrier of a call that can be left
}

// openWindow remembers a window and tells all ranks its size and unit.
func (m *module) openWindow(x *call, w *window, unit int) *lua.LUserData {
	size := 0
	if w.arr != nil {
		size = len(w.arr.Bytes())
		w.pin()
	}
	w.comm = x.comm
	mine := []uint64{uint64(size), uint64(unit)}
	all := make([]uint64, 2*x.comm.Size)
	c := x.again(rowAllgather, x.comm.Shadow)
	m.setWords(c, table.SlotSend, mine, 2)
	m.setWords(c, table.SlotRecv, all, 2)
	if err := x.await(); err != nil {
		x.fail(err)
	}
	for r := range x.comm.Size {
		w.bytes, w.units = append(w.bytes, int(all[2*r])), append(w.units, int(all[2*r+1]))
	}
	w.locked = map[int]bool{}
	if m.windows == nil {
		m.windows = map[*window]bool{}
	}
	m.windows[w] = true
	return m.newObject(w, m.handleMT["win"])
}

func (w *window) pin() {
	if raw := w.arr.Bytes(); len(raw) > 0 {
		w.pinner.Pin(unsafe.Pointer(unsafe.SliceData(raw)))
	}
}

// windowCalls are those that make, query and free windows.
func (m *module) windowCalls() map[string]implementation {
	calls := map[string]func(x *call) []lua.LValue{
		"Win_create": m.winCreate, "Win_allocate": m.winAllocate, "Win_allocate_shared": m.winShared,
		"Win_create_dynamic": m.winDynamic, "Win_free": m.winFree, "Win_shared_query": m.winQuery,
	}
	out := map[string]implementation{}
	for name, body := range calls {
		row := table.ByName[name]
		out[name] = func(L *lua.LState, base int, comm *mpi.Comm) int {
			x := m.begin(L, row)
			x.read(base, comm)
			values := body(x)
			x.end()
			for _, v := range values {
				L.Push(v)
			}
			return len(values)
		}
	}
	return out
}

// step runs a collective step of the making of a window.
func (x *call) step() {
	if err := x.occupy(); err != nil {
		x.fail(err)
	}
	comm := x.comm
	defer func() { comm.Busy = nil }()
	if err := x.wait(); err != nil {
		x.fail(err)
	}
}

func (m *module) winCreate(x *call) []lua.LValue {
	unit := int(int32(x.c.S[table.SlotX]))
	if unit == 0 {
		unit = x.send.arr.Type().Size()
	}
	return []lua.LValue{m.createWindow(x, x.send.arr, unit)}
}

func (m *module) createWindow(x *call, a *array.Array, unit int) *lua.LUserData {
	info := x.c.S[table.SlotX+1]
	c := x.again(table.ByName["Win_create"], x.comm.Handle)
	raw := a.Bytes()
	c.S[table.SlotSend] = 0
	if len(raw) > 0 {
		c.S[table.SlotSend] = c.Hold(unsafe.Pointer(unsafe.SliceData(raw)))
	}
	c.S[table.SlotX], c.S[table.SlotX+1], c.S[table.SlotX+2] = slot(unit), info, uint64(len(raw))
	x.step()
	return m.openWindow(x, &window{handle: c.S[table.SlotR], arr: a, typ: a.Type()}, unit)
}

// elementType reads the type of the array that a call makes.
func (x *call) elementType(i int) array.Type {
	v := x.at[i]
	if v == lua.LNil {
		return array.Float64
	}
	if name, ok := v.(lua.LString); ok {
		if t, ok := array.ParseType(string(name)); ok {
			return t
		}
	}
	if h := toHandle(v, "type"); h != nil {
		if t, ok := x.m.elements[h.value]; ok {
			return t
		}
	}
	x.arg(i, "type of arrays expected, such as \"float64\", got %v", v)
	return 0
}

func (x *call) elementCount(i int) int {
	n := int(int32(x.c.S[table.SlotX]))
	if n < 0 {
		x.arg(i, "%d elements", n)
	}
	return n
}

func (m *module) winAllocate(x *call) []lua.LValue {
	t, n := x.elementType(1), x.elementCount(0)
	a := array.New(t, n)
	return []lua.LValue{m.createWindow(x, a, t.Size()), array.ToLua(x.L, a)}
}

func (m *module) winShared(x *call) []lua.LValue {
	t, n := x.elementType(1), x.elementCount(0)
	info := x.c.S[table.SlotX+1]
	c := x.again(x.row, x.comm.Handle)
	c.S[table.SlotX], c.S[table.SlotX+1], c.S[table.SlotX+2] = uint64(n*t.Size()), slot(t.Size()), info
	x.step()
	w := &window{handle: c.S[table.SlotR], typ: t, shared: true}
	w.arr = m.foreign(c, c.S[table.SlotR+1], t, n)
	return []lua.LValue{m.openWindow(x, w, t.Size()), array.ToLua(x.L, w.arr)}
}

// foreign makes an array of memory that MPI gave, which is never given back.
func (m *module) foreign(c *mpi.Call, address uint64, t array.Type, n int) *array.Array {
	a, err := array.FromBytes(t, c.Memory(address, n*t.Size()))
	if err != nil {
		panic(err)
	}
	return a
}

func (m *module) winQuery(x *call) []lua.LValue {
	w, rank := x.win, int(int32(x.c.S[table.SlotX]))
	if !w.shared {
		x.arg(1, "the window is not one of Win_allocate_shared")
	}
	if rank < 0 || rank >= w.comm.Size {
		x.arg(0, "rank %d is not in a communicator of %d", rank, w.comm.Size)
	}
	x.run()
	return []lua.LValue{array.ToLua(x.L, m.foreign(x.c, x.c.S[table.SlotR+2], w.typ, w.bytes[rank]/w.typ.Size()))}
}

func (m *module) winDynamic(x *call) []lua.LValue {
	info := x.c.S[table.SlotX]
	c := x.again(x.row, x.comm.Handle)
	c.S[table.SlotX] = info
	x.step()
	return []lua.LValue{m.openWindow(x, &window{handle: c.S[table.SlotR], dynamic: true}, 1)}
}

// winFree frees a window. Shared memory stays, since arrays of the script may
// lie in it.
func (m *module) winFree(x *call) []lua.LValue {
	w := x.win
	if w.lockedAll || len(w.locked) > 0 || w.started {
		x.arg(0, "an epoch is open: end it first")
	}
	w.freed = true
	delete(m.windows, w)
	if w.shared {
		return nil
	}
	x.step()
	w.pinner.Unpin()
	return nil
}

func rmaError(x *call, class, format string, args ...any) {
	e := luaerr.New(luaerr.MPI, "%s: %s: %s", x.row.Name, class, fmt.Sprintf(format, args...))
	e.Class, e.Call, e.Code = class, x.row.Name, mpi.Int(class)
	x.fail(e)
}

package luampi

import (
	"hash/fnv"
	"math"
	"os"
	"syscall"
	"unsafe"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/args"
	"github.com/mpiclus/mpiclus-lua/internal/array"
	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
	"github.com/mpiclus/mpiclus-lua/internal/mpi"
	"github.com/mpiclus/mpiclus-lua/internal/mpi/table"
)

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

// openWindow remembers a window and tells all ranks its size and unit.
func (m *module) openWindow(x *call, w *window, unit int) *lua.LUserData {
	size := 0
	if w.arr != nil {
		size = len(w.arr.Bytes())
		if w.lease == nil {
			w.pin()
		}
	}
	w.comm = x.comm
	w.comm.Keep()
	all := m.exchange(x, uint64(size), uint64(unit), uint64(w.typ))
	for r := range x.comm.Size {
		w.bytes, w.units, w.types = append(w.bytes, int(all[3*r])), append(w.units, int(all[3*r+1])), append(w.types, array.Type(all[3*r+2]))
	}
	w.locked = map[int]bool{}
	m.windows[w] = true
	if w.rest = func() {}; !w.alone && x.comm.Size > 1 {
		w.rest = m.s.Progress()
	}
	return m.newObject(w, m.handleMT["win"])
}

// exchange returns all ranks the numbers of each.
func (m *module) exchange(x *call, mine ...uint64) []uint64 {
	all := make([]uint64, len(mine)*x.comm.Size)
	c := x.again(rowAllgather, x.comm.Shadow)
	m.setWords(c, table.SlotSend, mine, len(mine))
	m.setWords(c, table.SlotRecv, all, len(mine))
	if err := x.await(); err != nil {
		x.fail(err)
	}
	return all
}

// sharedFolder returns where the library keeps memory that processes share.
func sharedFolder() string {
	if folder := os.Getenv("OMPI_MCA_osc_sm_backing_directory"); folder != "" {
		return folder
	}
	return "/dev/shm"
}

// needSharedMemory raises, on all ranks alike, where those of a machine ask
// for more than it can share: libraries then leave some ranks waiting, or end
// the process. It reports whether all ranks are on one machine.
func (m *module) needSharedMemory(x *call, bytes int) (oneMachine bool) {
	host := fnv.New64a()
	host.Write([]byte(m.s.Info().Host))
	free := uint64(math.MaxInt64)
	var fs syscall.Statfs_t
	if syscall.Statfs(sharedFolder(), &fs) == nil {
		free = fs.Bavail * uint64(fs.Bsize)
	}
	all := m.exchange(x, host.Sum64(), uint64(bytes), free)
	need, room := map[uint64]uint64{}, map[uint64]uint64{}
	for r := range x.comm.Size {
		h := all[3*r]
		need[h] += all[3*r+1]
		if least, ok := room[h]; !ok || all[3*r+2] < least {
			room[h] = all[3*r+2]
		}
	}
	for h := range need {
		if need[h] > room[h] {
			x.arg(0, "the ranks of a machine ask for %.4g GB of memory that they share, there are %.4g left in %s", float64(need[h])/1e9, float64(room[h])/1e9, sharedFolder())
		}
	}
	return len(need) == 1
}

func (w *window) pin() {
	if raw := w.arr.Bytes(); len(raw) > 0 {
		w.pinner.Pin(unsafe.Pointer(unsafe.SliceData(raw)))
	}
}

// step runs a collective step of the making of a window.
func (x *call) step() {
	if err := x.tryStep(); err != nil {
		x.fail(err)
	}
}

func (x *call) tryStep() error {
	if err := x.occupy(); err != nil {
		return err
	}
	defer x.comm.Vacate(x)
	err := x.wait()
	if err == nil && x.c.Row.MakesWin() {
		x.m.s.OwnShared("Win_free", x.c.S[table.SlotR])
	}
	return err
}

func (m *module) winCreate(x *call) []lua.LValue {
	x.wholeArray()
	unit := int(int32(x.c.S[table.SlotX]))
	if unit == 0 {
		unit = x.send.arr.Type().Size()
	}
	return []lua.LValue{m.createWindow(x, x.send.arr, unit)}
}

func (m *module) createWindow(x *call, a *array.Array, unit int) *lua.LUserData {
	info := x.c.S[table.SlotX+1]
	c := x.again(table.ByName["Win_create"], x.comm.Handle)
	c.S[table.SlotSend] = c.Hold(addressOf(a.Bytes()))
	c.S[table.SlotX], c.S[table.SlotX+1], c.S[table.SlotX+2] = slot(unit), info, uint64(len(a.Bytes()))
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
	got := args.Kind(v)
	if h := toHandle(v, "type"); h != nil {
		switch c := x.m.basics[h.value]; {
		case c.known && h.name != "TWOINT": // a pair
			return c.of
		case h.name == "":
			got = "a datatype that a script has made"
		default:
			got = "the datatype " + x.m.text(h)
		}
	} else if name, ok := v.(lua.LString); ok {
		got = args.Show(name)
	}
	x.arg(i, "type of arrays expected, such as \"float64\" or mpi.DOUBLE, got %s", got)
	return 0
}

// elements reads the number of elements of the array that a call makes.
func (x *call) elements(i int, t array.Type) int {
	n := int(int64(x.c.S[table.SlotX]))
	x.refuse(i, array.TooLarge(t, n))
	return n
}

// winAllocate makes a window and its memory; MPI gives that, since it knows
// where the ranks of a machine can reach each other's.
func (m *module) winAllocate(x *call) []lua.LValue { return m.allocate(x, false) }

func (m *module) winShared(x *call) []lua.LValue { return m.allocate(x, true) }

// partAlignment is what the parts of shared memory, which follow one another,
// are rounded up to.
const partAlignment = 16

func (m *module) allocate(x *call, shared bool) []lua.LValue {
	t := x.elementType(1)
	n := x.elements(0, t)
	info := x.c.S[table.SlotX+1]
	bytes := n * t.Size()
	oneMachine := m.needSharedMemory(x, bytes)
	c := x.again(x.row, x.comm.Handle)
	c.S[table.SlotX], c.S[table.SlotX+1], c.S[table.SlotX+2] = uint64((bytes+partAlignment-1)&^(partAlignment-1)), slot(t.Size()), info
	x.step()
	w := &window{handle: c.S[table.SlotR], comm: x.comm, typ: t, shared: shared, lease: &array.Lease{}, alone: oneMachine && m.s.SharesWindows()}
	a, err := w.lend(c, c.S[table.SlotR+1], n)
	if err != nil {
		x.fail(err) // the window stays, since other ranks use it
	}
	w.arr = a
	clear(a.Bytes())
	return []lua.LValue{m.openWindow(x, w, t.Size()), array.ToLua(x.L, a)}
}

// lend makes an array of n elements of memory that belongs to the window.
func (w *window) lend(c *mpi.Call, address uint64, n int) (*array.Array, error) {
	bytes := n * w.typ.Size()
	if address == 0 && bytes > 0 {
		return nil, classError(c.Name(), "ERR_NO_MEM", "the library gave no memory for %d %s elements", n, w.typ)
	}
	a, err := w.lease.Lend(w.typ, c.Memory(address, bytes))
	if err != nil {
		return nil, luaerr.New(luaerr.MPI, "%s: %w", c.Name(), err)
	}
	if bytes > 0 {
		w.lent = append(w.lent, memoryOf(a))
	}
	return a, nil
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
	part := *w // as that rank made it
	part.typ = w.types[rank]
	a, err := part.lend(x.c, x.c.S[table.SlotR+2], w.bytes[rank]/part.typ.Size())
	if err != nil {
		x.fail(err)
	}
	w.lent = part.lent
	return []lua.LValue{array.ToLua(x.L, a)}
}

func (m *module) winDynamic(x *call) []lua.LValue {
	info := x.c.S[table.SlotX]
	c := x.again(x.row, x.comm.Handle)
	c.S[table.SlotX] = info
	x.step()
	return []lua.LValue{m.openWindow(x, &window{handle: c.S[table.SlotR], dynamic: true}, 1)}
}

// winFree frees a window. The arrays that it gave cannot be used from then on;
// when MPI refuses, all is as it was.
func (m *module) winFree(x *call) []lua.LValue {
	w := x.win
	if w.lockedAll || len(w.locked) > 0 || w.started || w.posted {
		x.arg(0, "an epoch is open: end it first")
	}
	if m.inUse(w) || w.lease != nil && !w.lease.End("Win_free") {
		x.arg(0, "an operation that is not complete uses the window's array: wait for it first")
	}
	w.freed = true
	var err error
	if w.dynamic {
		err = x.detachAll(w)
	}
	if err == nil {
		err = x.tryStep()
	}
	if err != nil {
		w.freed = false
		if w.lease != nil {
			w.lease.Resume()
		}
		x.fail(err)
	}
	m.s.EndShared("Win_free", w.handle)
	w.comm.LetGo()
	w.pinner.Unpin()
	w.rest()
	delete(m.windows, w)
	return nil
}

// inUse reports whether a request, or the call of another task, may touch memory
// that goes with the window.
func (m *module) inUse(w *window) bool {
	for _, s := range w.lent {
		for p := range m.combined {
			if s.has(p) {
				return true
			}
		}
		if m.s.Uses(s.from, s.to) || m.originIn(s) {
			return true
		}
		for x := range m.waiting {
			if x.c.Uses(s.from, s.to) {
				return true
			}
		}
	}
	return false
}

// detachAll detaches what a window that is to be freed still has, once all ranks
// are there and so have no access any more: Open MPI 4.1 ends the process where
// two arrays are left. Then it prepares the call that frees the window.
func (x *call) detachAll(w *window) error {
	x.again(rowBarrier, x.comm.Shadow)
	if err := x.tryStep(); err != nil {
		return err
	}
	for len(w.attached) > 0 {
		at := w.attached[0]
		if err := x.m.change(x.L, rowDetach, w, at); err != nil {
			return err
		}
		w.letGo(at)
	}
	x.again(x.row, x.comm.Shadow).S[table.SlotWin] = w.handle
	return nil
}

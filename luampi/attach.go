package luampi

import (
	"cmp"
	"errors"
	"slices"
	"unsafe"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/mpi"
	"github.com/mpiclus/mpiclus-lua/internal/mpi/table"
)

// mostAttached is how many arrays osc/ucx attaches to a window: its table has 32
// places, and it writes behind the last one when an array is detached while all
// are taken.
const mostAttached = 31

// attach checks an array that is to be attached, and keeps it in its place:
// libraries have tables of such memory, and do not check that there is room.
func (x *call) attach() {
	x.wholeArray()
	w, a := x.win, x.send.arr
	if !w.dynamic {
		x.arg(1, "the window is not one of Win_create_dynamic")
	}
	if a.Len() == 0 {
		x.arg(0, "the array has no elements")
	}
	for _, other := range w.attached {
		if memoryOf(other.arr).meets(memoryOf(a)) {
			x.arg(0, "memory of the array is attached already")
		}
	}
	if len(w.attached) >= mostAttached && mpi.MayUseUCX() {
		x.arg(0, "the library attaches %d arrays to a window at most: detach one, or attach views of a larger one together", mostAttached)
	}
	above := x.takeOut(memoryOf(a).from)
	x.then = func(err error) error { return errors.Join(err, x.putBack(above)) }
	at := &attached{arr: a}
	at.pinner.Pin(unsafe.Pointer(unsafe.SliceData(a.Bytes())))
	w.attached = append(w.attached, at)
	x.onFailure(func() { w.letGo(at) })
}

// detach checks an array that is to be detached, and lets it go when it is.
func (x *call) detach() {
	x.wholeArray()
	w, from := x.win, memoryOf(x.send.arr).from
	i := slices.IndexFunc(w.attached, func(at *attached) bool { return memoryOf(at.arr).from == from })
	if x.send.arr.Len() == 0 || i < 0 {
		x.arg(0, "the array is not attached to the window")
	}
	at := w.attached[i]
	x.then = func(err error) error {
		if err == nil {
			w.letGo(at)
		}
		return err
	}
}

// takeOut detaches the arrays of the window that lie above an address, the
// highest first, and returns them in that order. Open MPI's osc/ucx keeps its
// table sorted by address, and frees an entry twice after an array was attached
// below others; one above all others it attaches rightly.
func (x *call) takeOut(from uintptr) (above []*attached) {
	if !mpi.MayUseUCX() {
		return nil
	}
	for _, at := range x.win.attached {
		if memoryOf(at.arr).from > from {
			above = append(above, at)
		}
	}
	slices.SortFunc(above, func(a, b *attached) int { return cmp.Compare(memoryOf(b.arr).from, memoryOf(a.arr).from) })
	for i, at := range above {
		if err := x.m.change(x.L, rowDetach, x.win, at); err != nil {
			_ = x.putBack(above[:i])
			x.fail(err)
		}
	}
	return above
}

// putBack attaches again what takeOut took, the lowest first.
func (x *call) putBack(above []*attached) (err error) {
	for _, at := range slices.Backward(above) {
		err = errors.Join(err, x.m.change(x.L, rowAttach, x.win, at))
	}
	return err
}

// change attaches or detaches an array in the library; row says which.
func (m *module) change(L *lua.LState, row *table.Call, w *window, at *attached) error {
	c := m.s.NewCall(row.Name)
	defer c.Release()
	raw := at.arr.Bytes()
	c.S[table.SlotWin], c.S[table.SlotSend] = w.handle, c.Hold(unsafe.Pointer(unsafe.SliceData(raw)))
	c.S[table.SlotSend+1], c.S[table.SlotSend+2] = slot(at.arr.Len()), m.types[at.arr.Type()]
	return m.do(L, c)
}

// letGo ends what attach noted of an array.
func (w *window) letGo(at *attached) {
	if i := slices.Index(w.attached, at); i >= 0 {
		w.attached = slices.Delete(w.attached, i, i+1)
		at.pinner.Unpin()
	}
}

var (
	rowBarrier = table.ByName["Barrier"]
	rowAttach  = table.ByName["Win_attach"]
	rowDetach  = table.ByName["Win_detach"]
)

package luampi

import (
	"maps"

	"github.com/mpiclus/mpiclus-lua/internal/mpi/table"
)

// anyTarget stands for all ranks of a window.
const anyTarget = -1

// keepOrigin has the window keep an array of the access. Where windows are memory
// that ranks share, an access is complete when its call returns.
func (x *call) keepOrigin(b *buffer) {
	w := x.win
	if b.arr == nil || w.alone {
		return
	}
	if w.origins == nil {
		w.origins = map[origin]bool{}
	}
	w.origins[origin{b.arr, int(int32(x.c.S[table.SlotX]))}] = true
}

// completes notes that the call completes the accesses so far, to one rank or to
// all: when it has succeeded their arrays are the script's alone. What other
// tasks begin meanwhile it does not complete.
func (x *call) completes(target int) {
	w, over := x.win, map[origin]bool{}
	if len(w.origins) == 0 {
		return
	}
	for o := range w.origins {
		if target == anyTarget || o.target == target {
			over[o] = true
			delete(w.origins, o)
		}
	}
	x.keep = append(x.keep, over)
	x.onFailure(func() { maps.Copy(w.origins, over) })
}

// originIn reports whether an access that is not complete has memory of a span in
// hand: one of any window, or one that a call which waits completes.
func (m *module) originIn(s span) bool {
	meets := func(origins map[origin]bool) bool {
		for o := range origins {
			if memoryOf(o.arr).meets(s) {
				return true
			}
		}
		return false
	}
	for w := range m.windows {
		if meets(w.origins) {
			return true
		}
	}
	for x := range m.waiting {
		for _, k := range x.keep {
			if over, ok := k.(map[origin]bool); ok && meets(over) {
				return true
			}
		}
	}
	return false
}

// mark sets a flag of the window's epochs. If the call fails, the flag is again
// what it was.
func (x *call) mark(flag *bool, on bool) {
	before := *flag
	*flag = on
	x.onFailure(func() { *flag = before })
}

// markLocked is mark for the lock of one rank's part of the window.
func (x *call) markLocked(target int, on bool) {
	locked := x.win.locked
	set := func(on bool) {
		if on {
			locked[target] = true
		} else {
			delete(locked, target)
		}
	}
	set(on)
	x.onFailure(func() { set(!on) })
}

// onFailure has undo called if the call fails, before what was to be called so
// far.
func (x *call) onFailure(undo func()) {
	before := x.undo
	x.undo = func() {
		undo()
		if before != nil {
			before()
		}
	}
}

package luampi

import (
	"github.com/mpiclus/mpiclus-lua/internal/mpi"
	"github.com/mpiclus/mpiclus-lua/internal/mpi/table"
)

// windowHooks are the checks of accesses to windows and of their epochs,
// which follow the synchronisation of the standard (MPI 3.1, section 11.5).
func (m *module) windowHooks() map[string]func(x *call) {
	hooks := map[string]func(x *call){
		"Win_fence": func(x *call) {
			w := x.win
			x.noEpoch()
			x.mark(&w.fenced, int(int32(x.c.S[table.SlotX]))&mpi.Int("MODE_NOSUCCEED") == 0)
			x.completes(anyTarget)
		},
		"Win_lock": func(x *call) {
			target := x.target(table.SlotX+1, 1)
			if x.win.lockedAll || x.win.locked[target] {
				rmaError(x, "ERR_RMA_SYNC", "the window of rank %d is locked already", target)
			}
			if x.win.started {
				rmaError(x, "ERR_RMA_SYNC", "another epoch is open")
			}
			x.mark(&x.win.fenced, false)
			x.markLocked(target, true)
		},
		"Win_unlock": func(x *call) {
			target := x.target(table.SlotX, 0)
			if !x.win.locked[target] {
				rmaError(x, "ERR_RMA_SYNC", "the window of rank %d is not locked", target)
			}
			x.markLocked(target, false)
			x.completes(target)
		},
		"Win_lock_all": func(x *call) {
			x.noEpoch()
			x.mark(&x.win.fenced, false)
			x.mark(&x.win.lockedAll, true)
		},
		"Win_unlock_all": func(x *call) {
			if !x.win.lockedAll {
				rmaError(x, "ERR_RMA_SYNC", "Win_lock_all did not lock the window")
			}
			x.mark(&x.win.lockedAll, false)
			x.completes(anyTarget)
		},
		"Win_start": func(x *call) {
			x.noEpoch()
			x.win.targets = x.ranksOfWindow(x.c.S[table.SlotX])
			x.mark(&x.win.started, true)
			x.mark(&x.win.fenced, false)
		},
		"Win_post": func(x *call) { x.mark(&x.win.posted, true) },
		"Win_wait": func(x *call) { x.mark(&x.win.posted, false) },
		"Win_test": func(x *call) {
			w := x.win
			x.then = func(err error) error {
				if err == nil && x.c.Result(0) != 0 {
					w.posted = false
				}
				return err
			}
		},
		"Win_complete": func(x *call) {
			x.mark(&x.win.started, false)
			x.completes(anyTarget)
		},
		"Win_flush_all":       func(x *call) { x.completes(anyTarget) },
		"Win_flush_local_all": func(x *call) { x.completes(anyTarget) },
		"Win_attach":          (*call).attach,
		"Win_detach":          (*call).detach,
	}
	for _, name := range []string{"Win_flush", "Win_flush_local"} {
		hooks[name] = func(x *call) {
			target := x.target(table.SlotX, 0)
			if !x.win.lockedAll && !x.win.locked[target] {
				rmaError(x, "ERR_RMA_SYNC", "the window of rank %d is not locked", target)
			}
			x.completes(target)
		}
	}
	for _, name := range []string{"Put", "Rput", "Accumulate", "Raccumulate", "Get_accumulate", "Rget_accumulate"} {
		hooks[name] = func(x *call) { x.checkAccessOp(); x.access(&x.send) }
	}
	hooks["Get"] = func(x *call) { x.access(&x.recv) }
	hooks["Rget"] = hooks["Get"]
	hooks["Fetch_and_op"] = func(x *call) { x.single(); x.checkAccessOp(); x.access(&x.send) }
	hooks["Compare_and_swap"] = func(x *call) {
		x.single()
		other := x.buffer(1, x.at[1])
		x.need(1, &other, false)
		if other.typ != x.send.typ || other.count != 1 {
			x.arg(1, "array of one element of the same type expected")
		}
		x.access(&x.send)
		x.c.S[table.SlotRDispls] = x.c.Hold(other.address)
		x.keepOrigin(&other)
	}
	return hooks
}

// epochs returns those of an open window that are.
func (m *module) epochs(handle uint64) (e mpi.Epochs) {
	for w := range m.windows {
		if w.handle == handle {
			e = mpi.Epochs{LockedAll: w.lockedAll, Started: w.started, Posted: w.posted}
			for rank := range w.locked {
				e.Locked = append(e.Locked, int32(rank))
			}
		}
	}
	return e
}

// noEpoch raises while an epoch is open in which this rank reaches others.
func (x *call) noEpoch() {
	if w := x.win; w.lockedAll || len(w.locked) > 0 || w.started {
		rmaError(x, "ERR_RMA_SYNC", "another epoch is open")
	}
}

// ranksOfWindow returns the ranks that the processes of a group have in the window.
func (x *call) ranksOfWindow(group uint64) map[int]bool {
	ask := func(name string, fill func(c *mpi.Call), read func(c *mpi.Call)) {
		c := x.m.s.NewCall(name)
		defer c.Release()
		fill(c)
		if err := x.m.do(x.L, c); err != nil {
			x.fail(err)
		}
		read(c)
	}
	var own uint64
	var n int
	ranks := map[int]bool{}
	ask("Win_get_group", func(c *mpi.Call) { c.S[table.SlotWin] = x.win.handle }, func(c *mpi.Call) { own = c.S[table.SlotR] })
	defer x.m.s.FreeLater("Group_free", own)
	ask("Group_size", func(c *mpi.Call) { c.S[table.SlotX] = group }, func(c *mpi.Call) { n = c.Result(0) })
	if n == 0 {
		return ranks
	}
	list := make([]int32, n)
	for i := range list {
		list[i] = int32(i)
	}
	ask("Group_translate_ranks", func(c *mpi.Call) {
		c.S[table.SlotX], c.S[table.SlotX+1], c.S[table.SlotX+3] = group, slot(n), own
		c.S[table.SlotX+2] = c.Hold(addressOf(list))
	}, func(c *mpi.Call) {
		for _, r := range c.Ints(table.SlotR, n) {
			ranks[int(r)] = true
		}
	})
	return ranks
}

// target reads a rank of the communicator, or of the window's.
func (x *call) target(slotOf, i int) int {
	rank := int(int32(x.c.S[slotOf]))
	if n := x.comm.Size; rank < 0 || rank >= n {
		x.arg(i, "rank %d is not in a communicator of %d", rank, n)
	}
	return rank
}

// single checks that send and receive array have one element of one type.
func (x *call) single() {
	if x.send.elements() != 1 || x.recv.elements() != 1 || x.send.typ != x.recv.typ {
		x.arg(0, "arrays of one element of the same type expected")
	}
}

// access checks an access to a window: an epoch must be open for the target,
// and what is reached must be inside its memory. The target has as many
// elements of the same type as the array here.
func (x *call) access(b *buffer) {
	w, target := x.win, x.target(table.SlotX, x.argOf(table.SlotX))
	if w.started && !w.targets[target] {
		rmaError(x, "ERR_RMA_SYNC", "rank %d is not in the group of Win_start", target)
	}
	if !w.fenced && !w.lockedAll && !w.locked[target] && !w.started {
		rmaError(x, "ERR_RMA_SYNC", "no epoch is open for rank %d: call Win_fence, Win_lock or Win_start before", target)
	}
	if x.recv.arr != nil && x.send.arr != nil && x.recv.elements() != x.send.elements() {
		x.arg(0, "arrays of the same length expected, got %d and %d", x.send.elements(), x.recv.elements())
	}
	if t := w.types[target]; !w.dynamic && w.bytes[target] > 0 && !b.content.liesIn(t) && !x.readsNothing() {
		x.arg(0, "the window of rank %d has %s elements, got %s: convert them with a:to(\"%s\")", target, t, b.content, t)
	}
	disp := int(int64(x.c.S[table.SlotX+1]))
	l, count, typ := b.layout, b.count, b.typ
	switch {
	case b.view: // what is reached has no gaps
		l, count, typ = layoutOfElements(b.arr.Type()), b.elements(), x.m.types[b.arr.Type()]
	case !b.derived:
		l = layoutOfElements(b.arr.Type())
	}
	low, end := l.reach(count)
	at, ok := times(disp, w.units[target])
	if !ok {
		at = farthest
	}
	if !w.dynamic && (disp < 0 || at+low < 0 || at+end > w.bytes[target]) {
		rmaError(x, "ERR_RMA_RANGE", "bytes %d to %d are not in the window of rank %d, which has %d", at+low, at+end, target, w.bytes[target])
	}
	if target == x.comm.Rank && !w.dynamic && len(w.arr.Bytes()) > 0 && l.dense(count) {
		reached := typeSpan(addressOf(w.arr.Bytes()), l, at, count)
		for _, own := range []*buffer{&x.send, &x.recv} {
			if own.arr != nil && elementSpan(own, 0, own.count).meets(reached) {
				x.arg(0, "the array and what is reached of this rank's own window share memory: copy the array")
			}
		}
	}
	x.c.S[table.SlotSTypes], x.c.S[table.SlotRTypes] = slot(count), typ
	if x.row.Class == table.Local { // else its request has the arrays in hand
		x.keepOrigin(&x.send)
		x.keepOrigin(&x.recv)
	}
}

// checkAccessOp checks that the op of an access works on its elements: libraries
// do not.
func (x *call) checkAccessOp() {
	if x.op == nil || x.op.name == "REPLACE" {
		return
	}
	if i := x.argOf(table.SlotOp); x.op.name == "NO_OP" {
		if x.recv.arr == nil {
			x.arg(i, "mpi.NO_OP changes nothing: it is for accesses that read")
		}
	} else if !x.send.derived || x.send.view {
		x.checkOp(i, x.send.arr.Type())
	}
}

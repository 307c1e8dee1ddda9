package luampi

import (
	"unsafe"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/args"
	"github.com/mpiclus/mpiclus-lua/internal/lua51/vm"
	"github.com/mpiclus/mpiclus-lua/internal/mpi"
	"github.com/mpiclus/mpiclus-lua/internal/mpi/table"
)

// setParts puts memory with counts and displacements into slots.
func setParts(c *mpi.Call, slotOf, countsSlot int, b []byte, l *layout, datatype uint64) {
	c.S[slotOf] = c.Hold(addressOf(b))
	c.S[slotOf+2] = datatype
	c.S[countsSlot] = c.Hold(unsafe.Pointer(unsafe.SliceData(l.counts)))
	c.S[countsSlot+1] = c.Hold(unsafe.Pointer(unsafe.SliceData(l.displs)))
	c.Bytes += len(b)
}

// setWhole puts memory that is a number of units into slots.
func setWhole(c *mpi.Call, slotOf int, b []byte, units int, datatype uint64) {
	c.S[slotOf] = c.Hold(addressOf(b))
	c.S[slotOf+1], c.S[slotOf+2] = slot(units), datatype
	c.Bytes += len(b)
}

func sum(list []uint64) (total uint64) {
	for _, n := range list {
		total += n
	}
	return total
}

// gatherAll gathers everybody's value, on the root or on all.
func (m *module) gatherAll(x *call, v lua.LValue, row *table.Call) (list lua.LValue, err error) {
	list = lua.LNil
	root, isRoot := x.c.S[table.SlotRoot], x.root || row == rowAllgatherv
	err = x.together(func() error {
		w, failure := m.pack(x.L, "value", v)
		lengths, err := m.lengths(x, w, failure)
		if err != nil {
			return err
		}
		l := lay(lengths, sum(lengths))
		mine, units := l.room(w.append(make([]byte, 0, w.total+l.unit)))
		var all []byte
		if isRoot {
			all = make([]byte, l.total)
		}
		err = m.withUnit(x, l.unit, func(datatype uint64) error {
			c := x.again(row, x.comm.Shadow)
			c.S[table.SlotRoot] = root
			setWhole(c, table.SlotSend, mine, units, datatype)
			setParts(c, table.SlotRecv, table.SlotRCounts, all, &l, datatype)
			return x.await()
		})
		if err == nil && isRoot {
			list, err = m.decodeAll(x, all, &l, lengths)
		}
		return err
	})
	return list, err
}

func (m *module) gather(x *call) (int, error) { return x.gives(m.gatherAll(x, x.at[0], rowGatherv)) }

func (m *module) allgather(x *call) (int, error) {
	return x.gives(m.gatherAll(x, x.at[0], rowAllgatherv))
}

// packList encodes entry r + 1 of a list for each rank r.
func (m *module) packList(x *call, v lua.LValue) (ws []*wire, lengths []uint64, err error) {
	list, ok := v.(*lua.LTable)
	if !ok {
		return nil, nil, luaError("mpi.%s: list of %d values expected, got %s", x.row.Name, x.comm.Size, args.Kind(v))
	}
	n, wrong := args.List(list)
	if wrong != "" {
		return nil, nil, luaError("mpi.%s: %s", x.row.Name, wrong)
	}
	if n != x.comm.Size {
		return nil, nil, luaError("mpi.%s: list of %d values expected, got %d", x.row.Name, x.comm.Size, n)
	}
	for r := range x.comm.Size {
		w, err := m.pack(x.L, "value", vm.GetInt(list, r+1))
		if err != nil {
			return nil, nil, err
		}
		ws, lengths = append(ws, w), append(lengths, uint64(w.total))
	}
	return ws, lengths, nil
}

// joinStreams puts the streams of a list one after another.
func joinStreams(ws []*wire, l *layout) []byte {
	all := make([]byte, 0, l.total)
	for r, w := range ws {
		all = w.append(all[:int(l.displs[r])*l.unit])
	}
	return all[:l.total]
}

func (m *module) scatter(x *call) (n int, err error) {
	root := x.c.S[table.SlotRoot]
	var v lua.LValue
	err = x.together(func() error {
		var ws []*wire
		var lengths []uint64
		var failure error
		heads := make([]uint64, 2*x.comm.Size) // for each rank: its length, the total
		if x.root {
			ws, lengths, failure = m.packList(x, x.at[0])
			for r := range x.comm.Size {
				if failure != nil {
					heads[2*r] = failed
					continue
				}
				heads[2*r], heads[2*r+1] = lengths[r], sum(lengths)
			}
		}
		head := make([]uint64, 2)
		c := x.again(rowScatter, x.comm.Shadow)
		c.S[table.SlotRoot] = root
		m.setWords(c, table.SlotSend, heads, 2)
		m.setWords(c, table.SlotRecv, head, 2)
		if err := x.await(); err != nil {
			return err
		}
		switch {
		case failure != nil:
			return failure
		case head[0] == failed:
			return luaError("mpi.scatter: the root's list cannot be sent")
		}
		stream, err := m.scatterStreams(x, root, ws, lengths, head[0], head[1])
		if err != nil {
			return err
		}
		v, err = m.unpack(x.L, stream, true)
		return err
	})
	return x.gives(v, err)
}

func (m *module) scatterStreams(x *call, root uint64, ws []*wire, lengths []uint64, length, total uint64) ([]byte, error) {
	if lengths == nil {
		lengths = make([]uint64, x.comm.Size)
	}
	l := lay(lengths, total)
	units := (int(length) + l.unit - 1) / l.unit
	mine := make([]byte, units*l.unit)
	var all []byte
	if ws != nil {
		all = joinStreams(ws, &l)
	}
	err := m.withUnit(x, l.unit, func(datatype uint64) error {
		c := x.again(rowScatterv, x.comm.Shadow)
		c.S[table.SlotRoot] = root
		setParts(c, table.SlotSend, table.SlotSCounts, all, &l, datatype)
		setWhole(c, table.SlotRecv, mine, units, datatype)
		return x.await()
	})
	return mine[:length], err
}

func (m *module) alltoall(x *call) (n int, err error) {
	var list *lua.LTable
	err = x.together(func() error {
		size := x.comm.Size
		ws, lengths, failure := m.packList(x, x.at[0])
		heads := make([]uint64, 2*size) // for each rank: its length, my total
		for r := range size {
			if failure != nil {
				heads[2*r] = failed
				continue
			}
			heads[2*r], heads[2*r+1] = lengths[r], sum(lengths)
		}
		came := make([]uint64, 2*size)
		c := x.again(rowAlltoall, x.comm.Shadow)
		m.setWords(c, table.SlotSend, heads, 2)
		m.setWords(c, table.SlotRecv, came, 2)
		if err := x.await(); err != nil {
			return err
		}
		if failure != nil {
			return failure
		}
		coming, most := make([]uint64, size), uint64(0)
		for r := range size {
			if coming[r] = came[2*r]; coming[r] == failed {
				return luaError("mpi.alltoall: the list of rank %d cannot be sent", r)
			}
			most += came[2*r+1] // of all ranks: the same everywhere, and no less than any total
		}
		list, err = m.alltoallStreams(x, ws, lengths, coming, most)
		return err
	})
	return x.gives(list, err)
}

func (m *module) alltoallStreams(x *call, ws []*wire, lengths, coming []uint64, most uint64) (*lua.LTable, error) {
	out, in := lay(lengths, most), lay(coming, most)
	sent, got := joinStreams(ws, &out), make([]byte, in.total)
	err := m.withUnit(x, out.unit, func(datatype uint64) error {
		c := x.again(rowAlltoallv, x.comm.Shadow)
		setParts(c, table.SlotSend, table.SlotSCounts, sent, &out, datatype)
		setParts(c, table.SlotRecv, table.SlotRCounts, got, &in, datatype)
		return x.await()
	})
	if err != nil {
		return nil, err
	}
	return m.decodeAll(x, got, &in, coming)
}

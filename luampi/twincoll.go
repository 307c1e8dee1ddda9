package luampi

import (
	"encoding/binary"
	"math"
	"unsafe"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/lua51/vm"
	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
	"github.com/mpiclus/mpiclus-lua/internal/mpi/table"
)

var (
	rowAllgather  = table.ByName["Allgather"]
	rowGatherv    = table.ByName["Gatherv"]
	rowAllgatherv = table.ByName["Allgatherv"]
	rowScatter    = table.ByName["Scatter"]
	rowScatterv   = table.ByName["Scatterv"]
	rowAlltoall   = table.ByName["Alltoall"]
	rowAlltoallv  = table.ByName["Alltoallv"]
	ownBcast      = table.ByName["own_bcast"]
	ownUnit       = table.ByName["own_unit"]
	ownUnitFree   = table.ByName["own_unit_free"]
)

// together runs a twin of a collective: it occupies the communicator for all
// of its steps, and refuses inter-communicators.
func (x *call) together(body func() error) error {
	if x.comm.Inter {
		return luaError("mpi.%s does not work on inter-communicators: use mpi.send and mpi.recv", x.row.Name)
	}
	if err := x.occupy(); err != nil {
		return err
	}
	defer x.comm.Vacate(x)
	if err := x.compareOccupied(); err != nil {
		return err
	}
	return body()
}

// failed is the length that stands for a value that could not be encoded:
// then all ranks raise, and none waits for what never comes.
const failed = math.MaxUint64

const bcastPacket = 512

func (m *module) bcast(x *call) (n int, err error) {
	v := x.at[0]
	err = x.together(func() error {
		if x.root {
			return m.bcastRoot(x, v)
		}
		v, err = m.bcastOther(x)
		return err
	})
	return x.gives(v, err)
}

// bcastRoot sends the length of the tail and the tail, in one packet if it
// fits, then the blobs from where they are.
func (m *module) bcastRoot(x *call, v lua.LValue) error {
	root := x.c.S[table.SlotRoot]
	packet := x.packetBuffer()[:bcastPacket]
	w, failure := m.pack(x.L, "value", v)
	if failure != nil {
		binary.LittleEndian.PutUint64(packet, failed)
		if err := m.bcastBytes(x, root, packet); err != nil {
			return err
		}
		return failure
	}
	binary.LittleEndian.PutUint64(packet, uint64(len(w.tail)))
	inside := copy(packet[8:], w.tail)
	if err := m.bcastBytes(x, root, packet); err != nil {
		return err
	}
	if inside < len(w.tail) {
		if err := m.bcastBytes(x, root, w.tail); err != nil {
			return err
		}
	}
	for _, b := range w.blobs {
		if err := m.bcastBytes(x, root, b); err != nil {
			return err
		}
	}
	return nil
}

func (m *module) bcastOther(x *call) (lua.LValue, error) {
	root := x.c.S[table.SlotRoot]
	packet := x.packetBuffer()[:bcastPacket]
	if err := m.bcastBytes(x, root, packet); err != nil {
		return nil, err
	}
	n := binary.LittleEndian.Uint64(packet)
	if n == failed {
		return nil, luaError("mpi.bcast: the root's value cannot be sent")
	}
	stream := packet[8:]
	if n <= uint64(len(stream)) {
		stream = stream[:n]
	} else {
		stream = make([]byte, n)
		if err := m.bcastBytes(x, root, stream); err != nil {
			return nil, err
		}
	}
	t, _, err := readTail(stream)
	if err != nil {
		return nil, err
	}
	blobs := make([][]byte, len(t.sizes))
	for i, n := range t.sizes {
		blobs[i] = make([]byte, n, padded(n))
		if err := m.bcastBytes(x, root, blobs[i]); err != nil {
			return nil, err
		}
	}
	return m.decode(x.L, t, blobs)
}

func (m *module) bcastBytes(x *call, root uint64, b []byte) error {
	if len(b) == 0 {
		return nil
	}
	c := x.again(ownBcast, x.comm.Shadow)
	c.S[table.SlotX], c.S[table.SlotX+1] = c.Hold(unsafe.Pointer(unsafe.SliceData(b))), uint64(len(b))
	c.S[table.SlotRoot] = root
	c.Bytes = len(b)
	return x.await()
}

// lengths tells every rank how long everybody's stream is. An error of one
// rank's encoding is one of all.
func (m *module) lengths(x *call, w *wire, failure error) ([]uint64, error) {
	mine := []uint64{failed}
	if failure == nil {
		mine[0] = uint64(w.total)
	}
	all := make([]uint64, x.comm.Size)
	c := x.again(rowAllgather, x.comm.Shadow)
	m.setWords(c, table.SlotSend, mine, 1)
	m.setWords(c, table.SlotRecv, all, 1)
	if err := x.await(); err != nil {
		return nil, err
	}
	if failure != nil {
		return nil, failure
	}
	for r, n := range all {
		if n == failed {
			return nil, luaError("mpi.%s: the value of rank %d cannot be sent", x.row.Name, r)
		}
	}
	return all, nil
}

// layout is how streams lie one after another: in units, so that MPI's counts
// and displacements hold any length.
type layout struct {
	unit   int
	counts []int32
	displs []int32
	total  int // bytes
}

// lay lays streams out. All ranks that take part must give the same most,
// the greatest total of any of them.
func lay(lengths []uint64, most uint64) layout {
	l := layout{unit: 1, counts: make([]int32, len(lengths))}
	for most/uint64(l.unit)+uint64(len(lengths)) > math.MaxInt32 {
		l.unit *= 16
	}
	for i, n := range lengths {
		l.counts[i] = int32((n + uint64(l.unit) - 1) / uint64(l.unit))
	}
	l.displs = packed(l.counts)
	last := len(lengths) - 1
	l.total = (int(l.displs[last]) + int(l.counts[last])) * l.unit
	return l
}

// part returns the stream of one rank.
func (l *layout) part(all []byte, r int, length uint64) []byte {
	return all[int(l.displs[r])*l.unit:][:length]
}

// room returns the units that a stream takes, and its bytes filled up.
func (l *layout) room(b []byte) (filled []byte, units int) {
	units = (len(b) + l.unit - 1) / l.unit
	for len(b) < units*l.unit {
		b = append(b, 0)
	}
	return b, units
}

// withUnit runs body with the type of a unit.
func (m *module) withUnit(x *call, unit int, body func(datatype uint64) error) error {
	if unit == 1 {
		return body(m.byteType)
	}
	c := x.again(ownUnit, x.comm.Shadow)
	c.S[table.SlotX] = slot(unit)
	if err := x.await(); err != nil {
		return err
	}
	datatype := c.S[table.SlotR]
	err := body(datatype)
	m.s.FreeLater(ownUnitFree.Name, datatype)
	return err
}

// decodeAll makes the list of everybody's value.
func (m *module) decodeAll(x *call, all []byte, l *layout, lengths []uint64) (*lua.LTable, error) {
	list := x.L.CreateTable(len(lengths), 0)
	for r, n := range lengths {
		v, err := m.unpack(x.L, l.part(all, r, n), false)
		if err != nil {
			return nil, luaerr.New(luaerr.MPI, "mpi.%s: value of rank %d: %w", x.row.Name, r, err)
		}
		vm.SetInt(list, r+1, v)
	}
	return list, nil
}

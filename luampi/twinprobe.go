package luampi

import (
	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/mpi"
	"github.com/mpiclus/mpiclus-lua/internal/mpi/table"
)

var (
	rowProbe   = table.ByName["Probe"]
	rowIprobe  = table.ByName["Iprobe"]
	rowMprobe  = table.ByName["Mprobe"]
	rowImprobe = table.ByName["Improbe"]
	rowMrecv   = table.ByName["Mrecv"]
)

// probeAs runs a probe for values: their messages go on the shadow.
func (x *call) probeAs(row *table.Call) error {
	x.again(row, x.comm.Shadow)
	if int(int32(x.c.S[table.SlotPeer])) == x.m.limits.procNull {
		x.c.FromNull()
	}
	return x.try()
}

func (m *module) probe(x *call) (int, error) {
	if err := x.probeAs(rowProbe); err != nil {
		return 0, err
	}
	return m.pushStatus(x.L, x.c.Status(), 1), nil
}

func (m *module) iprobe(x *call) (int, error) {
	if err := x.probeAs(rowIprobe); err != nil {
		return 0, err
	}
	flag := x.c.Result(0) != 0
	x.L.Push(lua.LBool(flag))
	if !flag {
		return 1, nil
	}
	return 1 + m.pushStatus(x.L, x.c.Status(), 2), nil
}

// taken makes the message of a value that a probe took.
func (m *module) taken(x *call, result int) *lua.LUserData {
	return m.newObject(&message{handle: x.c.S[table.SlotR+result], comm: x.comm, value: true}, m.messageMT)
}

func (m *module) mprobe(x *call) (int, error) {
	if err := x.probeAs(rowMprobe); err != nil {
		return 0, err
	}
	x.L.Push(m.taken(x, 0))
	return 1 + m.pushStatus(x.L, x.c.Status(), 2), nil
}

func (m *module) improbe(x *call) (int, error) {
	if err := x.probeAs(rowImprobe); err != nil {
		return 0, err
	}
	if x.c.Result(0) == 0 {
		x.L.Push(lua.LFalse)
		return 1, nil
	}
	x.L.Push(lua.LTrue)
	x.L.Push(m.taken(x, 1))
	return 2 + m.pushStatus(x.L, x.c.Status(), 3), nil
}

// mrecv receives the value of a message that mprobe took.
func (m *module) mrecv(x *call) (int, error) {
	msg := x.msg
	x.comm = msg.comm
	c := x.again(rowMrecv, x.comm.Shadow)
	c.S[table.SlotX] = msg.handle
	if msg.handle == mpi.Constant("MESSAGE_NO_PROC") {
		c.FromNull()
	}
	packet := x.packetBuffer()
	m.setBytes(c, table.SlotRecv, packet)
	msg.handle = mpi.Constant("MESSAGE_NULL") // whatever comes of it, MPI ends it
	if err := x.try(); err != nil {
		return 0, err
	}
	return m.received(x, packet, x.c.Status())
}

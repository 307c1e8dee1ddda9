package luampi

import (
	"unsafe"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/mpi"
	"github.com/mpiclus/mpiclus-lua/internal/mpi/table"
)

// gives pushes the one value that a twin gives, unless it has failed.
func (x *call) gives(v lua.LValue, err error) (int, error) {
	if err != nil {
		return 0, err
	}
	x.L.Push(v)
	return 1, nil
}

// packetBuffer returns memory for a packet that lasts as long as the call.
func (x *call) packetBuffer() []byte {
	if x.packet == nil {
		x.packet = make([]byte, packetSize)
	}
	return x.packet
}

var (
	rowSend     = table.ByName["Send"]
	rowRecv     = table.ByName["Recv"]
	rowSendrecv = table.ByName["Sendrecv"]
	rowIsend    = table.ByName["Isend"]
	rowWaitall  = table.ByName["Waitall"]
	ownSend     = table.ByName["own_send"]
	ownIsend    = table.ByName["own_isend"]
	ownIrecv    = table.ByName["own_irecv"]
	ownRecv     = table.ByName["own_recv"]
)

func (m *module) send(x *call) (int, error) {
	w, err := m.pack(x.L, "value", x.at[0])
	if err != nil {
		return 0, err
	}
	if headSize+w.total <= packetSize {
		x.again(rowSend, x.comm.Shadow)
		m.setBytes(x.c, table.SlotSend, w.append(w.head(x.packetBuffer()[:0], 0)))
		x.c.Bytes = w.total
		return 0, x.try()
	}
	dest := int(int32(x.c.S[table.SlotPeer]))
	ticket := x.comm.Ticket(dest, m.limits.maxTag)
	c := x.again(ownSend, x.comm.Shadow)
	m.setBytes(c, table.SlotSend, w.head(nil, ticket))
	address, n := w.pieces(c)
	c.S[table.SlotX], c.S[table.SlotX+1], c.S[table.SlotX+2] = address, slot(n), x.comm.Bulk
	c.S[table.SlotTag2] = slot(ticket)
	c.Bytes = w.total
	return 0, x.try()
}

func (m *module) recv(x *call) (int, error) {
	x.again(rowRecv, x.comm.Shadow)
	if int(int32(x.c.S[table.SlotPeer])) == m.limits.procNull {
		x.c.FromNull()
	}
	packet := x.packetBuffer()
	m.setBytes(x.c, table.SlotRecv, packet)
	if err := x.try(); err != nil {
		return 0, err
	}
	return m.received(x, packet, x.c.Status())
}

// received pushes the value whose packet came, and its status.
func (m *module) received(x *call, packet []byte, st mpi.Status) (int, error) {
	v, err := lua.LValue(lua.LNil), error(nil)
	if st.Source() != m.limits.procNull {
		v, err = m.rest(x, packet, &st)
	}
	if err != nil {
		return 0, err
	}
	x.L.Push(v)
	return 1 + m.pushStatus(x.L, st, 2), nil
}

// rest returns the value that a packet holds or announces.
func (m *module) rest(x *call, packet []byte, st *mpi.Status) (lua.LValue, error) {
	total, ticket, err := readHead(packet)
	if err != nil {
		return nil, err
	}
	stream, own := packet[headSize:], false
	if headSize+total <= packetSize {
		stream = stream[:total]
	} else {
		own = true
		stream = make([]byte, total, padded(total))
		c := x.again(ownRecv, x.comm.Bulk)
		c.S[table.SlotX], c.S[table.SlotX+1] = c.Hold(unsafe.Pointer(unsafe.SliceData(stream))), uint64(total)
		c.S[table.SlotPeer], c.S[table.SlotTag] = slot(st.Source()), slot(ticket)
		c.Bytes = total
		if err := x.try(); err != nil {
			return nil, err
		}
	}
	return m.unpack(x.L, stream, own)
}

// startSend starts to send a value and returns the requests of that: of the
// packet and, of a long value, of the rest.
func (m *module) startSend(x *call, w *wire) ([]*mpi.Request, error) {
	dest, tag := x.c.S[table.SlotPeer], x.c.S[table.SlotTag]
	long := headSize+w.total > packetSize
	ticket := 0
	if long {
		ticket = x.comm.Ticket(int(int32(dest)), m.limits.maxTag)
	}
	packet := w.head(nil, ticket)
	if !long {
		x.again(rowIsend, x.comm.Shadow)
		m.setBytes(x.c, table.SlotSend, w.append(packet))
		if err := x.try(); err != nil {
			return nil, err
		}
		return []*mpi.Request{x.c.Detach()}, nil
	}
	c := x.again(ownIsend, x.comm.Shadow) // both at once: an announcement without its value would keep the receiver waiting
	m.setBytes(c, table.SlotSend, packet)
	address, n := w.pieces(c)
	c.S[table.SlotX], c.S[table.SlotX+1], c.S[table.SlotX+2] = address, slot(n), x.comm.Bulk
	c.S[table.SlotPeer], c.S[table.SlotTag], c.S[table.SlotTag2] = dest, tag, slot(ticket)
	c.Bytes = w.total
	if err := x.try(); err != nil {
		return nil, err
	}
	first, second := c.DetachBoth()
	return []*mpi.Request{first, second}, nil
}

func (m *module) isend(x *call) (int, error) {
	w, err := m.pack(x.L, "value", x.at[0])
	if err != nil {
		return 0, err
	}
	w.detach()
	list, err := m.startSend(x, w)
	if err != nil {
		return 0, err
	}
	if len(list) == 2 { // the packet ends by itself
		m.s.Orphan(list[0])
	}
	return x.gives(m.newRequest(&request{r: list[len(list)-1], name: "isend"}), nil)
}

func (m *module) irecv(x *call) (int, error) {
	c := x.again(ownIrecv, x.comm.Shadow)
	c.S[table.SlotX] = x.comm.Bulk
	if err := x.try(); err != nil {
		return 0, err
	}
	q := &request{r: c.Detach(), name: "irecv"}
	q.finish = func(L *lua.LState) (lua.LValue, error) {
		packet, stream := q.r.Value()
		if packet == nil {
			return lua.LNil, nil
		}
		own := stream != nil
		if !own {
			total, _, err := readHead(packet)
			if err != nil {
				return nil, err
			}
			if stream = packet[headSize:]; total == 0 || total > len(stream) {
				return lua.LNil, nil // cancelled, or from PROC_NULL
			}
			stream = stream[:total]
		}
		return m.unpack(L, stream, own)
	}
	return x.gives(m.newRequest(q), nil)
}

func (m *module) sendrecv(x *call) (int, error) {
	w, err := m.pack(x.L, "value", x.at[0])
	if err != nil {
		return 0, err
	}
	source, tag := x.c.S[table.SlotPeer2], x.c.S[table.SlotTag2]
	list, err := m.startSend(x, w)
	if err != nil {
		return 0, err
	}
	defer func() { // after an error the send goes on
		for _, r := range list {
			if r.Active() {
				m.s.Orphan(r)
			}
		}
	}()
	x.again(rowRecv, x.comm.Shadow)
	x.c.S[table.SlotPeer], x.c.S[table.SlotTag] = source, tag
	if int(int32(source)) == m.limits.procNull {
		x.c.FromNull()
	}
	packet := x.packetBuffer()
	m.setBytes(x.c, table.SlotRecv, packet)
	if err := x.try(); err != nil {
		return 0, err
	}
	n, err := m.received(x, packet, x.c.Status())
	if err != nil {
		return 0, err
	}
	x.again(rowWaitall, x.comm.Shadow)
	if err := x.awaitAll(list); err != nil {
		return 0, err
	}
	return n, nil
}

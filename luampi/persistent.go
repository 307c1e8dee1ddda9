package luampi

import (
	"unsafe"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/array"
	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
	"github.com/mpiclus/mpiclus-lua/internal/mpi"
	"github.com/mpiclus/mpiclus-lua/internal/mpi/table"
)

// startRequest starts one persistent request.
func (m *module) startRequest(L *lua.LState, call string, q *request) {
	if q.r == nil || !q.r.Persistent() {
		luaerr.RaiseArg(L, call, 1, "request", "the request is not persistent")
	}
	if q.r.Active() {
		luaerr.RaiseArg(L, call, 1, "request", "the request is active already")
	}
	c := m.s.NewCall("Start")
	c.As = call
	c.S[table.SlotX] = q.r.Handle()
	err := m.do(L, c)
	c.Release()
	if err != nil {
		luaerr.Raise(L, luaerr.From(err))
	}
	q.r.Started()
}

func (m *module) start(L *lua.LState, base int, _ *mpi.Comm) int {
	m.startRequest(L, "Start", m.readRequest(L, "Start", 1, L.Get(base)))
	return 0
}

func (m *module) startAll(L *lua.LState, base int, _ *mpi.Comm) int {
	for _, q := range m.readRequests(L, "Startall", L.Get(base), nil) {
		m.startRequest(L, "Startall", q)
	}
	return 0
}

// buffered is the space of Buffer_attach. A buffered message is a copy that
// is sent without anybody waiting for it; the space only bounds how much of
// that is under way. (Open MPI's own loses later messages when it is full.)
type buffered struct {
	attached lua.LValue
	space    int
	messages []bufferedMessage
}

type bufferedMessage struct {
	r    *mpi.Request
	size int
}

// used gives the bytes that messages under way take.
func (b *buffered) used() (total int) {
	active := b.messages[:0]
	for _, msg := range b.messages {
		if msg.r.Active() && !msg.r.Lost() {
			active = append(active, msg)
			total += msg.size
		}
	}
	b.messages = active
	return total
}

func (m *module) bufferAttach(L *lua.LState, base int, _ *mpi.Comm) int {
	a, ok := array.To(L.Get(base))
	switch {
	case !ok:
		luaerr.RaiseArg(L, "Buffer_attach", 1, "array", "array expected, got %s", kindOf(L.Get(base)))
	case m.buffered.attached != nil:
		luaerr.RaiseArg(L, "Buffer_attach", 1, "array", "a buffer is attached already")
	}
	m.buffered = buffered{attached: L.Get(base), space: len(a.Bytes())}
	return 0
}

// bufferDetach waits for all buffered messages.
func (m *module) bufferDetach(L *lua.LState, _ int, _ *mpi.Comm) int {
	if m.buffered.attached == nil {
		luaerr.Raise(L, luaerr.New(luaerr.MPI, "Buffer_detach: ERR_BUFFER: no buffer is attached"))
	}
	m.buffered.used()
	list := make([]*mpi.Request, len(m.buffered.messages))
	for i, msg := range m.buffered.messages {
		list[i] = msg.r
	}
	x := m.begin(L, table.ByName["Buffer_detach"])
	x.c.AwaitRequests(mpi.All, list)
	err := x.await()
	if err != nil && !x.c.Over() {
		x.c.StopWaiting()
	} else {
		x.c.Completed(list, func(int, mpi.Status) {})
	}
	if err != nil {
		x.fail(err)
	}
	x.end()
	L.Push(m.buffered.attached)
	m.buffered = buffered{}
	return 1
}

// bsend copies the message into memory of its own and sends that.
func (m *module) bsend(row *table.Call, gives bool) implementation {
	return func(L *lua.LState, base int, comm *mpi.Comm) int {
		x := m.begin(L, row)
		x.read(base, comm)
		size := m.typeBytes(x)
		b := &m.buffered
		if b.used()+size+mpi.Int("BSEND_OVERHEAD") > b.space {
			m.s.Sweep()
			if used := b.used(); used+size+mpi.Int("BSEND_OVERHEAD") > b.space {
				e := luaerr.New(luaerr.MPI, "%s: ERR_BUFFER: %d bytes and BSEND_OVERHEAD do not fit into the buffer: %d of its %d bytes are in use",
					row.Name, size, used, b.space)
				e.Class, e.Call, e.Code = "ERR_BUFFER", row.Name, mpi.Int("ERR_BUFFER")
				x.fail(e)
			}
		}
		peer, tag, count, datatype := x.c.S[table.SlotPeer], x.c.S[table.SlotTag], x.c.S[table.SlotSend+1], x.c.S[table.SlotSend+2]
		own := append([]byte(nil), x.send.arr.Bytes()...)
		at := 0
		if raw := x.send.arr.Bytes(); len(raw) > 0 {
			at = int(uintptr(x.send.address) - uintptr(unsafe.Pointer(unsafe.SliceData(raw))))
		}
		c := x.again(rowIsend, x.comm.Handle)
		m.setBytes(c, table.SlotSend, own)
		c.S[table.SlotSend] += uint64(at)
		c.S[table.SlotSend+1], c.S[table.SlotSend+2] = count, datatype
		c.S[table.SlotPeer], c.S[table.SlotTag] = peer, tag
		x.run()
		r := c.Detach()
		b.messages = append(b.messages, bufferedMessage{r, size + mpi.Int("BSEND_OVERHEAD")})
		m.s.Orphan(r)
		x.end()
		if !gives {
			return 0
		}
		L.Push(m.newObject(&request{}, m.requestMT)) // complete at once
		return 1
	}
}

// typeBytes gives the bytes that the send array of the call has to send.
func (m *module) typeBytes(x *call) int {
	if !x.send.derived {
		return x.send.count * x.send.arr.Type().Size()
	}
	low, end := x.send.layout.reach(x.send.count)
	return end - low
}

// sendrecvReplace sends a copy and receives into the array.
func (m *module) sendrecvReplace(L *lua.LState, base int, comm *mpi.Comm) int {
	x := m.begin(L, table.ByName["Sendrecv_replace"])
	x.read(base, comm)
	s := *x.c.S
	own := append([]byte(nil), x.send.arr.Bytes()...)
	at := uint64(0)
	if raw := x.send.arr.Bytes(); len(raw) > 0 {
		at = s[table.SlotSend] - uint64(uintptr(unsafe.Pointer(unsafe.SliceData(raw))))
	}
	into := x.send.address
	c := x.again(rowSendrecv, x.comm.Handle)
	m.setBytes(c, table.SlotSend, own)
	c.S[table.SlotSend] += at
	c.S[table.SlotSend+1], c.S[table.SlotSend+2] = s[table.SlotSend+1], s[table.SlotSend+2]
	c.S[table.SlotRecv] = c.Hold(into)
	c.S[table.SlotRecv+1], c.S[table.SlotRecv+2] = s[table.SlotSend+1], s[table.SlotSend+2]
	for _, k := range []int{table.SlotPeer, table.SlotTag, table.SlotPeer2, table.SlotTag2} {
		c.S[k] = s[k]
	}
	if int(int32(s[table.SlotPeer2])) == m.limits.procNull {
		c.FromNull()
	}
	x.run()
	st := x.c.Status()
	x.end()
	return m.pushStatus(L, st, 1)
}

// commIdup starts three duplications, of which the script sees one; the other
// two are for the lower-case calls.
func (m *module) commIdup(L *lua.LState, base int, comm *mpi.Comm) int {
	row := table.ByName["Comm_idup"]
	comm = m.oneComm(L, row.Name, base, comm)
	var requests [3]*mpi.Request
	var calls [3]*mpi.Call
	for i := range requests {
		c := m.s.NewCall(row.Name)
		c.S[table.SlotComm] = comm.Handle
		if err := m.do(L, c); err != nil {
			c.Release()
			luaerr.Raise(L, luaerr.From(err))
		}
		// MPI writes the handle when the request is complete: the frame stays
		// until then.
		requests[i], calls[i] = c.Detach(), c
	}
	made := comm.Twin()
	made.Making = true
	q := &request{r: requests[0], name: row.Name}
	q.finish = func(L *lua.LState) (lua.LValue, error) {
		x := m.begin(L, row)
		x.c.AwaitRequests(mpi.All, requests[:])
		if err := x.await(); err != nil {
			return nil, err
		}
		x.c.Completed(requests[:], func(int, mpi.Status) {})
		x.end()
		made.Handle, made.Shadow, made.Bulk = calls[0].S[table.SlotR], calls[1].S[table.SlotR], calls[2].S[table.SlotR]
		made.Making = false
		for _, c := range calls {
			c.Release()
		}
		return nil, nil
	}
	L.Push(m.newRequest(q))
	L.Push(m.commObject(made))
	return 2
}

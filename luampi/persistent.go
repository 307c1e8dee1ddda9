package luampi

import (
	"fmt"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/args"
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
	if q.r.State() == mpi.Done {
		luaerr.RaiseArg(L, call, 1, "request", "the MPI library ended the request when it failed: make a new one")
	}
	if q.r.OfOldWorld() {
		luaerr.RaiseArg(L, call, 1, "request", "the request was made before the world was renewed, since a chunk failed and left operations behind: make it again")
	}
	if q.r.State() != mpi.Idle {
		if taken := q.r.ByWhom(); taken != nil {
			luaerr.RaiseArg(L, call, 1, "request", "the request is active already: %s", taken)
		}
		luaerr.RaiseArg(L, call, 1, "request", "the request is active already")
	}
	c := m.s.NewCall("Start")
	c.As = call
	if !c.StartRequest(q.r) {
		c.Release()
		luaerr.RaiseArg(L, call, 1, "request", "%s", mpi.ErrLost)
	}
	err := m.do(L, c)
	if err == nil {
		c.Started(q.r)
	} else {
		c.NotStarted(q.r)
	}
	c.Release()
	if err != nil {
		luaerr.Raise(L, luaerr.From(err))
	}
	q.r.Holder = q
	m.collected.arm()
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
	attached  lua.LValue
	space     int
	messages  []bufferedMessage // that may be under way; nobody else has their requests
	detaching *call             // Buffer_detach at work
}

type bufferedMessage struct {
	r    *mpi.Request
	size int
}

// used returns the bytes that messages under way take.
func (b *buffered) used() (total int) {
	active := b.messages[:0]
	for _, msg := range b.messages {
		if msg.r.Active() {
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
		args.RaiseExpected(L, "Buffer_attach", 1, "array", "array", L.Get(base))
	case !a.Contiguous():
		luaerr.RaiseArg(L, "Buffer_attach", 1, "array", "the elements of the %s, a strided view, do not follow one another in memory: give a:copy()", a.Kind())
	case m.buffered.attached != nil:
		luaerr.RaiseArg(L, "Buffer_attach", 1, "array", "a buffer is attached already")
	}
	m.buffered = buffered{attached: L.Get(base), space: len(a.Bytes())}
	return 0
}

// inHand raises when another task is detaching the buffer.
func (b *buffered) inHand(L *lua.LState, call string) {
	if x := b.detaching; x != nil {
		bufferError(L, call, fmt.Sprintf("Buffer_detach of another task is at work (%s)", x.Where()))
	}
}

func bufferError(L *lua.LState, call, text string) {
	luaerr.Raise(L, luaerr.From(classError(call, "ERR_BUFFER", "%s", text)))
}

// requests returns those of the messages.
func (b *buffered) requests() []*mpi.Request {
	list := make([]*mpi.Request, len(b.messages))
	for i, msg := range b.messages {
		list[i] = msg.r
	}
	return list
}

// bufferDetach waits for all buffered messages.
func (m *module) bufferDetach(L *lua.LState, _ int, _ *mpi.Comm) int {
	b := &m.buffered
	if b.attached == nil {
		bufferError(L, "Buffer_detach", "no buffer is attached")
	}
	b.inHand(L, "Buffer_detach")
	b.used()
	x := m.begin(L, table.ByName["Buffer_detach"])
	b.detaching = x
	err := x.awaitAll(b.requests())
	b.detaching = nil
	if err != nil {
		x.fail(err)
	}
	x.end()
	L.Push(b.attached)
	*b = buffered{}
	return 1
}

// clean looks which messages are gone, if MPI is not in use.
func (b *buffered) clean(x *call) {
	list := b.requests()
	c := x.m.s.NewCall("Testsome")
	defer c.Release()
	if len(list) == 0 || c.AwaitRequests(mpi.Some, list) != nil {
		return
	}
	if done, _ := c.Look(); done {
		c.Completed(list, func(int, mpi.Status) {})
	} else {
		c.StopWaiting()
	}
}

// bsend copies the message into memory of its own and sends that.
func (m *module) bsend(row *table.Call, gives bool) implementation {
	return func(L *lua.LState, base int, comm *mpi.Comm) int {
		x := m.begin(L, row)
		x.read(base, comm)
		size := m.typeBytes(x)
		m.makeRoom(x, size+mpi.Int("BSEND_OVERHEAD"))
		peer, tag, count, datatype := x.c.S[table.SlotPeer], x.c.S[table.SlotTag], x.c.S[table.SlotSend+1], x.c.S[table.SlotSend+2]
		c := x.again(rowIsend, x.comm.Handle)
		x.ownCopy(c, &x.send, count, datatype)
		c.S[table.SlotPeer], c.S[table.SlotTag] = peer, tag
		x.run()
		m.buffered.messages = append(m.buffered.messages, bufferedMessage{c.Detach(), size + mpi.Int("BSEND_OVERHEAD")})
		x.end()
		if !gives {
			return 0
		}
		L.Push(m.newObject(&request{}, m.requestMT)) // complete at once
		return 1
	}
}

// makeRoom raises when the buffer has no room for so many bytes.
func (m *module) makeRoom(x *call, bytes int) {
	b, L, name := &m.buffered, x.L, x.row.Name
	refuse := func(format string, args ...any) {
		x.end()
		bufferError(L, name, fmt.Sprintf(format, args...))
	}
	if d := b.detaching; d != nil {
		refuse("Buffer_detach of another task is at work (%s)", d.Where())
	}
	if b.used()+bytes <= b.space {
		return
	}
	b.clean(x)
	if used := b.used(); used+bytes > b.space {
		refuse("%d bytes and BSEND_OVERHEAD do not fit into the buffer: %d of its %d bytes are in use",
			bytes-mpi.Int("BSEND_OVERHEAD"), used, b.space)
	}
}

// typeBytes returns the bytes that the send array of the call has to send.
func (m *module) typeBytes(x *call) int {
	if !x.send.derived || x.send.view {
		return x.send.elements() * x.send.arr.Type().Size()
	}
	low, end := x.send.layout.reach(x.send.count)
	return end - low
}

// sendrecvReplace sends a copy and receives into the array.
func (m *module) sendrecvReplace(L *lua.LState, base int, comm *mpi.Comm) int {
	x := m.begin(L, table.ByName["Sendrecv_replace"])
	x.read(base, comm)
	s := *x.c.S
	c := x.again(rowSendrecv, x.comm.Handle)
	x.ownCopy(c, &x.send, s[table.SlotSend+1], s[table.SlotSend+2])
	c.S[table.SlotRecv] = c.Hold(x.send.address)
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

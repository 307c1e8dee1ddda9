package luampi

import (
	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/lua51/vm"
	"github.com/mpiclus/mpiclus-lua/internal/mpi"
	"github.com/mpiclus/mpiclus-lua/internal/mpi/table"
)

var statusKinds = family{
	table.Status:   {result: (*call).statusResult},
	table.Status1:  {read: (*call).readStatus},
	table.Statuses: {byHand: true},
	table.Message:  {read: (*call).readProbed, result: (*call).messageResult},
	table.Request:  {byHand: true, result: func(x *call, _ int) lua.LValue { return x.m.requestObject(x) }},
	table.Requests: {byHand: true},
}

func (x *call) readStatus(i int) {
	st := object[mpi.Status](x.at[i])
	if st == nil {
		x.expected(i, "status", x.at[i])
	}
	x.c.SetStatus(st)
}

// statusResult makes the status, unless nobody takes it or a flag says that there is none.
func (x *call) statusResult(i int) lua.LValue {
	if x.flagFalse() || !vm.Takes(x.L, i+1) {
		return nil
	}
	return x.m.statusValue(x.c.Status())
}

// flagFalse reports whether a flag says that there is no status.
func (x *call) flagFalse() bool {
	r := &x.row.Results[0]
	return r.Kind == table.Bool && x.c.Result(r.Slot-table.SlotR) == 0
}

// readProbed reads a message that a matched probe took.
func (x *call) readProbed(i int) {
	msg := object[message](x.at[i])
	if msg == nil {
		x.expected(i, "message", x.at[i])
	}
	if msg.handle == mpi.Constant("MESSAGE_NULL") {
		x.arg(i, "the message was received already")
	}
	x.checkMessage(i, msg)
	x.put(i, msg.handle)
	x.msg = msg
	if msg.comm != nil {
		x.c.S[table.SlotComm] = msg.comm.Handle
	}
}

// checkMessage checks what a matched probe took: a value is received by the
// lower-case call, on the communicator that it came on.
func (x *call) checkMessage(i int, msg *message) {
	twin := x.row.Class == table.Twin
	switch {
	case msg.value && !twin:
		x.arg(i, "a Lua value comes with the message: use mpi.mrecv")
	case !msg.value && twin:
		x.arg(i, "the message is one of arrays: use mpi.Mrecv")
	case msg.comm == nil:
		return
	}
	x.refuse(i, msg.comm.Unusable())
}

func (x *call) messageResult(i int) lua.LValue {
	if x.flagFalse() {
		return lua.LNil
	}
	return x.m.newObject(&message{handle: x.word(i), comm: x.comm}, x.m.messageMT)
}

// requestObject makes the request of a call that is over.
func (m *module) requestObject(x *call) *lua.LUserData {
	q := &request{r: x.c.Detach(), name: x.row.Name}
	if after := x.after; after != nil {
		q.finish = func(L *lua.LState) (lua.LValue, error) { return nil, after(L) }
	}
	return m.newRequest(q)
}

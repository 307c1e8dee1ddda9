package node

import (
	"context"
	"fmt"
	"os"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/interp"
	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
	"github.com/mpiclus/mpiclus-lua/internal/value"
)

const serviceCall = "call"

// AskCall is the request to call a Lua function: the first value of the
// message is the function, the others are its arguments. The answer holds all
// that it returns.
func AskCall(m *value.Message) Ask { return Ask{Service: serviceCall, Message: m} }

func (n *Node) startCall(r *Request) {
	n.cfg.Interp.Start(r.Context, fmt.Sprintf("call from pid %d", r.From), func(t *interp.Task) {
		reply := n.Evaluate(t, r)
		if r.OneWay() {
			n.printRaised(t, reply)
			r.cancel(context.Canceled)
			return
		}
		// Let go of the interpreter before the answer is sent.
		_ = n.cfg.Interp.Wait(t.L(), func(context.Context) error { r.Reply(reply); return nil })
		r.cancel(context.Canceled)
	})
}

// Evaluate decodes the function and the arguments that a request holds, calls
// it in the task and gives the answer to be sent, which for an error is the
// raised value. It is called by who holds the interpreter.
func (n *Node) Evaluate(t *interp.Task, r *Request) Reply {
	vs, err := n.Codec().Decode(t.L(), r.Message)
	if err == nil && len(vs) == 0 {
		err = luaerr.New(luaerr.Argument, "a call without a function")
	}
	if err == nil {
		vs, err = t.Call(vs[0], vs[1:]...)
	}
	if err == nil {
		var m *value.Message
		if m, err = n.Codec().Encode(t.L(), "the result", vs...); err == nil {
			return Reply{Message: m}
		}
	}
	return n.Raise(t.L(), err)
}

// Raise gives the answer that raises an error at the other end. A value that
// cannot travel is replaced by its text.
func (n *Node) Raise(L *lua.LState, err error) Reply {
	e := luaerr.From(err)
	m, encodeErr := n.Codec().Encode(L, "the error", e.ToLua(L))
	if encodeErr != nil {
		plain := *e
		plain.Value = lua.LString(e.Value.String())
		if m, encodeErr = n.Codec().Encode(L, "the error", plain.ToLua(L)); encodeErr != nil {
			panic("node: an error of plain fields does not encode: " + encodeErr.Error())
		}
	}
	return Reply{Message: m, Raised: true}
}

// Values decodes an answer. When it raises, the error is that *luaerr.Error.
// It is called by who holds the interpreter, after FetchSources.
func (n *Node) Values(L *lua.LState, reply *Reply) ([]lua.LValue, error) {
	if reply.Message == nil {
		return nil, nil
	}
	vs, err := n.Codec().Decode(L, reply.Message)
	if err != nil {
		return nil, err
	}
	if reply.Raised {
		return nil, luaerr.FromValue(vs[0])
	}
	return vs, nil
}

// printRaised shows the error of a request that nobody waits for.
func (n *Node) printRaised(t *interp.Task, reply Reply) {
	if !reply.Raised {
		return
	}
	if _, err := n.Values(t.L(), &reply); err != nil {
		fmt.Fprintf(os.Stderr, "error in a call that nobody waits for: %v\n", err)
	}
}

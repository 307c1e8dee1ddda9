package node

import (
	"context"
	"fmt"
	"math"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/interp"
	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
	"github.com/mpiclus/mpiclus-lua/internal/value"
)

// Services that call Lua functions.
const (
	serviceCall   = "call"   // answer: all that the function returns
	serviceDo     = "do"     // answer: nothing; an error is reported to the caller
	serviceReport = "report" // show a text; no answer
)

// AskCall is the request to call a Lua function: the first value of the
// message is the function, the others are its arguments. The answer holds all
// that it returns.
func AskCall(m *value.Message) Ask { return Ask{Service: serviceCall, Message: m} }

// AskDo is AskCall for a call whose result nobody wants. The answer is empty;
// an error is shown where the call was made.
func AskDo(m *value.Message) Ask { return Ask{Service: serviceDo, Message: m} }

// Serve runs a request in a task of its own, and then answers it. body holds
// the interpreter and gives the answer. It is what Service.Start calls.
func (n *Node) Serve(r *Request, label string, body func(t *interp.Task) Reply) {
	n.cfg.Interp.Start(r.Context, label, func(t *interp.Task) {
		reply := body(t)
		if reply.Message == nil && len(r.holds) == 0 {
			r.Post(reply)
		} else { // let go of the interpreter before the answer is sent
			_ = n.cfg.Interp.Wait(t.L(), func(context.Context) error { r.Reply(reply); return nil })
		}
		r.cancel(context.Canceled)
	})
}

func (n *Node) startCall(r *Request) {
	n.Serve(r, callLabel(r), func(t *interp.Task) Reply { return n.Evaluate(t, r) })
}

func (n *Node) startDo(r *Request) {
	n.Serve(r, callLabel(r), func(t *interp.Task) Reply {
		if reply := n.EvaluateFirst(t, r, 0); reply.Raised {
			n.report(r.From, reply)
		}
		return Reply{}
	})
}

func callLabel(r *Request) string { return fmt.Sprintf("call from pid %d", r.From) }

// Evaluate decodes the function and the arguments that a request holds, calls
// it in the task and gives the answer to be sent, which for an error is the
// raised value. It is called by who holds the interpreter.
func (n *Node) Evaluate(t *interp.Task, r *Request) Reply { return n.EvaluateFirst(t, r, math.MaxInt) }

// EvaluateFirst is Evaluate where whoever asked takes so many values: others
// do not travel, and so may be anything.
func (n *Node) EvaluateFirst(t *interp.Task, r *Request, taken int) Reply {
	vs, err := n.Arguments(t.L(), r)
	if err == nil && len(vs) == 0 {
		err = luaerr.New(luaerr.Argument, "a call without a function")
	}
	if err != nil {
		return n.Raise(t.L(), err)
	}
	fn := vs[0]
	vs, err = t.Call(fn, vs[1:]...)
	return n.AnswerOf(t.L(), fn, vs[:min(taken, len(vs))], err)
}

// Arguments decodes the values of a request. It is called by who holds the
// interpreter.
func (n *Node) Arguments(L *lua.LState, r *Request) ([]lua.LValue, error) {
	if r.flaw != nil {
		return nil, r.flaw
	}
	if r.Message == nil {
		return nil, nil
	}
	vs, holds, err := n.decode(L, r.Message)
	r.holds = append(r.holds, holds...)
	return vs, err
}

// Answer gives the answer that holds values, or raises an error.
func (n *Node) Answer(L *lua.LState, vs []lua.LValue, err error) Reply {
	if err == nil {
		var m *value.Message
		if m, err = n.Codec().Encode(L, "the result", vs...); err == nil {
			return Reply{Message: m}
		}
	}
	return n.Raise(L, err)
}

// AnswerOf is Answer with what a call of fn has returned: when that cannot
// travel, the error names the place where fn returns it.
func (n *Node) AnswerOf(L *lua.LState, fn lua.LValue, vs []lua.LValue, err error) Reply {
	if err != nil {
		return n.Raise(L, err)
	}
	m, err := n.Codec().Encode(L, "the result", vs...)
	if err != nil {
		e := *luaerr.From(err)
		e.Message = interp.ReturnPlace(fn) + e.Message
		return n.Raise(L, &e)
	}
	return Reply{Message: m}
}

// Raise gives the answer that raises an error at the other end. What cannot
// travel in the value that a script raised is left out, and the message says so.
func (n *Node) Raise(L *lua.LState, err error) Reply {
	e := n.Blame(err)
	m, encodeErr := n.Codec().Encode(L, "the error", e.ToLua(L))
	if encodeErr != nil {
		m, encodeErr = n.encodeRest(L, e)
	}
	if encodeErr != nil {
		panic("node: an error without what cannot travel does not encode: " + encodeErr.Error())
	}
	return Reply{Message: m, Raised: true, text: errorText(e)}
}

// manyMissing is how many values that are left out a message names.
const manyMissing = 5

// encodeRest encodes what can travel of an error. It first finds out what
// cannot: the message, which is a part of it, tells.
func (n *Node) encodeRest(L *lua.LState, e *luaerr.Error) (*value.Message, error) {
	_, missing, err := n.Codec().EncodeRest(L, e.ToLua(L))
	if err != nil {
		return nil, err
	}
	c := *e
	for i, what := range missing {
		if i == manyMissing {
			c.Message += fmt.Sprintf("\n  and %d more", len(missing)-i)
			break
		}
		c.Message += "\n  not sent: " + what
	}
	m, _, err := n.Codec().EncodeRest(L, c.ToLua(L))
	return m, err
}

// errorText is an error that nobody waits for, as people read it.
func errorText(e *luaerr.Error) string {
	if e.Kind == luaerr.Interrupted {
		return ""
	}
	text := e.Error()
	if e.Traceback != "" {
		text += "\n" + e.Traceback
	}
	return text
}

// Values decodes an answer. When it raises, the error is that *luaerr.Error.
// It is called by who holds the interpreter, after FetchSources.
func (n *Node) Values(L *lua.LState, reply *Reply) ([]lua.LValue, error) {
	if reply.Message == nil {
		return nil, nil
	}
	vs, holds, err := n.decode(L, reply.Message)
	sent := reply
	if reply.whole != nil {
		sent, holds = reply.whole.read(holds)
	}
	if sent != nil && sent.ack {
		n.background(func() {
			n.awaitHolds(sent.from, holds)
			n.acknowledge(sent)
		})
	}
	if err != nil {
		return nil, err
	}
	if reply.Raised {
		if len(vs) != 1 {
			return nil, luaerr.New(luaerr.Lost, "pid %d raised an error of %d values, which cannot be read", reply.from, len(vs))
		}
		return nil, luaerr.FromValue(vs[0])
	}
	return vs, nil
}

// Report shows a text to the user: an error that nobody waits for.
func (n *Node) Report(text string) { n.cfg.Report(text) }

// ReportSoon is Report for callers that may hold the interpreter.
func (n *Node) ReportSoon(text string) { n.background(func() { n.cfg.Report(text) }) }

// report shows an error that nobody waits for to the user, in the process
// that asked for what failed.
func (n *Node) report(to Pid, reply Reply) {
	if reply.text == "" {
		return
	}
	text := fmt.Sprintf("mpiclus-lua: error in a call on pid %d that nobody waits for: %s", n.Self(), reply.text)
	if to == n.Self() {
		n.ReportSoon(text) // who fails a future may hold the interpreter
		return
	}
	n.cast(to, Ask{Service: serviceReport, Meta: []byte(text)})
}

// reportUnclaimed shows the error of a future that nobody fetched.
func (n *Node) reportUnclaimed(v *stored) {
	if v != nil {
		n.report(v.id.Maker, *v.result)
	}
}

// ReportUnclaimed shows the errors of all futures here that nobody fetched:
// the process is about to end.
func (n *Node) ReportUnclaimed() {
	for _, v := range n.values.unclaimed() {
		n.reportUnclaimed(v)
	}
}

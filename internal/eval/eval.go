// Package eval runs Lua calls that other processes ask for. It stands between
// rpc, which carries messages and does not read them, and Lua: it decodes the
// values of requests and replies, runs what serves a request in a task of the
// interpreter, and encodes what comes of it.
//
//	reply, err := node.Call(ctx, 2, eval.Call(m)) // m holds a function and its arguments
//	vs, err := e.Values(L, reply)                 // what the function returned, or the error that it raised
//
// and in the process that serves
//
//	e.Serve(r, "call from pid 1", func(t *interp.Task) rpc.Reply { return e.Evaluate(t, r, eval.All) })
package eval

import (
	"fmt"
	"math"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/interp"
	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
	"github.com/mpiclus/mpiclus-lua/internal/rpc"
	"github.com/mpiclus/mpiclus-lua/internal/value"
)

// Call is the request to call a Lua function: the first value of the message is
// the function, the others are its arguments. The reply holds all that it
// returns.
func Call(m *value.Message) rpc.Request { return rpc.Request{Service: serviceCall, Message: m} }

// Do is Call for a call whose results nobody wants. The reply is empty; an
// error is shown to the user in the process that called.
func Do(m *value.Message) rpc.Request { return rpc.Request{Service: serviceDo, Message: m} }

// Layer is the evaluator's part of the node.
func (e *Evaluator) Layer() rpc.Layer {
	return rpc.Layer{Services: []rpc.Service{
		{Name: serviceCall, Serve: e.serveCall},
		{Name: serviceDo, Serve: e.serveDo},
		{Name: serviceReport, Values: true, Inline: true, Always: true, Serve: func(r *rpc.Incoming) { e.Report(string(r.Data)) }},
	}}
}

func (e *Evaluator) serveCall(r *rpc.Incoming) {
	e.Serve(r, CallLabel(r), func(t *interp.Task) rpc.Reply { return e.Evaluate(t, r, All) })
}

func (e *Evaluator) serveDo(r *rpc.Incoming) {
	e.Serve(r, CallLabel(r), func(t *interp.Task) rpc.Reply {
		if reply := e.Evaluate(t, r, 0); reply.Raised {
			e.ReportUnclaimed(r.From, reply)
		}
		return rpc.Reply{}
	})
}

// CallLabel labels the task of a call.
func CallLabel(r *rpc.Incoming) string { return fmt.Sprintf("call from pid %d", r.From) }

// All is for Evaluate and Apply where all results are wanted.
const All = math.MaxInt

// Evaluate decodes the function and the arguments that a request holds, and
// applies the one to the others. It is called by who holds the interpreter.
func (e *Evaluator) Evaluate(t *interp.Task, r *rpc.Incoming, wanted int) rpc.Reply {
	vs, err := e.Arguments(t.L(), r)
	if err == nil && len(vs) == 0 {
		err = luaerr.New(luaerr.Argument, "a call without a function")
	}
	if err != nil {
		return e.Raise(t.L(), err)
	}
	return e.Apply(t, vs[0], vs[1:], wanted)
}

// Apply calls a function in the task and returns the reply with its first
// results, as many as are wanted at most: the others do not travel, and so may
// be anything. For an error it is the reply that raises it.
func (e *Evaluator) Apply(t *interp.Task, fn lua.LValue, args []lua.LValue, wanted int) rpc.Reply {
	vs, err := t.Call(fn, args...)
	if err != nil {
		return e.Raise(t.L(), err)
	}
	m, err := e.Interp.Codec().Encode(t.L(), "the result", vs[:min(wanted, len(vs))]...)
	if err != nil {
		located := *luaerr.From(err)
		located.Message = interp.ReturnPlace(fn) + located.Message
		return e.Raise(t.L(), &located)
	}
	return rpc.Reply{Message: m}
}

// Result returns the reply that holds values, or raises an error.
func (e *Evaluator) Result(L *lua.LState, vs []lua.LValue, err error) rpc.Reply {
	if err == nil {
		var m *value.Message
		if m, err = e.Interp.Codec().Encode(L, "the result", vs...); err == nil {
			return rpc.Reply{Message: m}
		}
	}
	return e.Raise(L, err)
}

// Raise returns the reply that raises an error in the process that called.
// What cannot travel in the value that a script raised is left out, and the
// message says so.
func (e *Evaluator) Raise(L *lua.LState, err error) rpc.Reply {
	raised := e.Node.Blame(err)
	m, encodeErr := e.Interp.Codec().Encode(L, "the error", raised.ToLua(L))
	if encodeErr != nil {
		m, encodeErr = e.encodeRest(L, raised)
	}
	if encodeErr != nil {
		panic("eval: an error without what cannot travel does not encode: " + encodeErr.Error())
	}
	return rpc.Reply{Message: m, Raised: true, Text: errorText(raised)}
}

// manyMissing is how many values that are left out a message names.
const manyMissing = 5

// encodeRest encodes what can travel of an error. It first finds out what
// cannot, since the message, which travels too, says it.
func (e *Evaluator) encodeRest(L *lua.LState, raised *luaerr.Error) (*value.Message, error) {
	_, missing, err := e.Interp.Codec().EncodeRest(L, raised.ToLua(L))
	if err != nil {
		return nil, err
	}
	rest := *raised
	for i, what := range missing {
		if i == manyMissing {
			rest.Message += fmt.Sprintf("\n  and %d more", len(missing)-i)
			break
		}
		rest.Message += "\n  not sent: " + what
	}
	m, _, err := e.Interp.Codec().EncodeRest(L, rest.ToLua(L))
	return m, err
}

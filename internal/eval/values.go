package eval

import (
	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
	"github.com/mpiclus/mpiclus-lua/internal/rpc"
	"github.com/mpiclus/mpiclus-lua/internal/value"
)

// Arguments decodes the values of a request. It is called by who holds the
// interpreter, before the reply.
func (e *Evaluator) Arguments(L *lua.LState, r *rpc.Incoming) ([]lua.LValue, error) {
	if r.Err != nil || r.Message == nil {
		return nil, r.Err
	}
	return e.ArgumentsOf(L, r, r.Message)
}

// ArgumentsOf decodes another message, such as a part of the request's, whose
// values the request needs.
func (e *Evaluator) ArgumentsOf(L *lua.LState, r *rpc.Incoming, m *value.Message) ([]lua.LValue, error) {
	vs, calls, err := e.decode(L, m)
	r.After(calls...)
	return vs, err
}

// Values decodes a reply. The error is the *luaerr.Error that it raises, if it
// does. It is called by who holds the interpreter; the sources of functions in
// the reply are here (see rpc.Node.FetchSources).
func (e *Evaluator) Values(L *lua.LState, reply *rpc.Reply) ([]lua.LValue, error) {
	if reply.Message == nil {
		return nil, nil
	}
	vs, calls, err := e.decode(L, reply.Message)
	e.Node.Acknowledge(reply, calls...)
	return raise(vs, err, reply.Raised, reply.From)
}

// raise makes the error of a reply that raises.
func raise(vs []lua.LValue, err error, raised bool, from rpc.Pid) ([]lua.LValue, error) {
	switch {
	case err != nil:
		return nil, err
	case !raised:
		return vs, nil
	case len(vs) != 1:
		return nil, luaerr.New(luaerr.Lost, "pid %d raised an error of %d values, which cannot be read", from, len(vs))
	}
	return nil, luaerr.FromValue(vs[0])
}

// Depend is called by decoders of travellers (value.Codec.Register) that make
// a call about what they have met: whoever sent the message that is decoded on
// L keeps what travels in it until that call is answered. The caller holds the
// interpreter.
func (e *Evaluator) Depend(L *lua.LState, c *rpc.Call) { e.decoding[L] = append(e.decoding[L], c) }

// decode decodes a message, and returns the calls of Depend. A decoder may run
// Lua, which may decode another message on the same L.
func (e *Evaluator) decode(L *lua.LState, m *value.Message) (vs []lua.LValue, calls []*rpc.Call, err error) {
	outer := e.decoding[L]
	delete(e.decoding, L)
	vs, err = e.Interp.Codec().Decode(L, m)
	calls = e.decoding[L]
	if delete(e.decoding, L); outer != nil {
		e.decoding[L] = outer
	}
	return vs, calls, err
}

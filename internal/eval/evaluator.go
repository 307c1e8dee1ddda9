package eval

import (
	"context"
	"fmt"
	"os"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/interp"
	"github.com/mpiclus/mpiclus-lua/internal/rpc"
)

// Services that call Lua functions.
const (
	serviceCall   = "call"   // reply: all that the function returns
	serviceDo     = "do"     // reply: nothing; an error is reported to the caller
	serviceReport = "report" // show a text; no reply
)

// Evaluator serves the Lua calls of a process, and reads the replies to its
// own.
type Evaluator struct {
	Node   *rpc.Node
	Interp *interp.Interp

	report   func(text string)
	decoding map[*lua.LState][]*rpc.Call // see Depend; who holds the interpreter may touch it
}

// New makes the evaluator of a process; its Layer belongs to the node. report
// shows a text to the user, and must not wait for the interpreter; nil: on
// standard error.
func New(n *rpc.Node, in *interp.Interp, report func(text string)) *Evaluator {
	if report == nil {
		report = func(text string) { fmt.Fprintln(os.Stderr, text) }
	}
	return &Evaluator{Node: n, Interp: in, report: report, decoding: map[*lua.LState][]*rpc.Call{}}
}

// Serve runs a request in a task of its own, and then replies. body holds the
// interpreter and returns the reply; a body that has replied itself returns the
// zero Reply. Each request that runs Lua is served by this.
func (e *Evaluator) Serve(r *rpc.Incoming, label string, body func(t *interp.Task) rpc.Reply) {
	e.Interp.Start(r.Context, label, func(t *interp.Task) {
		defer r.End()
		reply := body(t)
		if reply.Message == nil {
			r.Post(reply)
			return
		}
		_ = e.Interp.Wait(t.L(), func(context.Context) error { r.Reply(reply); return nil })
	})
}

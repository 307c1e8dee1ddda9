package eval

import (
	"context"
	"fmt"

	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
	"github.com/mpiclus/mpiclus-lua/internal/rpc"
)

// Report shows a text to the user: an error that nobody waits for. The caller
// holds no interpreter.
func (e *Evaluator) Report(text string) { e.report(text) }

// ReportSoon is Report for callers that may hold the interpreter.
func (e *Evaluator) ReportSoon(text string) { e.Node.Background(func() { e.report(text) }) }

// ReportUnclaimed shows an error that nobody waits for to the user, in the
// process that asked for what failed. It waits for nothing.
func (e *Evaluator) ReportUnclaimed(to rpc.Pid, reply rpc.Reply) {
	if reply.Text == "" {
		return
	}
	text := fmt.Sprintf("mpiclus-lua: error in a call on pid %d that nobody waits for: %s", e.Node.Self(), reply.Text)
	if to == e.Node.Self() {
		e.ReportSoon(text)
		return
	}
	// An error is that of a process that is lost, and has no user.
	_ = e.Node.Tell(context.Background(), to, rpc.Request{Service: serviceReport, Data: []byte(text), Background: true})
}

// errorText is an error as people read it; "" for one that they caused.
func errorText(err *luaerr.Error) string {
	if err.Kind == luaerr.Interrupted {
		return ""
	}
	text := err.Error()
	if err.Traceback != "" {
		text += "\n" + err.Traceback
	}
	return text
}

package interp

import (
	"context"
	"fmt"
	"strings"
	"sync/atomic"
	"time"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/lua51/vm"
	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
)

// Task is one request at work: a Lua thread, a context that ends it, and a
// goroutine that holds the interpreter whenever its Lua code runs.
type Task struct {
	// Main says that the task is the script of this process, not a request of
	// another process.
	Main bool
	// World is the world of MPI that the task has messages in, 0 for none: the
	// module "mpi" notes it.
	World uint64

	in     *Interp
	label  string
	ctx    context.Context
	cancel context.CancelCauseFunc
	done   chan struct{}
	l      *lua.LState
	spoilt bool // the thread saw an error and is not used again

	counted atomic.Bool // among the cancelled
	stage               // for who looks at the task

	waiting *loading // the module that the task waits for, see awaitLoad
}

// Start takes the next place in the line for the interpreter at once, and
// returns; body then runs in a goroutine of its own that holds the
// interpreter. When ctx ends or Cancel is called, Lua code in the task stops
// at its next jump or call and waits return.
func (in *Interp) Start(ctx context.Context, label string, body func(t *Task)) *Task {
	return in.start(ctx, &Task{in: in, label: label, done: make(chan struct{})}, body)
}

func (in *Interp) start(ctx context.Context, t *Task, body func(t *Task)) *Task {
	t.ctx, t.cancel = context.WithCancelCause(ctx)
	stop := context.AfterFunc(t.ctx, t.noteCancelled)
	in.watched.add(t)
	in.lock.start(func() {
		noteHolder()
		t.enter()
		defer t.leave()
		defer stop()
		body(t)
	})
	return t
}

// Run starts the main task and waits for its end.
func (in *Interp) Run(ctx context.Context, label string, body func(t *Task)) {
	<-in.start(ctx, &Task{in: in, label: label, Main: true, done: make(chan struct{})}, body).Done()
}

func (t *Task) enter() {
	in := t.in
	if n := len(in.pool); n > 0 {
		t.l, in.pool[n-1] = in.pool[n-1], nil
		in.pool = in.pool[:n-1]
	} else {
		t.l = in.NewThread()
	}
	in.holder = t
	in.root.G.CurrentThread = t.l
	t.state.Store(stageRuns)
}

func (t *Task) leave() {
	in := t.in
	in.library.Flush(false)
	t.l.SetTop(0)
	t.l.Env = in.root.Env // setfenv(0, t) is for the script that called it
	if !t.spoilt && len(in.pool) < poolSize {
		in.pool = append(in.pool, t.l)
	}
	in.holder = nil
	t.forgetCancelled()
	noteReleased()
	in.lock.release()
	t.cancel(context.Canceled)
	in.watched.remove(t)
	close(t.done)
}

// L is the task's Lua thread. Only who holds the interpreter may touch it.
func (t *Task) L() *lua.LState { return t.l }

// Context ends when the task is cancelled or over.
func (t *Task) Context() context.Context { return t.ctx }

// Label says what the task is, for reports.
func (t *Task) Label() string { return t.label }

// Cancel stops the task; cause is what its caller gets as the error. It
// returns at once.
func (t *Task) Cancel(cause error) {
	t.cancel(cause)
	t.noteCancelled()
}

// noteCancelled has the task's code stop at its next jump or call.
func (t *Task) noteCancelled() {
	if t.counted.CompareAndSwap(false, true) {
		vm.Attention(1)
	}
}

// forgetCancelled is for a task that is over.
func (t *Task) forgetCancelled() {
	if t.counted.Swap(true) {
		vm.Attention(-1)
	}
}

// Done is closed when the task is over.
func (t *Task) Done() <-chan struct{} { return t.done }

// Call calls a Lua function and returns all that it returns. The error is a
// *luaerr.Error with the traceback; when the task was cancelled it is of kind
// Interrupted and tells the cause and the place.
func (t *Task) Call(fn lua.LValue, args ...lua.LValue) (results []lua.LValue, err error) {
	L := t.l
	base := L.GetTop()
	L.Push(fn)
	for _, a := range args {
		L.Push(a)
	}
	var report *luaerr.Error
	explain := func(raised lua.LValue) lua.LValue {
		report = t.in.explain(L, raised)
		return raised
	}
	if err := vm.PCall(L, len(args), lua.MultRet, explain); err != nil {
		t.spoilt = true
		L.SetTop(base)
		if report == nil {
			report = luaerr.From(err)
		}
		return nil, t.in.interrupted(t.ctx, report)
	}
	if t.ctx.Err() != nil {
		L.SetTop(base)
		return nil, t.in.interrupted(t.ctx, &luaerr.Error{})
	}
	n := L.GetTop() - base
	results = make([]lua.LValue, n)
	for i := range results {
		results[i] = L.Get(base + 1 + i)
	}
	L.SetTop(base)
	return results, nil
}

// Current is the task that holds the interpreter. Only who holds the
// interpreter may ask.
func (in *Interp) Current() *Task { return in.holder }

// Wait is the one way to wait for anything from a Go function that Lua
// called: it lets go of the interpreter, runs wait with the task's context,
// and takes the interpreter back. wait must not touch Lua and must return
// soon after ctx is done. Its error is given back as it is.
func (in *Interp) Wait(L *lua.LState, wait func(ctx context.Context) error) error {
	t, thread := in.letGo(L, time.Now())
	defer in.takeBack(t, thread)
	return wait(t.ctx)
}

// Waiter is a wait that can be prepared once and used often; see WaitFor.
type Waiter interface {
	Wait(ctx context.Context) error
}

// WaitFor is Wait without a closure, for calls that happen a million times a
// second.
func (in *Interp) WaitFor(L *lua.LState, w Waiter) error {
	t, thread := in.letGo(L, time.Time{}) // who waits so keeps a record with a time of its own
	defer in.takeBack(t, thread)
	return w.Wait(t.ctx)
}

func (in *Interp) letGo(L *lua.LState, now time.Time) (*Task, *lua.LState) {
	t := in.holder
	if t == nil {
		panic("interp: Wait by who does not hold the interpreter")
	}
	thread := L.G.CurrentThread
	in.holder = nil
	t.stands(L, now)
	noteReleased()
	in.lock.release()
	return t, thread
}

func (in *Interp) takeBack(t *Task, thread *lua.LState) {
	in.lock.acquire()
	noteHolder()
	in.holder = t
	t.goesOn()
	in.root.G.CurrentThread = thread
	if t.ctx.Err() != nil {
		t.noteCancelled() // now: the wait may have ended for that reason
	}
}

// Callback runs fn, which may use L, from inside a Wait of the same task: a
// reduction written in Lua that the MPI library calls, for one. It takes the
// interpreter for fn alone.
func (in *Interp) Callback(t *Task, L *lua.LState, fn func()) {
	in.takeBack(t, L)
	defer in.letGo(L, time.Time{})
	fn()
}

func (in *Interp) interrupted(ctx context.Context, e *luaerr.Error) *luaerr.Error {
	if ctx.Err() == nil {
		return e
	}
	cause := context.Cause(ctx)
	if c := luaerr.From(cause); c.Kind != luaerr.Script {
		if e.Kind == c.Kind && strings.Contains(e.Message, c.Message) {
			return e // it says so itself, and more
		}
		out := *c
		if out.Traceback == "" {
			out.Traceback = e.Traceback
		}
		if place := leadingPlace(e.Message); place != "" && leadingPlace(out.Message) == "" {
			out.Message = place + out.Message
		}
		return &out
	}
	return &luaerr.Error{
		Kind: luaerr.Interrupted, Rank: luaerr.NoRank, Traceback: e.Traceback, Cause: cause,
		Message: fmt.Sprintf("%sinterrupted", leadingPlace(e.Message)),
	}
}

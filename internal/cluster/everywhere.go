package cluster

import (
	"context"
	"encoding/binary"
	"math"
	"slices"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/args"
	"github.com/mpiclus/mpiclus-lua/internal/eval"
	"github.com/mpiclus/mpiclus-lua/internal/interp"
	"github.com/mpiclus/mpiclus-lua/internal/lua51/vm"
	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
	"github.com/mpiclus/mpiclus-lua/internal/rpc"
	"github.com/mpiclus/mpiclus-lua/internal/spans"
	"github.com/mpiclus/mpiclus-lua/internal/value"
)

// serviceEverywhere runs a function on processes; parameters: their pids, none
// for all. The master serves it.
const serviceEverywhere = "everywhere"

// definitions are what everywhere ran on all processes, for those that come
// later. They are the master's.
type definitions struct {
	turn chan struct{}    // holds one token: one runs at a time, so that all have the same order
	list []*value.Message // who holds the token owns it
}

// insideEverywhere is the section of what everywhere runs, wherever that
// calls, as chunks are with the number of their manager.
const insideEverywhere = math.MaxUint32

// take waits for the token, which who is inside everywhere would do for ever.
func (d *definitions) take(ctx context.Context) error {
	if rpc.Inside(ctx, insideEverywhere) {
		return luaerr.New(luaerr.Argument, "everywhere and addprocs cannot be called from inside everywhere: call them after it")
	}
	select {
	case <-d.turn:
		return nil
	case <-ctx.Done():
		return stopped(ctx)
	}
}

func (d *definitions) giveBack() { d.turn <- struct{}{} }

// everywhere is everywhere(f or source, ...), or everywhere{ chunk=, args=,
// pids= }: on all processes, the master last.
func (m *Module) everywhere(L *lua.LState) int {
	var body *lua.LFunction
	var pids []rpc.Pid
	var args []lua.LValue
	options, long := L.Get(1).(*lua.LTable)
	if long {
		body, pids, args = m.everywhereOptions(L, options)
	} else {
		body, args = BodyArgument(m.interp, L, 1, "everywhere"), Rest(L, 2)
	}
	msg := m.message(L, "the function, argument", body, args)
	req := rpc.Request{Service: serviceEverywhere, Message: msg}
	for _, pid := range pids {
		req.Data = binary.LittleEndian.AppendUint32(req.Data, uint32(pid))
	}
	if long && pids != nil && len(pids) == 0 {
		return 0
	}
	m.push(L, m.call(L, rpc.Master, req))
	return 0
}

// everywhereOptions reads the long form.
func (m *Module) everywhereOptions(L *lua.LState, t *lua.LTable) (body *lua.LFunction, pids []rpc.Pid, given []lua.LValue) {
	vm.ForEach(t, func(k, _ lua.LValue) {
		switch k.String() {
		case "chunk", "args", "pids":
		default:
			luaerr.Raise(L, luaerr.New(luaerr.Argument, "everywhere has no option '%s'; it knows chunk, args, pids", k))
		}
	})
	chunk := t.RawGetString("chunk")
	if body = Body(m.interp, L, chunk); body == nil {
		luaerr.Raise(L, luaerr.New(luaerr.Argument, "everywhere: option 'chunk' must be %s, got %s", BodyKinds, args.Show(chunk)))
	}
	L.SetTop(1)
	L.Push(t.RawGetString("pids"))
	pids = m.pidsArgument(L, 2, "everywhere", nil)
	if list, ok := t.RawGetString("args").(*lua.LTable); ok {
		if given, ok = vm.Values(list); !ok {
			luaerr.Raise(L, luaerr.New(luaerr.Argument, "everywhere: option 'args' must be a list: the key %d of the table is too far from the others", vm.MaxN(list)))
		}
	}
	return body, pids, given
}

func (m *Module) serveEverywhere(r *rpc.Incoming) {
	if m.Node.Self() != rpc.Master {
		r.Fail(luaerr.New(luaerr.Argument, "pid %d is not the master", m.Node.Self()))
		return
	}
	var pids []rpc.Pid
	for b := r.Data; len(b) >= 4; b = b[4:] {
		pids = append(pids, rpc.Pid(binary.LittleEndian.Uint32(b)))
	}
	go func() {
		err := m.runEverywhere(r.Context, r.Message, pids)
		if err == nil {
			r.Post(rpc.Reply{})
			return
		}
		m.Eval.Serve(r, "everywhere", func(t *interp.Task) rpc.Reply { return m.Eval.Raise(t.L(), err) })
	}()
}

// runEverywhere runs a function on the processes with the pids, nil for all
// and those that come later.
func (m *Module) runEverywhere(ctx context.Context, msg *value.Message, pids []rpc.Pid) error {
	if err := m.definitions.take(ctx); err != nil {
		return err
	}
	defer m.definitions.giveBack()
	all := pids == nil
	if all {
		pids = m.Node.Members()
		m.interp.Codec().Missing(msg) // keeps the sources in memory with the message
	}
	if err := m.runOn(ctx, msg, pids); err != nil {
		return err
	}
	if all {
		m.definitions.list = append(m.definitions.list, msg)
	}
	return nil
}

// runOn runs a function on processes, on the master when all others are done.
func (m *Module) runOn(ctx context.Context, msg *value.Message, pids []rpc.Pid) error {
	workers := slices.DeleteFunc(slices.Clone(pids), func(p rpc.Pid) bool { return p == rpc.Master })
	failures := map[rpc.Pid]*luaerr.Error{}
	ctx = rpc.Enter(ctx, insideEverywhere)
	m.runAll(ctx, msg, workers, failures)
	if len(workers) < len(pids) && len(failures) == 0 {
		m.runAll(ctx, msg, []rpc.Pid{rpc.Master}, failures)
	}
	return together(failures, len(pids))
}

func (m *Module) runAll(ctx context.Context, msg *value.Message, pids []rpc.Pid, failures map[rpc.Pid]*luaerr.Error) {
	replies, errs := m.Node.CallAll(ctx, pids, eval.Call(msg))
	for i, pid := range pids {
		err := errs[i]
		if err == nil && replies[i].Raised {
			err = m.Raised(ctx, replies[i])
		}
		if err != nil {
			failures[pid] = luaerr.From(err)
		}
	}
}

// Raised reads the error of a reply. It takes the interpreter for that.
func (m *Module) Raised(ctx context.Context, reply *rpc.Reply) (err error) {
	if err := m.Node.FetchSources(ctx, reply.From, reply.Message); err != nil {
		return err
	}
	m.interp.Run(context.WithoutCancel(ctx), "error", func(t *interp.Task) { _, err = m.Eval.Values(t.L(), reply) })
	return err
}

// Define runs on new processes what everywhere ran on all: it is called when
// they have joined. The error is that of all of them. The caller holds no
// interpreter.
func (m *Module) Define(ctx context.Context, pids []rpc.Pid) error {
	if err := m.definitions.take(ctx); err != nil {
		return err
	}
	defer m.definitions.giveBack()
	for _, msg := range m.definitions.list {
		if err := m.runOn(ctx, msg, pids); err != nil {
			return err
		}
	}
	return nil
}

// together makes one error of those of several processes, nil when there is
// none. Equal ones are told once.
func together(failures map[rpc.Pid]*luaerr.Error, of int) error {
	if len(failures) == 0 {
		return nil
	}
	var pids []rpc.Pid
	for pid := range failures {
		pids = append(pids, pid)
	}
	slices.Sort(pids)
	first := failures[pids[0]]
	if len(pids) == 1 {
		e := *first
		e.Errors = errorsByRank(failures)
		return &e
	}
	var order []string
	who := map[string][]rpc.Pid{}
	for _, pid := range pids {
		text := failures[pid].Message
		if who[text] == nil {
			order = append(order, text)
		}
		who[text] = append(who[text], pid)
	}
	var lines []string
	for _, text := range order {
		lines = append(lines, spans.Of("pid", who[text], of)+": "+text)
	}
	e := *first
	e.Message, e.Errors = strings.Join(lines, "\n"), errorsByRank(failures)
	e.Rank, e.Pid, e.Host = luaerr.NoRank, 0, ""
	return &e
}

// errorsByRank gives each error under its rank; under its pid where several
// managers make ranks ambiguous.
func errorsByRank(failures map[rpc.Pid]*luaerr.Error) map[int]*luaerr.Error {
	byRank, byPid := map[int]*luaerr.Error{}, map[int]*luaerr.Error{}
	for pid, e := range failures {
		byRank[e.Rank], byPid[int(pid)] = e, e
	}
	if len(byRank) == len(byPid) {
		return byRank
	}
	return byPid
}

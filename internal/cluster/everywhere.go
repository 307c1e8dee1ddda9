package cluster

import (
	"context"
	"encoding/binary"
	"math"
	"slices"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/interp"
	"github.com/mpiclus/mpiclus-lua/internal/lua51/vm"
	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
	"github.com/mpiclus/mpiclus-lua/internal/node"
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

// insideEverywhere marks the contexts of what everywhere runs, wherever that
// calls, as chunks are marked with the number of their manager.
const insideEverywhere = math.MaxUint32

// take waits for the token, which who is inside everywhere would do for ever.
func (d *definitions) take(ctx context.Context) error {
	if node.InChunk(ctx, insideEverywhere) {
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
	var pids []node.Pid
	var args []lua.LValue
	options, long := L.Get(1).(*lua.LTable)
	if long {
		body, pids, args = m.everywhereOptions(L, options)
	} else {
		body, args = BodyArgument(m.interp, L, 1, "everywhere"), Rest(L, 2)
	}
	msg := m.message(L, "the function, argument", body, args)
	ask := node.Ask{Service: serviceEverywhere, Message: msg}
	for _, pid := range pids {
		ask.Meta = binary.LittleEndian.AppendUint32(ask.Meta, uint32(pid))
	}
	if long && pids != nil && len(pids) == 0 {
		return 0
	}
	m.push(L, m.call(L, node.Master, ask))
	return 0
}

// everywhereOptions reads the long form.
func (m *Module) everywhereOptions(L *lua.LState, t *lua.LTable) (body *lua.LFunction, pids []node.Pid, args []lua.LValue) {
	vm.ForEach(t, func(k, _ lua.LValue) {
		switch k.String() {
		case "chunk", "args", "pids":
		default:
			luaerr.Raise(L, luaerr.New(luaerr.Argument, "everywhere has no option '%s'; it knows chunk, args, pids", k))
		}
	})
	chunk := t.RawGetString("chunk")
	if body = Body(m.interp, L, chunk); body == nil {
		luaerr.Raise(L, luaerr.New(luaerr.Argument, "everywhere: option 'chunk' must be %s, got %s", BodyKinds, Describe(chunk)))
	}
	L.SetTop(1)
	L.Push(t.RawGetString("pids"))
	pids = m.pidsArgument(L, 2, "everywhere", nil)
	if list, ok := t.RawGetString("args").(*lua.LTable); ok {
		if args, ok = vm.Values(list); !ok {
			luaerr.Raise(L, luaerr.New(luaerr.Argument, "everywhere: option 'args' must be a list: the key %d of the table is too far from the others", vm.MaxN(list)))
		}
	}
	return body, pids, args
}

func (m *Module) startEverywhere(r *node.Request) {
	if m.node.Self() != node.Master {
		r.Fail(luaerr.New(luaerr.Argument, "pid %d is not the master", m.node.Self()))
		return
	}
	var pids []node.Pid
	for b := r.Meta; len(b) >= 4; b = b[4:] {
		pids = append(pids, node.Pid(binary.LittleEndian.Uint32(b)))
	}
	go func() {
		err := m.runEverywhere(r.Context, r.Message, pids)
		if err == nil {
			r.Post(node.Reply{})
			return
		}
		m.node.Serve(r, "everywhere", func(t *interp.Task) node.Reply { return m.node.Raise(t.L(), err) })
	}()
}

// runEverywhere runs a function on the processes with the pids, nil for all
// and those that come later.
func (m *Module) runEverywhere(ctx context.Context, msg *value.Message, pids []node.Pid) error {
	if err := m.definitions.take(ctx); err != nil {
		return err
	}
	defer m.definitions.giveBack()
	all := pids == nil
	if all {
		pids = m.node.Members()
		m.node.Codec().Missing(msg) // keeps the sources in memory with the message
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
func (m *Module) runOn(ctx context.Context, msg *value.Message, pids []node.Pid) error {
	workers := slices.DeleteFunc(slices.Clone(pids), func(p node.Pid) bool { return p == node.Master })
	failures := map[node.Pid]*luaerr.Error{}
	ctx = node.EnterChunk(ctx, insideEverywhere)
	m.callAll(ctx, msg, workers, failures)
	if len(workers) < len(pids) && len(failures) == 0 {
		m.callAll(ctx, msg, []node.Pid{node.Master}, failures)
	}
	return together(failures, len(pids))
}

func (m *Module) callAll(ctx context.Context, msg *value.Message, pids []node.Pid, failures map[node.Pid]*luaerr.Error) {
	begun := map[node.Pid]*node.Begun{}
	for _, pid := range pids {
		b, err := m.node.Begin(ctx, pid, node.AskCall(msg))
		if err != nil {
			failures[pid] = luaerr.From(err)
			continue
		}
		begun[pid] = b
	}
	for pid, b := range begun {
		reply, err := b.Await(ctx)
		if err == nil && reply.Raised {
			err = m.Raised(ctx, pid, reply)
		}
		if err != nil {
			failures[pid] = luaerr.From(err)
		}
	}
}

// Raised reads the error of an answer; it takes the interpreter for that.
func (m *Module) Raised(ctx context.Context, pid node.Pid, reply *node.Reply) (err error) {
	if err := m.node.FetchSources(ctx, pid, reply.Message); err != nil {
		return err
	}
	m.interp.Run(context.WithoutCancel(ctx), "error", func(t *interp.Task) { _, err = m.node.Values(t.L(), reply) })
	return err
}

// Define runs on new processes what everywhere ran on all: it is called when
// they have joined. The error is that of all of them. The caller holds no
// interpreter.
func (m *Module) Define(ctx context.Context, pids []node.Pid) error {
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
func together(failures map[node.Pid]*luaerr.Error, of int) error {
	if len(failures) == 0 {
		return nil
	}
	var pids []node.Pid
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
	who := map[string][]node.Pid{}
	for _, pid := range pids {
		text := failures[pid].Message
		if who[text] == nil {
			order = append(order, text)
		}
		who[text] = append(who[text], pid)
	}
	var lines []string
	for _, text := range order {
		lines = append(lines, Spans("pid", who[text], of)+": "+text)
	}
	e := *first
	e.Message, e.Errors = strings.Join(lines, "\n"), errorsByRank(failures)
	e.Rank, e.Pid, e.Host = luaerr.NoRank, 0, ""
	return &e
}

// errorsByRank gives each error under its rank; under its pid where several
// managers make ranks ambiguous.
func errorsByRank(failures map[node.Pid]*luaerr.Error) map[int]*luaerr.Error {
	byRank, byPid := map[int]*luaerr.Error{}, map[int]*luaerr.Error{}
	for pid, e := range failures {
		byRank[e.Rank], byPid[int(pid)] = e, e
	}
	if len(byRank) == len(byPid) {
		return byRank
	}
	return byPid
}

package cluster

import (
	"context"
	"fmt"
	"math"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/args"
	"github.com/mpiclus/mpiclus-lua/internal/interp"
	"github.com/mpiclus/mpiclus-lua/internal/lua51/number"
	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
	"github.com/mpiclus/mpiclus-lua/internal/objects"
	"github.com/mpiclus/mpiclus-lua/internal/protocol"
	"github.com/mpiclus/mpiclus-lua/internal/rpc"
	"github.com/mpiclus/mpiclus-lua/internal/value"
)

// serviceFold runs a body for each index of a block and folds the results.
// Parameters: Block; the message holds the reducer (nil, a name or a
// function) and the body. The answer is one value.
const serviceFold = "fold"

// Block is a part of a range: indices First + k Step for k from 0 to Count-1.
type Block struct {
	First, Step float64
	Count       int
}

// distributed is distributed(reducer, first, last, [step,] body): the result
// of folding body(i), or with nil for reducer a future.
func (m *Module) distributed(L *lua.LState) int {
	reducer, whole := m.reducerArgument(L), rangeArgument(L)
	body := BodyArgument(m.interp, L, L.GetTop(), "distributed")
	msg := m.message(L, "the loop, argument", reducer, []lua.LValue{body})
	if reducer == lua.LNil {
		return m.pushReference(L, m.distribute(msg.Detach(), whole))
	}
	if whole.Count == 0 {
		L.Push(lua.LNil)
		return 1
	}
	var replies []*rpc.Reply
	m.wait(L, func(ctx context.Context) (err error) {
		replies, err = m.runWhole(ctx, msg, whole)
		return err
	})
	vs, err := m.blockValues(L, replies)
	if err != nil {
		luaerr.Raise(L, luaerr.From(err))
	}
	L.Push(m.fold(L, reducer, vs))
	return 1
}

// distribute runs the blocks without a reducer and gives the future of their
// end.
func (m *Module) distribute(msg *value.Message, whole Block) *objects.Reference {
	future, complete := m.Objects.Promise()
	m.interp.Start(context.Background(), "distributed", func(t *interp.Task) {
		var replies []*rpc.Reply
		err := m.interp.Wait(t.L(), func(ctx context.Context) (err error) {
			replies, err = m.runWhole(ctx, msg, whole)
			return err
		})
		if err == nil {
			_, err = m.blockValues(t.L(), replies)
		}
		complete(m.Eval.Result(t.L(), []lua.LValue{lua.LNil}, err))
	})
	return future
}

// runWhole runs the whole range on the workers that there are. Where the job of
// one that is lost is started afresh, it runs it again on those of that job.
func (m *Module) runWhole(ctx context.Context, msg *value.Message, whole Block) ([]*rpc.Reply, error) {
	for times := 1; ; times++ {
		m.settle(ctx)
		workers := m.workers()
		replies, err := m.runBlocks(ctx, msg, whole.split(len(workers)), workers)
		if err == nil {
			return replies, nil
		}
		e := luaerr.From(err)
		if e.Kind != luaerr.Lost || times == maxKills || m.cfg.Recovered == nil || !m.cfg.Recovered(ctx, rpc.Pid(e.Pid)) {
			return nil, err
		}
		e.Handle()
	}
}

// runBlocks starts a block on each worker and waits for all of them.
func (m *Module) runBlocks(ctx context.Context, msg *value.Message, blocks []Block, workers []rpc.Pid) ([]*rpc.Reply, error) {
	calls := make([]*rpc.Call, len(blocks))
	for i, b := range blocks {
		calls[i] = m.Node.Start(ctx, workers[i], rpc.Request{Service: serviceFold, Message: msg, Data: protocol.Encode(b)})
		if err := calls[i].Sent(ctx); err != nil {
			cancelAll(calls[:i], err)
			return nil, err
		}
	}
	replies := make([]*rpc.Reply, len(blocks))
	for i, c := range calls {
		reply, err := c.Await(ctx)
		if err != nil || reply.Raised {
			cancelAll(calls[i+1:], luaerr.New(luaerr.Interrupted, "stopped because another block failed"))
		}
		if err != nil {
			return nil, err
		}
		if replies[i] = reply; reply.Raised {
			return replies[i : i+1], nil
		}
	}
	return replies, nil
}

func cancelAll(calls []*rpc.Call, why error) {
	for _, c := range calls {
		c.Cancel(why)
	}
}

func (m *Module) blockValues(L *lua.LState, replies []*rpc.Reply) ([]lua.LValue, error) {
	var vs []lua.LValue
	for _, reply := range replies {
		v, err := m.Eval.Values(L, reply)
		if err == nil && len(v) != 1 {
			err = luaerr.New(luaerr.Script, "pid %d gave %d values for a block, not one", reply.From, len(v))
		}
		if err != nil {
			return nil, err
		}
		vs = append(vs, v...)
	}
	return vs, nil
}

// serveFold runs a block.
func (m *Module) serveFold(r *rpc.Incoming) {
	m.Eval.Serve(r, fmt.Sprintf("distributed loop of pid %d", r.From), func(t *interp.Task) rpc.Reply {
		var b Block
		vs, err := m.Eval.Arguments(t.L(), r)
		if err == nil {
			err = protocol.Decode(r.Data, &b)
		}
		if err == nil && len(vs) != 2 {
			err = luaerr.New(luaerr.Argument, "a loop of %d values", len(vs))
		}
		if err == nil {
			vs, err = m.runBlock(t, b, vs[0], vs[1])
		}
		return m.Eval.Result(t.L(), vs, err)
	})
}

// runBlock runs the body for each index and folds what it gives, in order. An
// error names the index.
func (m *Module) runBlock(t *interp.Task, b Block, reducer, body lua.LValue) ([]lua.LValue, error) {
	index := b.First
	loop := t.L().NewFunction(func(L *lua.LState) int {
		folded := lua.LValue(lua.LNil)
		for k := range b.Count {
			index = b.First + float64(k)*b.Step
			top := L.GetTop()
			L.Push(body)
			L.Push(lua.LNumber(index))
			L.Call(1, lua.MultRet)
			returned := L.GetTop() - top
			v := L.Get(top + 1)
			L.SetTop(top)
			checkOperand(L, reducer, body, v, returned)
			switch {
			case reducer == lua.LNil:
			case k == 0:
				folded = v
			default:
				folded = m.reduce(L, reducer, folded, v)
			}
		}
		L.Push(folded)
		return 1
	})
	vs, err := t.Call(loop)
	if err != nil {
		return nil, luaerr.From(err).Within(fmt.Sprintf("index %v: ", lua.LNumber(index)))
	}
	return vs, nil
}

// operandOf are the metamethods that make any value an operand of a reducer.
var operandOf = map[lua.LString]string{"+": "__add", "*": "__mul", "..": "__concat", "min": "", "max": ""}

// checkOperand raises an error at the line of the body where what it returned
// is nothing that a named reducer can take: the reducer's own error would name
// none of the script's lines.
func checkOperand(L *lua.LState, reducer, body, v lua.LValue, returned int) {
	name, _ := reducer.(lua.LString)
	meta, limited := operandOf[name]
	if !limited {
		return
	}
	switch v := v.(type) {
	case lua.LNumber:
		return
	case lua.LString:
		if _, numeric := number.Parse(string(v)); numeric || name == ".." {
			return
		}
	}
	if meta != "" && L.GetMetaField(v, meta) != lua.LNil {
		return
	}
	what := "returned " + args.Show(v)
	if returned == 0 {
		what = "returned no value"
	}
	wanted := "a number"
	if name == ".." {
		wanted = "a string or number"
	}
	e := luaerr.New(luaerr.Script, "%sthe body %s, and the reducer %q takes %s", bodyPlace(body), what, string(name), wanted)
	L.Error(e.ToLua(L), 0)
}

// bodyPlace gives "job.lua:14: ", where the body of a loop returns values or,
// when it returns none, begins.
func bodyPlace(body lua.LValue) string {
	if place := interp.ReturnPlace(body); place != "" {
		return place
	}
	if fn, ok := body.(*lua.LFunction); ok && !fn.IsG {
		return fmt.Sprintf("%s:%d: ", fn.Proto.SourceName, fn.Proto.LineDefined)
	}
	return ""
}

// fold folds the results of blocks, in order.
func (m *Module) fold(L *lua.LState, reducer lua.LValue, vs []lua.LValue) lua.LValue {
	folded := vs[0]
	for _, v := range vs[1:] {
		folded = m.reduce(L, reducer, folded, v)
	}
	return folded
}

// operators are the reducers that have a name.
const operators = `local min, max = math.min, math.max
return {
  ["+"] = function(a, b) return a + b end,
  ["*"] = function(a, b) return a * b end,
  min = function(a, b) return min(a, b) end,
  max = function(a, b) return max(a, b) end,
  ["and"] = function(a, b) return a and b end,
  ["or"] = function(a, b) return a or b end,
  [".."] = function(a, b) return a .. b end,
}`

func (m *Module) reduce(L *lua.LState, reducer, a, b lua.LValue) lua.LValue {
	if name, ok := reducer.(lua.LString); ok {
		x, isNumber := a.(lua.LNumber)
		y, both := b.(lua.LNumber)
		if name == "+" && isNumber && both {
			return x + y
		}
		reducer = m.operator(L, string(name))
	}
	L.Push(reducer)
	L.Push(a)
	L.Push(b)
	L.Call(2, 1)
	v := L.Get(-1)
	L.Pop(1)
	return v
}

// operator gives the function of a named reducer, nil when there is none.
func (m *Module) operator(L *lua.LState, name string) lua.LValue {
	const key = "mpiclus.operators"
	table, ok := L.G.Registry.RawGetString(key).(*lua.LTable)
	if !ok {
		fn, err := m.interp.Codec().Chunks.Load(L, "=(reducers)", operators)
		if err != nil {
			panic("cluster: " + err.Error())
		}
		L.Push(fn)
		L.Call(0, 1)
		table = L.Get(-1).(*lua.LTable)
		L.Pop(1)
		L.G.Registry.RawSetString(key, table)
	}
	return table.RawGetString(name)
}

func (m *Module) reducerArgument(L *lua.LState) lua.LValue {
	v := L.Get(1)
	switch v := v.(type) {
	case *lua.LNilType, *lua.LFunction:
		return v
	case lua.LString:
		if m.operator(L, string(v)) != lua.LNil {
			return v
		}
	}
	luaerr.RaiseArg(L, "distributed", 1, "reducer", `a function, nil or one of "+", "*", "min", "max", "and", "or", ".." expected, got %s`, args.Show(v))
	return nil
}

// rangeArgument reads first, last and step.
func rangeArgument(L *lua.LState) Block {
	first, last, step := rangeNumber(L, 2, "first"), rangeNumber(L, 3, "last"), 1.0
	if L.GetTop() > 4 {
		step = rangeNumber(L, 4, "step")
	}
	if step == 0 {
		luaerr.RaiseArg(L, "distributed", 4, "step", "it is zero")
	}
	count := math.Floor((last-first)/step*(1+1e-15)) + 1
	if !(count < 1<<53) {
		luaerr.RaiseArg(L, "distributed", 3, "last", "a range of %v steps", count)
	}
	return Block{First: first, Step: step, Count: int(max(count, 0))}
}

func rangeNumber(L *lua.LState, n int, name string) float64 {
	v, ok := L.Get(n).(lua.LNumber)
	if !ok || math.IsNaN(float64(v)) || math.IsInf(float64(v), 0) {
		luaerr.RaiseArg(L, "distributed", n, name, "a number expected, got %s", args.Show(L.Get(n)))
	}
	return float64(v)
}

// split cuts a range into at most n blocks that differ by one in length at
// most, the longer ones first.
func (b Block) split(n int) []Block {
	var blocks []Block
	done := 0
	for i := 0; i < n && done < b.Count; i++ {
		count := b.Count / n
		if i < b.Count%n {
			count++
		}
		blocks = append(blocks, Block{First: b.First + float64(done)*b.Step, Step: b.Step, Count: count})
		done += count
	}
	return blocks
}

package host

import (
	"context"
	"fmt"
	"strings"
	"time"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/cluster"
	"github.com/mpiclus/mpiclus-lua/internal/interp"
	"github.com/mpiclus/mpiclus-lua/internal/lua51/number"
	"github.com/mpiclus/mpiclus-lua/internal/lua51/vm"
	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
	"github.com/mpiclus/mpiclus-lua/internal/rpc"
	"github.com/mpiclus/mpiclus-lua/internal/value"
)

// luaMpido is mpido(manager, chunk, ...) → rank → first value.
func (h *Host) luaMpido(L *lua.LState) int {
	m := checkManager(L, 1, "mpido")
	chunk := cluster.BodyArgument(h.interp, L, 2, "mpido")
	L.Push(h.mpido(L, m, chunk, cluster.Rest(L, 3), nil, 0))
	return 1
}

// methodMpido is manager:mpido{ chunk=, args=, ranks=, timeout= }, or
// manager:mpido(chunk, ...).
func (h *Host) methodMpido(L *lua.LState) int {
	m := checkManager(L, 1, "mpido")
	if _, long := L.Get(2).(*lua.LTable); !long {
		return h.luaMpido(L)
	}
	o := readOptions(L, 2, "mpido")
	var ranks []int
	var args []lua.LValue
	var timeout time.Duration
	o.ranks("ranks", &ranks)
	o.list("args", &args)
	o.seconds("timeout", &timeout)
	chunk := o.body("chunk", h.interp)
	o.done()
	if chunk == nil {
		o.wrong("chunk", cluster.BodyKinds, lua.LNil)
	}
	L.Push(h.mpido(L, m, chunk, args, ranks, timeout))
	return 1
}

// mpido runs a chunk and gives the table of its results, or raises the one
// error of all ranks.
func (h *Host) mpido(L *lua.LState, m *Manager, chunk lua.LValue, args []lua.LValue, ranks []int, timeout time.Duration) lua.LValue {
	if rpc.Inside(h.interp.Current().Context(), m.number) {
		luaerr.Raise(L, luaerr.New(luaerr.Argument, "mpido cannot be called from inside a chunk of the same manager: the chunk would wait for itself"))
	}
	msg, err := h.interp.Codec().Encode(L, "the chunk, argument", append([]lua.LValue{chunk}, args...)...)
	if err != nil {
		luaerr.Raise(L, luaerr.From(err))
	}
	outcome, err := h.await(L, m, msg, ranks, timeout)
	if err != nil {
		luaerr.Raise(L, luaerr.From(err))
	}
	if outcome.Left != "" {
		h.say("the chunk of mpido at %s %s", interp.Where(L), outcome.Left)
	}
	results := L.CreateTable(len(outcome.Answers), 0)
	errs := map[int]*luaerr.Error{}
	for _, a := range outcome.Answers {
		v, err := h.first(L, a)
		if err != nil {
			errs[a.Rank] = luaerr.From(err).At(a.Rank, int(a.Pid), m.hostOf(a.Rank))
			continue
		}
		vm.SetInt(results, a.Rank, v)
	}
	if e := combine(errs, len(outcome.Answers), outcome); e != nil {
		e.Traceback = strings.TrimPrefix(e.Traceback+"\nmpido was called at "+interp.Where(L), "\n")
		L.Error(e.ToLua(L), 1) // its message names the places on the ranks
	}
	results.Metatable = resultsMeta(L)
	return results
}

// await runs a chunk without holding the interpreter.
func (h *Host) await(L *lua.LState, m *Manager, msg *value.Message, ranks []int, timeout time.Duration) (o *Outcome, err error) {
	err = h.interp.Wait(L, func(ctx context.Context) error {
		if timeout > 0 {
			var cancel context.CancelFunc
			ctx, cancel = context.WithTimeoutCause(ctx, timeout,
				luaerr.New(luaerr.Timeout, "mpido took longer than its timeout of %v", timeout))
			defer cancel()
		}
		if o, err = m.Run(ctx, msg, ranks); err != nil {
			return err
		}
		for _, a := range o.Answers {
			if a.Reply != nil {
				if err := h.node.FetchSources(ctx, a.Pid, a.Reply.Message); err != nil {
					h.discard(o)
					return err
				}
			}
		}
		return nil
	})
	return o, err
}

// first gives the first value that a rank returned.
func (h *Host) first(L *lua.LState, a Answer) (lua.LValue, error) {
	if a.Err != nil {
		return nil, a.Err
	}
	vs, err := h.parallel.Eval.Values(L, a.Reply)
	if err != nil {
		return nil, err
	}
	if len(vs) == 0 {
		return lua.LNil, nil
	}
	return vs[0], nil
}

// resultsMeta is the metatable of what mpido returns: tostring shows it.
func resultsMeta(L *lua.LState) *lua.LTable {
	mt := L.NewTypeMetatable("mpiclus.results")
	if mt.RawGetString("__tostring") == lua.LNil {
		cluster.MarkGroup(mt)
		vm.RefuseList(mt, "the result of mpido is no list: its keys are ranks, from 0. Walk it with 'for rank, v in cluster.each(result)'; manager.np is the number of ranks")
		mt.RawSetString("__tostring", L.NewFunction(func(L *lua.LState) int {
			t := L.CheckTable(1)
			text := ""
			for _, rank := range cluster.RankKeys(t) {
				text += fmt.Sprintf(", [%d] = %s", rank, number.ToString(L, vm.RawGet(t, lua.LNumber(rank))))
			}
			if text != "" {
				text = text[2:]
			}
			L.Push(lua.LString("{" + text + "}"))
			return 1
		}))
	}
	return mt
}

package cluster

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/args"
	"github.com/mpiclus/mpiclus-lua/internal/lua51/number"
	"github.com/mpiclus/mpiclus-lua/internal/lua51/vm"
	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
	"github.com/mpiclus/mpiclus-lua/internal/objects"
	"github.com/mpiclus/mpiclus-lua/internal/rpc"
)

// group is a table of a script that has futures or channels among its values,
// as fetch and wait take it: a list, or the table by rank that mpido returned.
type group []member

// member is a value of the table. ref is nil when it is neither a future nor
// a channel: then there is nothing to wait for.
type member struct {
	key, value lua.LValue
	ref        *objects.Reference
}

// groupOf reads a table that has futures or channels among its values; nil for
// any other value. A table that has become an object by its metatable is no
// group.
func groupOf(v lua.LValue) group {
	t, ok := v.(*lua.LTable)
	if !ok {
		return nil
	}
	if mt, ok := t.Metatable.(*lua.LTable); ok && mt.RawGetString(groupField) == lua.LNil {
		return nil
	}
	var g group
	any := false
	vm.ForEach(t, func(k, v lua.LValue) {
		ref := referenceOf(v)
		any = any || ref != nil
		g = append(g, member{k, v, ref})
	})
	if !any {
		return nil
	}
	return g
}

// groupField in a metatable says that its tables are groups all the same.
const groupField = "mpiclus.group"

// MarkGroup makes fetch and wait take tables of this metatable as lists of
// futures.
func MarkGroup(metatable *lua.LTable) { metatable.RawSetString(groupField, lua.LTrue) }

// text names a member in messages.
func (e member) text() string {
	if s, ok := e.key.(lua.LString); ok {
		return fmt.Sprintf("entry '%s'", string(s))
	}
	return "entry " + number.Text(e.key)
}

// fetch is fetch(x [, seconds]): the values of a future, the first item of a
// channel, which stays there, or x itself. Of a table of futures it waits for
// all and returns a table of their first values with the same keys.
func (m *Module) fetch(L *lua.LState) int {
	limit := limitArgument(L, 2, "fetch")
	if g := groupOf(L.CheckAny(1)); g != nil {
		m.awaitAll(L, g, limit)
		t := L.CreateTable(len(g), 0)
		for _, e := range g {
			v := e.value
			if e.ref != nil {
				v = lua.LNil
				if vs := m.fetched(L, e.ref, limit); len(vs) > 0 {
					v = vs[0]
				}
			}
			vm.RawSet(t, e.key, v)
		}
		L.Push(t)
		return 1
	}
	ref := reference(L, 1)
	if ref == nil {
		L.Push(L.Get(1))
		return 1
	}
	return pushAll(L, m.fetched(L, ref, limit))
}

// fetched waits for the values of a future, which it keeps, or for the first
// item of a channel.
func (m *Module) fetched(L *lua.LState, ref *objects.Reference, limit limit) []lua.LValue {
	if ref.Cache != nil && ref.Kind != objects.KindChannel {
		return ref.Cache
	}
	var reply *rpc.Reply
	limit.wait(m, L, waitedFor(ref), presenceOf(ref), func(ctx context.Context) (err error) {
		reply, err = ref.Fetch(ctx)
		return err
	})
	vs := m.values(L, reply)
	if ref.Kind == objects.KindChannel {
		return vs
	}
	if ref.Cache == nil { // another task may have been faster
		ref.Cache = append(make([]lua.LValue, 0, len(vs)), vs...)
	}
	return ref.Cache
}

// waitedFor says what a wait for a future or channel is for.
func waitedFor(ref *objects.Reference) string {
	if ref.Kind == objects.KindChannel {
		return fmt.Sprintf("an item of the channel on pid %d", ref.ID.Owner)
	}
	return fmt.Sprintf("the result of the call on pid %d", ref.ID.Owner)
}

// waitFor is wait(x [, seconds]): returns x when a future has its result or a
// channel an item, and for a table of them when all have; the error of a call
// is raised.
func (m *Module) waitFor(L *lua.LState) int {
	limit := limitArgument(L, 2, "wait")
	if g := groupOf(L.CheckAny(1)); g != nil {
		m.awaitAll(L, g, limit)
	} else if ref := reference(L, 1); ref != nil {
		m.await(L, ref, limit)
	}
	L.Push(L.Get(1))
	return 1
}

// await waits for a future or channel, and raises the error of the call.
func (m *Module) await(L *lua.LState, ref *objects.Reference, limit limit) {
	if ref.Cache != nil {
		return
	}
	var failure *rpc.Reply
	limit.wait(m, L, waitedFor(ref), presenceOf(ref), func(ctx context.Context) error {
		failed, err := ref.Wait(ctx)
		if err == nil && failed {
			failure, err = ref.Fetch(ctx)
		}
		return err
	})
	if failure != nil {
		m.values(L, failure)
	}
}

// awaitAll waits until all of a group are over, and then raises the error of
// the first that failed, in the order of the table. Its field errors has those
// of all that stand in the list.
func (m *Module) awaitAll(L *lua.LState, g group, limit limit) {
	failures := make([]*luaerr.Error, len(g))
	replies := make([]*rpc.Reply, len(g))
	limit.wait(m, L, "all of the results", presence{g.allThere, true}, func(ctx context.Context) error {
		for i, e := range g {
			if e.ref == nil {
				continue
			}
			failed, err := e.ref.Wait(ctx)
			if err == nil && failed {
				replies[i], err = e.ref.Fetch(ctx)
			}
			if err != nil && ctx.Err() != nil {
				return context.Cause(ctx)
			}
			if err != nil {
				failures[i] = luaerr.From(err)
			}
		}
		return nil
	})
	for i, reply := range replies {
		if reply != nil {
			_, err := m.Eval.Values(L, reply)
			failures[i] = luaerr.From(err)
		}
	}
	if e := firstOf(g, failures); e != nil {
		luaerr.Raise(L, e)
	}
}

// firstOf makes the one error of a group; nil when none failed.
func firstOf(g group, failures []*luaerr.Error) *luaerr.Error {
	var first *luaerr.Error
	count := 0
	byIndex := map[int]*luaerr.Error{}
	for i, e := range failures {
		if e == nil {
			continue
		}
		count++
		if n, ok := g[i].key.(lua.LNumber); ok && lua.LNumber(int(n)) == n {
			byIndex[int(n)] = e
		}
		if first == nil {
			first = e.Within(g[i].text() + ": ")
		}
	}
	if count > 1 {
		first.Message += fmt.Sprintf(" (and %d more of %d failed)", count-1, len(g))
	}
	if first != nil && len(byIndex) > 0 {
		first.Errors = byIndex
	}
	return first
}

// groupArgument reads argument 1 of a call, which must be a table of futures
// or channels.
func groupArgument(L *lua.LState, call string) group {
	g := groupOf(L.Get(1))
	if t, ok := L.Get(1).(*lua.LTable); g == nil && !(ok && isEmpty(t)) {
		luaerr.RaiseArg(L, call, 1, "futures", "a list of futures expected, got %s", args.Show(L.Get(1)))
	}
	return g
}

// completions reports each member of a group once, when it is over: its result
// is there, its call failed, or its process was lost. The waits end with the
// context. Who calls it holds the interpreter.
func completions(ctx context.Context, g group) <-chan member {
	done := make(chan member, len(g)) // room for all: no wait outlives its cause
	for _, e := range g {
		if e.ref == nil || e.ref.Cache != nil {
			done <- e
			continue
		}
		go func() {
			_, err := e.ref.Wait(ctx)
			if err == nil || ctx.Err() == nil {
				done <- e
			}
		}()
	}
	return done
}

// waitAny is waitany(futures [, seconds]) → the key and the future of the
// first that is over, also of one that failed; nil for an empty list.
func (m *Module) waitAny(L *lua.LState) int {
	g, limit := groupArgument(L, "waitany"), limitArgument(L, 2, "waitany")
	if len(g) == 0 {
		L.Push(lua.LNil)
		return 1
	}
	ctx, cancel := context.WithCancel(m.interp.Current().Context())
	defer cancel()
	first := m.next(L, completions(ctx, g), limit, presence{g.oneThere, true})
	L.Push(first.key)
	L.Push(first.value)
	return 2
}

// oneThere reports whether a member is over.
func (g group) oneThere(ctx context.Context) bool {
	return slices.ContainsFunc(g, func(e member) bool { return e.ref == nil || isThere(ctx, e.ref) })
}

// allThere reports whether all members are over.
func (g group) allThere(ctx context.Context) bool {
	return !slices.ContainsFunc(g, func(e member) bool { return e.ref != nil && !isThere(ctx, e.ref) })
}

// next waits for the next member that is over.
func (m *Module) next(L *lua.LState, done <-chan member, limit limit, p presence) (e member) {
	limit.wait(m, L, "a result", p, func(ctx context.Context) error {
		select {
		case e = <-done:
			return nil
		case <-ctx.Done():
		}
		select {
		case e = <-done: // it was over
			return nil
		default:
			return context.Cause(ctx)
		}
	})
	return e
}

// asCompleted is as_completed(futures [, seconds]): an iterator that gives the
// key and the future of each as they are over, those that failed as well.
func (m *Module) asCompleted(L *lua.LState) int {
	g, limit := groupArgument(L, "as_completed"), limitArgument(L, 2, "as_completed")
	task := m.interp.Current()
	ctx, cancel := context.WithCancelCause(task.Context())
	done := completions(ctx, g)
	left, running := len(g), g
	iterator := L.NewFunction(func(L *lua.LState) int {
		if left == 0 {
			cancel(errIterated)
			L.Push(lua.LNil)
			return 1
		}
		e := m.next(L, done, limit, presence{running.oneThere, true})
		running = slices.DeleteFunc(slices.Clone(running), func(other member) bool { return other.key == e.key })
		left--
		L.Push(e.key)
		L.Push(e.value)
		return 2
	})
	runtime.AddCleanup(iterator, func(stop context.CancelCauseFunc) { stop(errIterated) }, cancel) // of a loop that was left
	L.Push(iterator)
	return 1
}

var errIterated = errors.New("the loop over the futures has ended")

// isready is isready(x): whether fetch and take would not wait; of a table of
// futures, whether all are ready.
func (m *Module) isready(L *lua.LState) int {
	g := groupOf(L.CheckAny(1))
	if g == nil {
		g = group{{value: L.Get(1), ref: reference(L, 1)}}
	}
	ready := true
	for _, e := range g {
		if e.ref == nil || e.ref.Cache != nil || !ready {
			continue
		}
		m.wait(L, func(ctx context.Context) (err error) {
			ready, err = e.ref.Ready(ctx)
			return err
		})
	}
	L.Push(lua.LBool(ready))
	return 1
}

func isEmpty(t *lua.LTable) bool {
	key, _, _ := vm.Next(t, lua.LNil)
	return key == lua.LNil
}

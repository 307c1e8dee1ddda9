package luampi

import (
	"unsafe"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/args"
	"github.com/mpiclus/mpiclus-lua/internal/array"
	"github.com/mpiclus/mpiclus-lua/internal/lua51/vm"
	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
	"github.com/mpiclus/mpiclus-lua/internal/mpi"
)

// opCreate returns Op_create, whose function takes two elements, or
// Op_create_array, whose function takes two arrays.
func (m *module) opCreate(whole bool) implementation {
	name := "Op_create"
	if whole {
		name = "Op_create_array"
	}
	return func(L *lua.LState, base int, _ *mpi.Comm) int {
		fn, ok := L.Get(base).(*lua.LFunction)
		if !ok {
			args.RaiseExpected(L, name, 1, "f", "function", L.Get(base))
		}
		commute := L.Get(base+1) == lua.LNil || lua.LVAsBool(L.Get(base+1))
		r := &reduction{m: m, fn: fn, whole: whole}
		op := &mpi.Op{Commutes: commute, Run: r.inside}
		h := &handle{class: "op", value: m.s.OwnOp(op), op: op, run: r.run, fn: fn, whole: whole}
		L.Push(m.newObject(h, m.handleMT["op"]))
		return 1
	}
}

func (m *module) opFree(L *lua.LState, base int, _ *mpi.Comm) int {
	h := toHandle(L.Get(base), "op")
	switch {
	case h == nil:
		args.RaiseExpected(L, "Op_free", 1, "op", "op", L.Get(base))
	case h.op == nil:
		luaerr.RaiseArg(L, "Op_free", 1, "op", "mpi.%s cannot be freed", h.name)
	case h.plugin != nil:
		luaerr.RaiseArg(L, "Op_free", 1, "op", "%s belongs to its plugin and cannot be freed", h.plugin.Name())
	case h.freed:
		luaerr.RaiseArg(L, "Op_free", 1, "op", "the op was freed")
	}
	h.freed = true // reductions at work go on with it
	return 0
}

// reduction runs a Lua function as an op.
type reduction struct {
	m     *module
	fn    *lua.LFunction
	whole bool
	th    *lua.LState // of inside
}

// inside runs the op in a call that sits in the library. It has a Lua thread of
// its own, since that of the call stands still meanwhile; one call at a time is
// inside, so one thread is enough.
func (r *reduction) inside(in, inout unsafe.Pointer, n int, datatype uint64) error {
	if r.th == nil {
		r.th = r.m.in.NewThread()
	}
	err := r.run(r.th, in, inout, n, datatype)
	if err != nil {
		r.th = nil // its stack is of no use any more
	}
	return err
}

// run combines n elements from in into inout, on a Lua thread.
func (r *reduction) run(th *lua.LState, in, inout unsafe.Pointer, n int, datatype uint64) error {
	t, ok := r.m.elements[datatype]
	if !ok {
		return errPlain
	}
	if n == 0 {
		return nil
	}
	return r.apply(th, t, view(t, in, n), view(t, inout, n), n)
}

var errPlain = luaerr.New(luaerr.Argument, "an op written in Lua works on arrays of plain elements only")

// apply calls the function for each element, or once for all.
func (r *reduction) apply(th *lua.LState, t array.Type, a, b []byte, n int) error {
	if r.whole {
		inn, inout := array.New(t, n), array.New(t, n)
		copy(inn.Bytes(), a)
		copy(inout.Bytes(), b)
		if err := r.invoke(th, 0, array.ToLua(th, inn), array.ToLua(th, inout)); err != nil {
			return err
		}
		copy(b, inout.Bytes())
		return nil
	}
	x, y := array.New(t, n), array.New(t, n)
	copy(x.Bytes(), a)
	copy(y.Bytes(), b)
	for i := range n {
		u, err := x.Get(th, i)
		if err != nil {
			return err
		}
		w, err := y.Get(th, i)
		if err != nil {
			return err
		}
		if err := r.invoke(th, 1, u, w); err != nil {
			return err
		}
		v := th.Get(-1)
		th.Pop(1)
		if err := y.Set(i, v); err != nil {
			return luaerr.New(luaerr.Script, "an op's function returned what a %s array cannot hold: %w", t, err)
		}
	}
	copy(b, y.Bytes())
	return nil
}

func (r *reduction) invoke(th *lua.LState, results int, args ...lua.LValue) error {
	th.Push(r.fn)
	for _, a := range args {
		th.Push(a)
	}
	return vm.PCall(th, len(args), results, nil)
}

func view(t array.Type, p unsafe.Pointer, n int) []byte {
	return unsafe.Slice((*byte)(p), n*t.Size())
}

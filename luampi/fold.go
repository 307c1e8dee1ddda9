package luampi

import (
	"fmt"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/args"
	"github.com/mpiclus/mpiclus-lua/internal/array"
	"github.com/mpiclus/mpiclus-lua/internal/lua51/vm"
	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
	"github.com/mpiclus/mpiclus-lua/internal/mpi/table"
)

// fold is how a twin of a reduction combines two values.
type fold func(L *lua.LState, a, b lua.LValue) (lua.LValue, error)

// folder reads the op of a twin: an op of the module or a Lua function.
func (x *call) folder(i int) fold {
	if fn, ok := x.at[i].(*lua.LFunction); ok {
		return callFold(fn)
	}
	h := toHandle(x.at[i], "op")
	if h == nil {
		x.pos[i] = i + 1
		x.expected(i, "op or function", x.at[i])
	}
	x.alive(i, h)
	switch f := folds[h.name]; {
	case f != nil:
		return f
	case h.fn != nil && h.whole:
		return wholeFold(h.fn)
	case h.fn != nil:
		return callFold(h.fn)
	}
	x.arg(i, "mpi.%s is no op of a reduction", h.name)
	return nil
}

func callFold(fn *lua.LFunction) fold {
	return func(L *lua.LState, a, b lua.LValue) (lua.LValue, error) {
		L.Push(fn)
		L.Push(a)
		L.Push(b)
		L.Call(2, 1)
		v := L.Get(-1)
		L.Pop(1)
		return v, nil
	}
}

// wholeFold calls the function of an op on whole arrays, which combines into
// its second argument.
func wholeFold(fn *lua.LFunction) fold {
	return func(L *lua.LState, a, b lua.LValue) (lua.LValue, error) {
		if arr, ok := array.To(b); ok {
			b = array.ToLua(L, arr.Copy())
		}
		L.Push(fn)
		L.Push(a)
		L.Push(b)
		L.Call(2, 0)
		return b, nil
	}
}

// folds are the predefined ops on Lua values: the operators of Lua, with
// their metamethods.
var folds = map[string]fold{
	"SUM":    arithmetic("__add", func(a, b lua.LNumber) lua.LNumber { return a + b }),
	"PROD":   arithmetic("__mul", func(a, b lua.LNumber) lua.LNumber { return a * b }),
	"MAX":    better(func(L *lua.LState, a, b lua.LValue) bool { return L.LessThan(a, b) }),
	"MIN":    better(func(L *lua.LState, a, b lua.LValue) bool { return L.LessThan(b, a) }),
	"LAND":   logical(func(a, b bool) bool { return a && b }),
	"LOR":    logical(func(a, b bool) bool { return a || b }),
	"LXOR":   logical(func(a, b bool) bool { return a != b }),
	"BAND":   bitwise(func(a, b int64) int64 { return a & b }),
	"BOR":    bitwise(func(a, b int64) int64 { return a | b }),
	"BXOR":   bitwise(func(a, b int64) int64 { return a ^ b }),
	"MAXLOC": located(func(L *lua.LState, a, b lua.LValue) bool { return L.LessThan(a, b) }),
	"MINLOC": located(func(L *lua.LState, a, b lua.LValue) bool { return L.LessThan(b, a) }),
}

func arithmetic(event string, numbers func(a, b lua.LNumber) lua.LNumber) fold {
	return func(L *lua.LState, a, b lua.LValue) (lua.LValue, error) {
		x, ok := a.(lua.LNumber)
		y, ok2 := b.(lua.LNumber)
		if ok && ok2 {
			return numbers(x, y), nil
		}
		method := L.GetMetaField(a, event)
		if method == lua.LNil {
			method = L.GetMetaField(b, event)
		}
		fn, isFunction := method.(*lua.LFunction)
		if !isFunction {
			return nil, luaError("cannot combine %s and %s: neither has %s", args.Kind(a), args.Kind(b), event)
		}
		return callFold(fn)(L, a, b)
	}
}

// better keeps a unless b is better.
func better(than func(L *lua.LState, a, b lua.LValue) bool) fold {
	return func(L *lua.LState, a, b lua.LValue) (lua.LValue, error) {
		if than(L, a, b) {
			return b, nil
		}
		return a, nil
	}
}

// located combines pairs {value, place}: the better value, of equal ones the
// lower place.
func located(than func(L *lua.LState, a, b lua.LValue) bool) fold {
	return func(L *lua.LState, a, b lua.LValue) (lua.LValue, error) {
		x, ok := a.(*lua.LTable)
		y, ok2 := b.(*lua.LTable)
		if !ok || !ok2 || vm.Length(x) != 2 || vm.Length(y) != 2 {
			return nil, luaError("MINLOC and MAXLOC combine pairs {value, place}")
		}
		switch u, v := vm.GetInt(x, 1), vm.GetInt(y, 1); {
		case than(L, u, v):
			return y, nil
		case than(L, v, u) || !L.LessThan(vm.GetInt(y, 2), vm.GetInt(x, 2)):
			return x, nil
		}
		return y, nil
	}
}

// logical combines booleans and numbers; of two numbers the result is 1 or 0.
func logical(f func(a, b bool) bool) fold {
	truth := func(v lua.LValue) bool { return v != lua.LNumber(0) && lua.LVAsBool(v) }
	return func(_ *lua.LState, a, b lua.LValue) (lua.LValue, error) {
		r := f(truth(a), truth(b))
		if a.Type() != lua.LTNumber || b.Type() != lua.LTNumber {
			return lua.LBool(r), nil
		}
		if r {
			return lua.LNumber(1), nil
		}
		return lua.LNumber(0), nil
	}
}

func bitwise(f func(a, b int64) int64) fold {
	return func(_ *lua.LState, a, b lua.LValue) (lua.LValue, error) {
		x, ok := number(a)
		y, ok2 := number(b)
		if !ok || !ok2 {
			if ok {
				a = b
			}
			return nil, luaError("bitwise ops: %s", notWhole(a, "whole number"))
		}
		return lua.LNumber(f(int64(x), int64(y))), nil
	}
}

// foldList combines entries first to last of a list in order.
func foldList(L *lua.LState, f fold, list *lua.LTable, last int) (lua.LValue, error) {
	v := vm.GetInt(list, 1)
	for r := 2; r <= last; r++ {
		w, err := f(L, v, vm.GetInt(list, r))
		if err != nil {
			return nil, fmt.Errorf("value of rank %d: %w", r-1, err)
		}
		v = w
	}
	return v, nil
}

// folded gathers the values of all ranks with a row and combines those of ranks 0 to
// last − 1.
func (m *module) folded(x *call, last int, row *table.Call) (int, error) {
	f := x.folder(1)
	v, err := m.gatherAll(x, x.at[0], row)
	if list, ok := v.(*lua.LTable); err == nil && ok {
		if v = lua.LNil; last > 0 {
			v, err = foldList(x.L, f, list, last)
		}
		if err != nil {
			err = luaerr.New(luaerr.Argument, "mpi.%s: %w", x.row.Name, err)
		}
	}
	return x.gives(v, err)
}

func (m *module) reduce(x *call) (int, error) { return m.folded(x, x.comm.Size, rowGatherv) }

func (m *module) allreduce(x *call) (int, error) { return m.folded(x, x.comm.Size, rowAllgatherv) }

func (m *module) scan(x *call) (int, error) { return m.folded(x, x.comm.Rank+1, rowAllgatherv) }

func (m *module) exscan(x *call) (int, error) { return m.folded(x, x.comm.Rank, rowAllgatherv) }

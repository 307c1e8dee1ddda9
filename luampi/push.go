package luampi

import (
	"strconv"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/array"
	"github.com/mpiclus/mpiclus-lua/internal/lua51/vm"
	"github.com/mpiclus/mpiclus-lua/internal/mpi"
	"github.com/mpiclus/mpiclus-lua/internal/mpi/table"
)

// push pushes the results of a call that is over, and reports how many.
func (x *call) push() int {
	L, n := x.L, 0
	for i := range x.row.Results {
		r := &x.row.Results[i]
		if i > 0 && x.flagFalse() && (r.Kind == table.Status || r.Kind == table.Text) {
			continue
		}
		if r.Kind == table.Status {
			n += x.m.pushStatus(L, x.c.Status(), n+1)
			continue
		}
		L.Push(x.result(r))
		n++
	}
	return n
}

// flagFalse reports whether a flag says that there is no status.
func (x *call) flagFalse() bool {
	r := &x.row.Results[0]
	return r.Kind == table.Bool && x.c.Result(r.Slot-table.SlotR) == 0
}

func (x *call) result(r *table.Arg) lua.LValue {
	m, s := x.m, x.c.S
	switch r.Kind {
	case table.Array:
		return x.arrayResult()
	case table.Self:
		return x.at[0]
	case table.Request:
		return m.requestObject(x)
	case table.Int:
		return lua.LNumber(int32(s[r.Slot]))
	case table.Aint:
		return lua.LNumber(int64(s[r.Slot]))
	case table.Bool:
		return lua.LBool(int32(s[r.Slot]) != 0)
	case table.Double:
		return lua.LNumber(x.c.Double(r.Slot))
	case table.Text:
		return lua.LString(x.c.Text())
	case table.File:
		return m.fileObject(x, s[r.Slot])
	case table.Comm:
		return m.commObject(x.c.Adopted())
	case table.Group, table.Type, table.Info, table.Op:
		return m.handleObject(r.Kind.String(), s[r.Slot])
	case table.Message:
		if x.flagFalse() {
			return lua.LNil
		}
		return m.newObject(&message{handle: s[r.Slot], comm: x.comm}, m.messageMT)
	case table.Ints:
		return x.ints(r)
	case table.Aints:
		t := x.L.CreateTable(x.countOf(r), 0)
		for _, n := range x.c.Words(r.Slot, x.countOf(r)) {
			vm.Append(t, lua.LNumber(int64(n)))
		}
		return t
	case table.Types:
		t := x.L.CreateTable(x.countOf(r), 0)
		for _, h := range x.c.Handles(r.Slot, x.countOf(r)) {
			vm.Append(t, m.handleObject("type", h))
		}
		return t
	}
	panic("luampi: cannot give results of kind " + r.Kind.String())
}

// arrayResult returns the array that a collective filled: the script's own
// value where it gave one, a number for a number.
func (x *call) arrayResult() lua.LValue {
	if x.out == nil {
		return lua.LNil
	}
	for i := range x.row.Args {
		if a, ok := array.To(x.at[i]); ok && a == x.out {
			return x.at[i]
		}
	}
	if x.scalar && !x.row.Other {
		switch x.out.Type() {
		case array.Int64:
			n := array.Of[int64](x.out)[0]
			if _, isBool := x.at[0].(lua.LBool); isBool {
				return lua.LBool(n != 0)
			}
			return lua.LNumber(n)
		default:
			return lua.LNumber(array.Of[float64](x.out)[0])
		}
	}
	return array.ToLua(x.L, x.out)
}

func (x *call) countOf(r *table.Arg) int { return int(int32(x.c.S[r.CountOf])) }

func (x *call) ints(r *table.Arg) lua.LValue {
	t := x.L.CreateTable(x.countOf(r), 0)
	for _, n := range x.c.Ints(r.Slot, x.countOf(r)) {
		vm.Append(t, lua.LNumber(n))
	}
	return t
}

func toStatus(v lua.LValue) *mpi.Status {
	if ud, ok := v.(*lua.LUserData); ok {
		st, _ := ud.Value.(*mpi.Status)
		return st
	}
	return nil
}

func (m *module) toMessage(v lua.LValue) *message {
	if ud, ok := v.(*lua.LUserData); ok {
		msg, _ := ud.Value.(*message)
		return msg
	}
	return nil
}

// parseNumber reads a default of the table that is a number.
func parseNumber(s string) lua.LValue {
	if n, err := strconv.Atoi(s); err == nil {
		return lua.LNumber(n)
	}
	return lua.LNil
}

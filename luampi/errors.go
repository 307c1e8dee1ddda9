package luampi

import (
	"errors"
	"fmt"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/args"
	"github.com/mpiclus/mpiclus-lua/internal/array"
	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
	"github.com/mpiclus/mpiclus-lua/internal/mpi"
	"github.com/mpiclus/mpiclus-lua/internal/mpi/table"
)

// arg raises an error about argument i of the call.
func (x *call) arg(i int, format string, args ...any) {
	L, name, pos, what := x.L, x.row.Name, x.pos[i], x.row.Args[i].Name
	text := fmt.Sprintf(format, args...)
	x.end()
	luaerr.RaiseArg(L, name, pos, what, "%s", text)
}

// refuse raises an error about argument i where there is something wrong.
func (x *call) refuse(i int, why string) {
	if why != "" {
		x.arg(i, "%s", why)
	}
}

// expected raises that argument i of the call is not what was expected.
func (x *call) expected(i int, what string, got lua.LValue) {
	text := args.Expected(what, got)
	if i == 0 {
		text += dotted(x.L)
	}
	x.arg(i, "%s", text)
}

// dotted says how methods are called where a call got nothing at all, as r.wait()
// does.
func dotted(L *lua.LState) string {
	if L.GetTop() > 0 {
		return ""
	}
	return ": methods are called with ':', as in comm:rank()"
}

// explained adds to the error of a call that is over what the library does
// not say of it.
func (x *call) explained(err error) error {
	if x.row.Class == table.Twin {
		return err
	}
	if e := (*luaerr.Error)(nil); (x.row.Name == "File_open" || x.row.Name == "File_delete") && errors.As(err, &e) {
		named := *e
		named.Message += ": " + args.Show(x.at[0])
		return &named
	}
	st := x.c.Status()
	return x.m.explained(x.L, err, x.c.Row, x.c.Room(), &st)
}

// explained does that for a call or for the request that a call has made:
// room is where it receives a message, st what is known of the message.
func (m *module) explained(L *lua.LState, err error, row *table.Call, room mpi.Room, st *mpi.Status) error {
	var e *luaerr.Error
	if !errors.As(err, &e) {
		return err
	}
	c := *e
	switch {
	case row.Class == table.Coll && e.Class == "ERR_OTHER": // what MPICH says of collectives that it starts
		c.Message += ": it may be that the ranks do not agree: lengths and types of the arrays, and counts, must agree on all ranks"
	case e.Class == "ERR_TYPE":
		c.Message += ": a type that a script has made is committed before it is used (t:commit())"
	case e.Class != "ERR_TRUNCATE":
		return err
	case row.Class == table.Coll:
		c.Message += ": another rank sent more than this one expects: lengths and types of the arrays, and counts, must agree on all ranks"
	case row.Receives():
		c.Message += fmt.Sprintf(": %s, and the array has room for %s: receive into a larger one, or ask for the length before with Probe and Get_count",
			m.messageText(L, st), m.roomText(room))
	}
	return &c
}

// messageText reports what is known of a message that did not fit.
func (m *module) messageText(L *lua.LState, st *mpi.Status) string {
	if st.Source() == m.limits.undefined {
		return "the message is longer"
	}
	from := fmt.Sprintf("the message from rank %d with tag %d", st.Source(), st.Tag())
	if !mpi.TellsTruncated {
		return from + " is longer"
	}
	c := m.s.NewCall("Get_count")
	defer c.Release()
	c.SetStatus(st)
	c.S[table.SlotX] = m.byteType
	if err := m.do(L, c); err != nil || c.Result(0) <= 0 {
		return from + " is longer"
	}
	return fmt.Sprintf("%s has %d bytes", from, c.Result(0))
}

// roomText reports how much fits where a message is received.
func (m *module) roomText(room mpi.Room) string {
	element, ok := m.elements[room.Type]
	if !ok {
		return fmt.Sprintf("%d elements of its type", room.Count)
	}
	return elements(room.Count, element)
}

// elements returns "3 float64 (24 bytes)".
func elements(n int, t array.Type) string {
	return fmt.Sprintf("%d %s (%d bytes)", n, t, n*t.Size())
}

// classError makes an error of a class of MPI's that the library has not found itself.
func classError(call, class, format string, args ...any) error {
	e := luaerr.New(luaerr.MPI, "%s: %s: %s", call, class, fmt.Sprintf(format, args...))
	e.Class, e.Call, e.Code = class, call, mpi.Int(class)
	return e
}

func rmaError(x *call, class, format string, args ...any) {
	x.fail(classError(x.row.Name, class, format, args...))
}

// luaError makes an error of a kind that scripts see.
func luaError(format string, args ...any) error { return luaerr.New(luaerr.Argument, format, args...) }

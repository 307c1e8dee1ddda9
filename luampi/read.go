package luampi

import (
	"strings"
	"unsafe"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/args"
	"github.com/mpiclus/mpiclus-lua/internal/array"
	"github.com/mpiclus/mpiclus-lua/internal/mpi"
	"github.com/mpiclus/mpiclus-lua/internal/mpi/table"
)

// read reads and checks all arguments of a call that begin at base into the
// slots of its frame. The communicator comes first, since others are checked
// against it, then the root; arrays come last, since counts decide on them.
func (x *call) read(base int, comm *mpi.Comm) {
	x.assign(base, comm)
	args := x.row.Args
	last := len(args) - 1
	if last >= 0 && args[last].Kind == table.Comm {
		x.readComm(last, comm)
		last--
	}
	for i := last; i >= 0; i-- { // the root decides what of the rest has a meaning here
		if args[i].Kind == table.Root {
			x.c.S[table.SlotRoot] = slot(x.rootRank(i, x.at[i]))
		}
	}
	for i := 0; i <= last; i++ {
		if !args[i].Kind.IsArray() && args[i].Kind != table.Root {
			x.readArg(i, &args[i])
		}
	}
	for i := 0; i <= last; i++ {
		if args[i].Kind.IsArray() {
			x.readArray(i, args[i].Kind)
		}
	}
	if x.send.inPlace && x.c.S[table.SlotSend+2] == 0 { // libraries look at count and type all the same
		copy(x.c.S[table.SlotSend+1:table.SlotSend+3], x.c.S[table.SlotRecv+1:table.SlotRecv+3])
	}
	x.compareTypes()
	x.order()
	x.refuseOverlap()
	x.countRecords()
}

// tooMany raises when a call is given more arguments than it takes.
func tooMany(L *lua.LState, row *table.Call) {
	noun := "arguments"
	if len(row.Args) == 1 {
		noun = "argument"
	}
	L.RaiseError("%s takes %d %s at most: %s", row.Name, len(row.Args), noun, row.Synopsis())
}

// assign gives each argument of the table its Lua value. An argument that may
// be missing is skipped when the value in its place is plainly meant for a
// later one. A communicator or window may stand first where the standard has
// it first.
func (x *call) assign(base int, comm *mpi.Comm) {
	L, k := x.L, base
	led := -1
	if i := len(x.row.Args) - 1; i > 0 && comm == nil && x.row.Args[i].Leads {
		if v := L.Get(base); x.row.Args[i].Kind == table.Comm && toComm(v) != nil || x.row.Args[i].Kind == table.Win && toWindow(v) != nil {
			led, x.at[i], x.pos[i] = i, v, 1
			k++
		}
	}
	for i := range x.row.Args {
		if i == led {
			continue
		}
		a := &x.row.Args[i]
		v := L.Get(k)
		x.pos[i] = k - base + 1
		if v != lua.LNil && x.skips(a, v) || v == lua.LNil && a.Kind.IsArray() && x.leftOut(a, k) || comm != nil && a.Kind == table.Comm {
			x.at[i] = lua.LNil
			continue
		}
		x.at[i] = v
		k++
	}
	if top := L.GetTop(); k <= top && top >= base && L.Get(top) != lua.LNil {
		row := x.row
		x.end()
		tooMany(L, row)
	}
}

// leftOut reports whether an array that may be missing is left out, and not given as
// nil in its place: nothing follows it. What is missing next then has its number.
func (x *call) leftOut(a *table.Arg, k int) bool {
	if _, may := a.Missing(); !may {
		return false
	}
	for top := x.L.GetTop(); k <= top; k++ {
		if x.L.Get(k) != lua.LNil {
			return false
		}
	}
	return true
}

// skips tells whether v, which is not nil, is not meant for the argument.
func (x *call) skips(a *table.Arg, v lua.LValue) bool {
	switch a.Kind {
	case table.Reduced, table.RootReduced, table.ExReduced, table.RecvN, table.RootRecvN, table.BlockReduced, table.RecvV, table.RootRecvV,
		table.PartReduced:
		return !a.Required && !x.isArray(v)
	case table.Root, table.Tag, table.AnyTag, table.Source, table.SDispls, table.RDispls:
		return toComm(v) != nil
	}
	if ud, ok := v.(*lua.LUserData); ok && a.Optional && (a.Kind == table.Int || a.Kind == table.Aint || a.Kind == table.Info) {
		switch o := ud.Value.(type) {
		case *mpi.Comm, *window:
			return true
		case *handle:
			return a.Kind == table.Int && o.class != "info"
		}
	}
	return false
}

// needOneGroup are the calls that inter-communicators are not for (MPI 3.1, sections
// 5.11, 6.4.2, 6.6.2, 7.5, 11.2 and 13.2). Open MPI crashes in some.
var needOneGroup = map[string]bool{
	"Scan": true, "Exscan": true, "Comm_split_type": true, "Comm_create_group": true, "Intercomm_create": true,
	"Cart_create": true, "Cart_map": true, "Graph_create": true, "Graph_map": true,
	"Dist_graph_create": true, "Dist_graph_create_adjacent": true,
	"Win_create": true, "Win_allocate": true, "Win_allocate_shared": true, "Win_create_dynamic": true, "File_open": true,
}

func (x *call) readComm(i int, comm *mpi.Comm) {
	if comm == nil {
		switch v := x.at[i]; {
		case v != lua.LNil:
			if comm = toComm(v); comm == nil {
				x.expected(i, "communicator", v)
			}
		case x.row.Args[i].Required:
			x.arg(i, "communicator expected")
		default:
			comm = x.m.world
		}
	}
	if why := comm.Unusable(); why != "" {
		x.arg(i, "%s", why)
	}
	if comm.Inter && needOneGroup[x.base()] {
		x.arg(i, "communicator of a single group expected, got an inter-communicator")
	}
	x.comm = comm
	x.c.S[table.SlotComm] = comm.Handle
	x.root = true
	if x.row.Args[i].Required {
		x.checkTopology(i)
	}
}

// readArg reads an argument that is no array.
func (x *call) readArg(i int, a *table.Arg) {
	m, v, s := x.m, x.at[i], x.c.S
	switch a.Kind {
	case table.Dest, table.Source, table.Source2:
		s[a.Slot] = slot(x.peer(i, v, a.Kind))
	case table.Tag, table.AnyTag, table.AnyTag2:
		s[a.Slot] = slot(x.tag(i, v, a.Kind != table.Tag))
	case table.Op:
		h := toHandle(v, "op")
		if h == nil || h.name == "OP_NULL" {
			x.expected(i, "op", v)
		}
		x.alive(i, h)
		if h.op != nil && x.row.HasWin() {
			x.arg(i, "accesses to windows take the ops of MPI alone (MPI 3.1, section 11.3.4)")
		}
		x.op, s[a.Slot] = h, h.value
		x.c.Op = h.op
	case table.Int:
		s[a.Slot] = slot(x.integer(i, v, a))
	case table.Aint:
		if v == lua.LNil && a.Optional {
			v = parseNumber(a.Default)
		}
		n := x.whole(i, v, "whole number")
		x.inRange(i, n)
		s[a.Slot] = uint64(int64(n))
	case table.Bool:
		s[a.Slot] = 0
		if lua.LVAsBool(v) || v == lua.LNil && a.Default == "true" {
			s[a.Slot] = 1
		}
	case table.String:
		text, ok := v.(lua.LString)
		if v == lua.LNil && a.Optional {
			text, ok = lua.LString(a.Default), true
		}
		if !ok {
			x.expected(i, "string", v)
		}
		if strings.IndexByte(string(text), 0) >= 0 {
			x.arg(i, "the text has a zero byte, where C would end it")
		}
		s[a.Slot] = x.cString(string(text))
	case table.Any:
	case table.Comm1:
		c := toComm(v)
		if c == nil {
			x.expected(i, "communicator", v)
		}
		if why := c.Unusable(); why != "" {
			x.arg(i, "%s", why)
		}
		s[a.Slot] = c.Handle
	case table.Group, table.Info, table.Type:
		x.readHandle(i, a, v)
	case table.Win:
		x.readWindow(i, a, v)
	case table.File:
		x.readFile(i, a, v)
	case table.Message:
		msg := m.toMessage(v)
		if msg == nil {
			x.expected(i, "message", v)
		}
		if msg.handle == mpi.Constant("MESSAGE_NULL") {
			x.arg(i, "the message was received already")
		}
		x.checkMessage(i, msg)
		s[a.Slot], x.msg = msg.handle, msg
		if msg.comm != nil {
			s[table.SlotComm] = msg.comm.Handle
		}
	case table.Status1:
		st := toStatus(v)
		if st == nil {
			x.expected(i, "status", v)
		}
		x.c.SetStatus(st)
	default:
		x.readList(i, a, v)
	}
}

// slot gives a C int as a slot holds it.
func slot(n int) uint64 { return uint64(uint32(int32(n))) }

func (x *call) readHandle(i int, a *table.Arg, v lua.LValue) {
	class := a.Kind.String()
	if v == lua.LNil && a.Optional {
		x.c.S[a.Slot] = mpi.Constant(a.Default)
		return
	}
	h := toHandle(v, class)
	if h == nil && a.Kind == table.Type {
		if name, ok := v.(lua.LString); ok {
			if t, ok := array.ParseType(string(name)); ok {
				x.c.S[a.Slot] = x.m.types[t]
				return
			}
		}
	}
	if h == nil {
		x.arg(i, "%s expected, got %s", class, args.Kind(v))
	}
	x.alive(i, h)
	if !a.Frees && !x.takesNull(a) {
		x.refuseNull(i, h)
	}
	x.c.S[a.Slot] = h.value
	if a.Frees {
		if h.name != "" {
			x.arg(i, "mpi.%s cannot be freed", h.name)
		}
		if h.uses > 0 {
			x.arg(i, "%s of another task has the %s in hand (%s)", h.user.Name(), class, h.user.Where())
		}
		x.frees = h
	}
	x.keep = append(x.keep, h)
}

// takesNull reports whether an argument may be the constant for no object: hints may
// be none, but not where they are what the call is about.
func (x *call) takesNull(a *table.Arg) bool {
	return a.Kind == table.Info && !strings.HasPrefix(x.row.Name, "Info_") && !strings.HasSuffix(x.row.Name, "_set_info")
}

// refuseNull refuses such a constant: libraries do not say which argument it is, and
// do not check all.
func (x *call) refuseNull(i int, h *handle) {
	if strings.HasSuffix(h.name, "_NULL") {
		x.arg(i, "%s expected, got mpi.%s", h.class, h.name)
	}
}

func (x *call) alive(i int, h *handle) {
	if h.freed {
		x.arg(i, "the %s was freed", h.class)
	}
}

func (x *call) cString(s string) uint64 {
	b := append([]byte(s), 0)
	x.keep = append(x.keep, b)
	return x.c.Hold(unsafe.Pointer(unsafe.SliceData(b)))
}

// checkMessage checks what a matched probe took: a value is received by the
// lower-case call, on the communicator that it came on.
func (x *call) checkMessage(i int, msg *message) {
	twin := x.row.Class == table.Twin
	switch {
	case msg.value && !twin:
		x.arg(i, "a Lua value comes with the message: use mpi.mrecv")
	case !msg.value && twin:
		x.arg(i, "the message is one of arrays: use mpi.Mrecv")
	case msg.comm == nil:
		return
	}
	if why := msg.comm.Unusable(); why != "" {
		x.arg(i, "%s", why)
	}
}

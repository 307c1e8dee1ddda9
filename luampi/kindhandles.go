package luampi

import (
	"strings"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/args"
	"github.com/mpiclus/mpiclus-lua/internal/array"
	"github.com/mpiclus/mpiclus-lua/internal/mpi"
	"github.com/mpiclus/mpiclus-lua/internal/mpi/table"
)

var handleKinds = family{
	table.Comm:  {read: (*call).readComm, leads: func(v lua.LValue) bool { return toComm(v) != nil }, result: (*call).commResult},
	table.Comm1: {read: (*call).readOtherComm},
	table.Group: {read: (*call).readHandle, result: (*call).handleResult, methods: "group"},
	table.Info:  {read: (*call).readHandle, result: (*call).handleResult, skips: noNumber, methods: "info"},
	table.Win:   {read: (*call).readWindow, leads: func(v lua.LValue) bool { return object[window](v) != nil }},
	table.File:  {read: (*call).readFile, result: (*call).fileResult, methods: "file"},
}

// needOneGroup are the calls that inter-communicators are not for (MPI 3.1, sections
// 5.11, 6.4.2, 6.6.2, 7.5, 11.2 and 13.2). Open MPI crashes in some.
var needOneGroup = map[string]bool{
	"Scan": true, "Exscan": true, "Comm_split_type": true, "Comm_create_group": true, "Intercomm_create": true,
	"Cart_create": true, "Cart_map": true, "Graph_create": true, "Graph_map": true,
	"Dist_graph_create": true, "Dist_graph_create_adjacent": true,
	"Win_create": true, "Win_allocate": true, "Win_allocate_shared": true, "Win_create_dynamic": true, "File_open": true,
}

// readComm reads the communicator that the call is about, unless it is a method of it.
func (x *call) readComm(i int) {
	comm := x.comm
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
	x.refuse(i, comm.Unusable())
	if comm.Inter && needOneGroup[x.base()] {
		x.arg(i, "communicator of a single group expected, got an inter-communicator")
	}
	x.comm = comm
	x.put(i, comm.Handle)
	x.root = true
	if x.row.Args[i].Required {
		x.checkTopology(i)
	}
}

func (x *call) readHandle(i int) {
	a, v := x.argument(i)
	class := a.Kind.String()
	if v == lua.LNil && a.Optional {
		x.put(i, mpi.Constant(a.Default))
		return
	}
	h := toHandle(v, class)
	if h == nil && a.Kind == table.Type {
		if name, ok := v.(lua.LString); ok {
			if t, ok := array.ParseType(string(name)); ok {
				x.put(i, x.m.types[t])
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
	x.put(i, h.value)
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

// readOtherComm reads a communicator beside the one that the call is about.
func (x *call) readOtherComm(i int) {
	c := toComm(x.at[i])
	if c == nil {
		x.expected(i, "communicator", x.at[i])
	}
	x.refuse(i, c.Unusable())
	x.put(i, c.Handle)
}

func (x *call) commResult(int) lua.LValue { return x.m.commObject(x.c.Adopted()) }

func (x *call) handleResult(i int) lua.LValue {
	return x.m.handleObject(x.row.Results[i].Kind.String(), x.word(i))
}

func (x *call) readWindow(i int) {
	w := object[window](x.at[i])
	if w == nil {
		x.expected(i, "window", x.at[i])
	}
	x.refuse(i, w.unusable())
	x.win = w
	x.comm = w.comm
	x.put(i, w.handle)
	x.c.S[table.SlotComm] = w.comm.Shadow // for the barrier of a call that can be left
}

// readFile reads an argument that is a file. Collective calls on it count as
// ones on its communicator.
func (x *call) readFile(i int) {
	a, v := x.argument(i)
	h := toHandle(v, "file")
	if h == nil || h.file == nil {
		x.expected(i, "file", v)
	}
	if h.freed {
		x.arg(i, "the file was closed")
	}
	x.refuse(i, h.file.comm.Ended())
	if h.file.begun != "" && a.Frees {
		x.arg(i, "%s has not ended", h.file.begun)
	}
	x.put(i, h.value)
	x.file, x.comm = h.file, h.file.comm
	x.c.S[table.SlotComm] = x.comm.Shadow // for the barrier of a call that can be left
	if a.Frees {
		x.frees = h
	}
}

// fileResult makes the userdata of a file that was opened.
func (x *call) fileResult(i int) lua.LValue {
	x.m.s.OwnShared("File_close", x.word(i))
	x.comm.Keep()
	return x.m.newObject(&handle{class: "file", value: x.word(i), file: &opened{comm: x.comm}}, x.m.handleMT["file"])
}
